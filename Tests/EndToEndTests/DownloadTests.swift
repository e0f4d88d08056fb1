import FeatureMap
import Foundation
import TestSupport
import Testing

/// The files at Fashion-MNIST's home, made again from their contents: `gzip` packs as it did in 2017, and the
/// heads hold the times of then.
enum HomeFiles {
  /// By name; `nil` without the data set or with another `gzip`.
  static let all: [String: [UInt8]]? = {
    guard TestData.has("fashion-mnist") else { return nil }
    let times: [(name: String, time: UInt32)] = [
      ("train-images-idx3-ubyte", 0x59a7_e9de), ("train-labels-idx1-ubyte", 0x59a7_e9de),
      ("t10k-images-idx3-ubyte", 0x59a7_e9f3), ("t10k-labels-idx1-ubyte", 0x59a7_e9f3),
    ]
    let files = times.compactMap { name, time in (try? packed(name, time)).map { ("\(name).gz", $0) } }
    let isRight = RemoteDataSet.fashionMNIST.files.allSatisfy { file in
      files.contains { name, bytes in name == file.name && checksum(bytes) == file.sha256 }
    }
    return isRight ? Dictionary(uniqueKeysWithValues: files) : nil
  }()

  private static func packed(_ name: String, _ time: UInt32) throws -> [UInt8] {
    let path = joinPath(try TestData.path("fashion-mnist"), "\(name).gz")
    let content = try unpackGzip(try readFile(path), path: path)
    let body = try Program.run(executable: "/usr/bin/env", ["gzip", "-6nc"], input: content).bytes.dropFirst(
      10)
    let mark = (0..<4).map { UInt8(truncatingIfNeeded: time >> UInt32(8 * $0)) }
    return [0x1f, 0x8b, 8, 8] + mark + [0, 3] + Array(name.utf8) + [0] + body
  }

  private static func checksum(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexadecimal
  }
}

@Suite("Fetching the data set")
struct DownloadTests {
  private static let first = RemoteDataSet.fashionMNIST.files[0]

  @Test(
    "a broken transfer is told and continued; what is complete is not fetched again; the network reads it",
    .enabled(if: HomeFiles.all != nil, "needs Fashion-MNIST, and gzip as of 2017"))
  func complete() throws {
    let files = try #require(HomeFiles.all)
    let server = try TestServer { request in
      let name = String(request.path.dropFirst("/mirror/".count))
      guard request.path.hasPrefix("/mirror/"), let content = files[name] else {
        return [.bytes(TestServer.head("404 Not Found"))]
      }
      let whole = TestServer.whole(content, request)
      guard name == Self.first.name, request.start == nil, case .bytes(let body) = whole[1] else {
        return whole
      }
      return [whole[0], .bytes(Array(body.prefix(1_000_000)))]
    }
    let folder = try TemporaryFolder()
    let arguments = ["download", "fashion-mnist", "--from", server.address + "mirror", "-o", "my data"]
    let broken = try Program.run(arguments, in: folder.path)
    #expect(broken.status == 1 && broken.output.isEmpty)
    #expect(
      broken.errors
        == "featuremap: \(server.address)mirror/\(Self.first.name): the server ended the connection; "
        + "1000000 of 26421880 bytes are kept, and the same command goes on from there\n")
    #expect(try listFolder(folder("my data")) == [Self.first.name + ".part"])

