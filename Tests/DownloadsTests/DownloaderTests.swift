import FileAccess
import TestSupport
import Testing

@testable import Downloads

@Suite("Fetching files")
struct DownloaderTests {
  @Test("a file comes whole, with growing progress; the request is plain")
  func whole() throws {
    let fixture = try Fixture()
    let content = fixture.content
    let server = try TestServer { TestServer.whole(content, $0) }
    var counts: [Int] = []
    #expect(try fixture.fetch(from: server.address + "a/b", progress: { counts.append($0) }) == .fetched)
    try fixture.expectComplete()
    #expect(counts == counts.sorted() && counts.last == content.count)
    let request = try #require(server.requests.first)
    #expect(server.requests.count == 1 && request.path == "/a/b/data.gz" && request.start == nil)
    #expect(request.fields["host"].map { server.address == "http://\($0)/" } == true)
    #expect(request.fields["connection"] == "close")
  }

  @Test("a file that is there stays, without a request")
  func there() throws {
    let fixture = try Fixture()
    try writeFile(fixture.content, to: fixture.goal)
    #expect(try fixture.fetch(from: try TestServer.deserted()) == .alreadyThere)
    try fixture.expectComplete()
  }

  @Test("another file of the same name stays as it is")
  func other() throws {
    let fixture = try Fixture(size: 3)
    let hash = Fixture.file([1, 2, 3]).sha256
    for (bytes, expected) in [
      ([1, 2, 3], .otherFile(path: fixture.goal, got: hash, expected: fixture.file.sha256)),
      ([1, 2, 3, 4], .otherSize(path: fixture.goal, got: 4, expected: 3)),
    ] as [([UInt8], DownloadError)] {
      try writeFile(bytes, to: fixture.goal)
      #expect(throws: expected) { try fixture.fetch(from: try TestServer.deserted()) }
      #expect(try readFile(fixture.goal) == bytes)
    }
  }

  @Test("a folder or a pipe of the same name is told", arguments: ["mkdir data.gz", "mkfifo data.gz"])
  func noFile(make: String) throws {
    let fixture = try Fixture(size: 3)
    #expect(try Program.run(executable: "/bin/sh", ["-c", make], in: fixture.folder.path).status == 0)
    let expected = FileError.system(operation: "read", path: fixture.goal, reason: "it is no regular file")
    #expect(throws: expected) { try fixture.fetch(from: try TestServer.deserted()) }
  }

  @Test("the same file that somebody else put there meanwhile is as good")
  func sameMeanwhile() throws {
    let fixture = try Fixture(size: 10)
    let content = fixture.content
    let server = try TestServer { TestServer.whole(content, $0) }
    let outcome = try fixture.fetch(
      from: server, progress: { if $0 == 10 { try? writeFile(content, to: fixture.goal) } })
    #expect(outcome == .alreadyThere)
    try fixture.expectComplete()
  }

  @Test("another file that somebody else put there meanwhile is not replaced")
  func otherMeanwhile() throws {
    let fixture = try Fixture(size: 10)
    let content = fixture.content
    let server = try TestServer { TestServer.whole(content, $0) }
    #expect(throws: DownloadError.otherSize(path: fixture.goal, got: 1, expected: 10)) {
      try fixture.fetch(from: server, progress: { if $0 == 10 { try? writeFile([1], to: fixture.goal) } })
    }
    #expect(try readFile(fixture.goal) == [1])
    #expect(try readFile(fixture.part) == content)
  }

  @Test("a partial file is continued from its end")
  func continued() throws {
    let fixture = try Fixture()
    let content = fixture.content
    try writeFile(Array(content.prefix(70_001)), to: fixture.part)
    let server = try TestServer { TestServer.whole(content, $0) }
    var counts: [Int] = []
    #expect(try fixture.fetch(from: server, progress: { counts.append($0) }) == .continued(from: 70_001))
    try fixture.expectComplete()
    #expect(counts == counts.sorted() && counts.first == 70_001 && counts.last == content.count)
    #expect(server.requests.map(\.start) == [70_001])
  }

  @Test("a partial file that is whole needs no request")
  func completed() throws {
    let fixture = try Fixture()
    try writeFile(fixture.content, to: fixture.part)
    #expect(
      try fixture.fetch(from: try TestServer.deserted()) == .continued(from: fixture.content.count))
    try fixture.expectComplete()
  }

  @Test("a server that knows no ranges starts anew")
  func withoutRanges() throws {
    let fixture = try Fixture()
    let content = fixture.content
    try writeFile([9, 9, 9], to: fixture.part)
    let server = try TestServer { _ in
      [.bytes(TestServer.head("200 OK", "Content-Length: \(content.count)")), .bytes(content)]
    }
    #expect(try fixture.fetch(from: server) == .fetched)
    try fixture.expectComplete()
    #expect(server.requests.map(\.start) == [3])
  }

  @Test("a partial file that is too long is forgotten")
  func tooLongPart() throws {
    let fixture = try Fixture(size: 100)
    let content = fixture.content
    try writeFile([UInt8](repeating: 1, count: 101), to: fixture.part)
    let server = try TestServer { TestServer.whole(content, $0) }
    #expect(try fixture.fetch(from: server) == .fetched)
    try fixture.expectComplete()
  }

  @Test("a damaged partial file is found out by the checksum and removed; the next run fetches all")
  func damaged() throws {
    let fixture = try Fixture()
    let content = fixture.content
    try writeFile([UInt8](repeating: 1, count: 1000), to: fixture.part)
    let server = try TestServer { TestServer.whole(content, $0) }
    let error = try #require(throws: DownloadError.self) { try fixture.fetch(from: server) }
    guard case .checksum(let path, let got, let expected) = error else { throw error }
    #expect(path == fixture.part && got != expected && expected == fixture.file.sha256)
    try fixture.expectNothing()
    #expect(try fixture.fetch(from: server) == .fetched)
    try fixture.expectComplete()
  }

  @Test("a broken transfer goes on, as often as it breaks", arguments: [1, 60_000])
  func interrupted(piece: Int) throws {
    let fixture = try Fixture(size: piece == 1 ? 5 : 200_000)
    let content = fixture.content
    let server = try TestServer { request in
      let start = request.start ?? 0
      let head = TestServer.whole(content, request)[0]
      return [head, .bytes(Array(content[start...].prefix(piece)))]
    }
    var kept = piece
    while kept < content.count {
      let error = try #require(throws: DownloadError.self) { try fixture.fetch(from: server) }
      #expect(
        error
          == .interrupted(
            address: server.address + "data.gz", problem: "the server ended the connection", kept: kept,
            size: content.count))
      #expect(try readFile(fixture.part) == Array(content.prefix(kept)))
      kept += piece
    }
    #expect(try fixture.fetch(from: server) == .continued(from: kept - piece))
    try fixture.expectComplete()
  }

  @Test("chunks, interim answers, and a body without a length")
  func framings() throws {
    let head = TestServer.head
    let chunks: ([UInt8]) -> [TestServer.Step] = { content in
      var steps: [TestServer.Step] = [
        .bytes(head("103 Early Hints", "Link: <a>")), .bytes(head("200 OK", "Transfer-Encoding: Chunked")),
      ]
      for start in stride(from: 0, to: content.count, by: 30_000) {
        let chunk = content[start...].prefix(30_000)
        // Sizes in both cases, with an extension; ends in packets of their own.
        let size = String(chunk.count, radix: 16, uppercase: start % 60_000 == 0)
        steps += [.bytes(Array("\(size) ;a=b\r\n".utf8)), .bytes(Array(chunk)), .bytes([13]), .bytes([10])]
      }
      return steps + [.bytes(Array("0\r\nTrailer: a\r\n\r\n".utf8))]
    }
    let open: ([UInt8]) -> [TestServer.Step] = { [.bytes(Array("HTTP/1.0 200\n\n".utf8)), .bytes($0)] }
    for steps in [chunks, open] {
      let fixture = try Fixture()
      let answer = steps(fixture.content)
      let server = try TestServer { _ in answer }
      #expect(try fixture.fetch(from: server) == .fetched)
      try fixture.expectComplete()
    }
  }

  @Test("a slow server is no trouble while something comes")
  func slow() throws {
    let fixture = try Fixture(size: 6)
    let content = fixture.content
    let server = try TestServer { request in
      let whole = TestServer.whole(content, request)
      return [whole[0]] + content.flatMap { [.pause(0.5), .bytes([$0])] }
    }
    #expect(try fixture.fetch(from: server, timeout: 2) == .fetched)
    try fixture.expectComplete()
  }

  @Test(
    "redirections are followed, to another server as well",
    arguments: ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
  func redirections(status: String) throws {
    let fixture = try Fixture()
    let content = fixture.content
    let home = try TestServer { TestServer.whole(content, $0) }
    let goal = home.address + "there/x.gz"
    let server = try TestServer { request in
      let location = request.path == "/data.gz" ? "second" : goal
      return [.bytes(TestServer.head(status, "Location: \(location)", "Content-Length: 0"))]
    }
    try writeFile(Array(content.prefix(10)), to: fixture.part)
    #expect(try fixture.fetch(from: server) == .continued(from: 10))
    try fixture.expectComplete()
    #expect(server.requests.map(\.path) == ["/data.gz", "/second"])
    #expect(home.requests.map(\.path) == ["/there/x.gz"])
  }

  @Test("who asks to stop keeps what came")
  func stopped() throws {
    struct Stop: Error {}
    let fixture = try Fixture()
    let content = fixture.content
    let server = try TestServer { request in
      [TestServer.whole(content, request)[0], .bytes(Array(content.prefix(50_000))), .pause(10)]
    }
    var count = 0
    #expect(throws: Stop.self) {
      try fixture.fetch(
        from: server, check: { if count >= 50_000 { throw Stop() } }, progress: { count = $0 })
    }
    #expect(try readFile(fixture.part) == Array(content.prefix(50_000)))
  }

  @Test("two at the same file do not mix: the second is refused, the first ends well")
  func busy() throws {
    let fixture = try Fixture(size: 10)
    let part = try PartFile(fixture.part)
    #expect(throws: DownloadError.busy(path: fixture.part)) {
      try fixture.fetch(from: try TestServer.deserted())
    }
    try part.put(fixture.content[...], at: 0)
    #expect(part.checksum == fixture.file.sha256)
    try part.commit(as: fixture.goal)
    try fixture.expectComplete()
  }

  @Test("a folder that is not there is told")
  func noFolder() throws {
    let fixture = try Fixture(size: 10)
    let downloader = try Downloader(from: "http://127.0.0.1/", into: fixture.folder("no"), timeout: 1)
    let error = try #require(throws: FileError.self) { try downloader.fetch(fixture.file) }
    guard case .system(operation: "write", let path, _) = error else { throw error }
    #expect(path == fixture.folder("no/data.gz.part"))
  }

  @Test(
    "Fashion-MNIST's files of labels have the checksums that are expected",
    .enabled(if: TestData.has("fashion-mnist"), "needs Fashion-MNIST"))
  func labels() throws {
    let folder = try TestData.path("fashion-mnist")
    let files = RemoteDataSet.fashionMNIST.files.filter { $0.name.contains("labels") }
    #expect(files.count == 2)
    for file in files {
      let bytes = try readFile(joinPath(folder, file.name))
      #expect(bytes.count == file.size && Fixture.file(bytes).sha256 == file.sha256)
    }
  }
}