    let next = "next: featuremap train --data 'my data'\n"
    let whole = try Program.run(arguments, in: folder.path)
    #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
    #expect(
      whole.output == """
        train-images-idx3-ubyte.gz: 26,421,880 bytes, fetched, the first 1,000,000 earlier
        train-labels-idx1-ubyte.gz: 29,515 bytes, fetched
        t10k-images-idx3-ubyte.gz: 4,422,102 bytes, fetched
        t10k-labels-idx1-ubyte.gz: 5,148 bytes, fetched

        """ + next)
    #expect(server.requests.map(\.start) == [nil, 1_000_000, nil, nil, nil])

    // What evaluate below does not read.
    try writeFile([1], to: folder("my data/train-labels-idx1-ubyte"))
    let again = try Program.run(arguments, in: folder.path)
    #expect(again.status == 0 && server.requests.count == 5)
    #expect(
      again.errors
        == "featuremap: my data/train-labels-idx1-ubyte is there as well, and read instead of what was "
        + "fetched\n")
    #expect(
      again.output.split(separator: "\n").dropLast().allSatisfy { $0.hasSuffix(", already there") })
    #expect(again.output.hasSuffix(next))
    let judged = try Program.run(["evaluate", "--data", "my data"], in: folder.path)
    #expect(judged.output.hasPrefix("lenet: accuracy 0.9"), "\(judged.errors)")
  }

  @Test("what goes wrong ends with status 1 and one line, and leaves no file")
  func failures() throws {
    let server = try TestServer { _ in [.bytes(TestServer.head("404 Not Found", "Content-Length: 0"))] }
    let silent = try TestServer { _ in [.pause(20)] }
    let name = Self.first.name
    for (address, timeout, expected) in [
      (server.address, "10", "\(server.address)\(name): the server answers 404 Not Found"),
      (silent.address, "0.5", "\(silent.address)\(name): nothing came for 0.5 seconds"),
      (try TestServer.deserted(), "10", "\(name): cannot connect: Connection refused"),
    ] {
      let folder = try TemporaryFolder()
      let result = try withExtendedLifetime((server, silent)) {
        try Program.run(
          ["download", "fashion-mnist", "-o", "data", "--from", address, "--timeout", timeout],
          in: folder.path)
      }
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors.hasPrefix("featuremap: http://") && result.errors.hasSuffix(expected + "\n"))
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(try listFolder(folder("data")) == [])
    }
  }

  @Test("a file of the same name that is another stays, and nothing is fetched")
  func otherFile() throws {
    let folder = try TemporaryFolder()
    let name = RemoteDataSet.fashionMNIST.files[3].name
    try writeFile([1, 2], to: folder(name))
    let server = try TestServer { _ in [] }
    let result = try Program.run(
      ["download", "fashion-mnist", "-o", folder.path, "--from", server.address])
    #expect(result.status == 1 && server.requests.isEmpty)
    #expect(result.errors.contains("\(name) is another file (2 bytes, expected 5148)"), "\(result.errors)")
    #expect(try readFile(folder(name)) == [1, 2])
  }

  @Test("a full disk is told, and what was written is kept")
  func fullDisk() throws {
    let server = try TestServer { _ in
      [
        .bytes(TestServer.head("200 OK", "Content-Length: \(Self.first.size)")),
        .bytes([UInt8](repeating: 5, count: 1_000_000)), .pause(0.5),
      ]
    }
    let folder = try TemporaryFolder()
    // A limit on the size of files fails like a full disk; in units of 1,024 bytes.
    let line =
      "ulimit -f 100; trap '' XFSZ; '\(Program.path)' download fashion-mnist --from \(server.address) -o ."
    let result = try withExtendedLifetime(server) {
      try Program.run(
        executable: "/bin/bash", ["-c", line], in: folder.path, environment: Program.underFileLimit)
    }
    #expect(result.status == 1)
    #expect(result.errors == "featuremap: cannot write ./\(Self.first.name).part: File too large\n")
    #expect(try readFile(folder(Self.first.name + ".part")).count == 100 * 1024)
  }

  @Test("who stops it finds what came, and a hint")
  func stopped() throws {
    let server = try TestServer { _ in
      [
        .bytes(TestServer.head("200 OK", "Content-Length: \(Self.first.size)")),
        .bytes([UInt8](repeating: 5, count: 100_000)), .pause(20),
      ]
    }
    let folder = try TemporaryFolder()
    let part = folder(Self.first.name + ".part")
    try writeFile([], to: folder("errors"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["download", "fashion-mnist", "--from", server.address, "-o", folder.path]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: folder("errors"))
    // Threads that run tests block signals, and a child inherits that; as it does that a shell ignores them
    // in the background.
    var interruption = sigset_t()
    sigemptyset(&interruption)
    sigaddset(&interruption, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interruption, nil)
    let before = signal(SIGINT, SIG_DFL)
    try process.run()
    signal(SIGINT, before)
    for _ in 0..<200 where (try? readFile(part))?.count != 100_000 { Thread.sleep(forTimeInterval: 0.05) }
    process.interrupt()
    withExtendedLifetime(server) { process.waitUntilExit() }
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    #expect(
      String(decoding: try readFile(folder("errors")), as: UTF8.self)
        == "featuremap: stopped; the same command goes on from there\n")
    #expect(try readFile(part) == [UInt8](repeating: 5, count: 100_000))
  }

  @Test("without a folder, train and evaluate name the command that fetches the data")
  func hint() throws {
    let folder = try TemporaryFolder()
    for command in ["train", "evaluate"] {
      // An empty variable counts as none.
      let result = try Program.run([command], in: folder.path, environment: ["FEATUREMAP_DATA": ""])
      #expect(result.status == 1)
      #expect(
        result.errors.hasSuffix("with or without .gz; 'featuremap download fashion-mnist' fetches them\n"),
        "\(result.errors)")
    }
    try createFolder(folder("fashion-mnist"))
    let usual = try Program.run(["evaluate"], in: folder.path, environment: ["FEATUREMAP_DATA": ""])
    #expect(
      usual.status == 1
        && usual.errors.hasSuffix("'featuremap download fashion-mnist -o FOLDER' fetches Fashion-MNIST\n"),
      "\(usual.errors)")
  }
}
