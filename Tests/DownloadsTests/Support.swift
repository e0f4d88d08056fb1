import FileAccess
import TensorCore
import TestSupport
import Testing

@testable import Downloads

/// A file of random bytes, and a folder to fetch it to.
struct Fixture {
  let content: [UInt8]
  let file: RemoteFile
  let folder: TemporaryFolder

  init(size: Int = 200_000) throws {
    var generator = SplitMix64(seed: 7)
    content = (0..<size).map { _ in UInt8(generator.index(below: 256)) }
    file = Self.file(content)
    folder = try TemporaryFolder()
  }

  static func file(_ content: [UInt8]) -> RemoteFile {
    var hash = SHA256()
    hash.update(content)
    return RemoteFile(name: "data.gz", size: content.count, sha256: hash.hexadecimal)
  }

  /// Where the file goes.
  var goal: String { folder("data.gz") }
  var part: String { folder("data.gz.part") }

  func fetch(
    from address: String, timeout: Double = 10, check: @escaping () throws -> Void = {},
    progress: (Int) -> Void = { _ in }
  ) throws -> Downloader.Outcome {
    try Downloader(from: address, into: folder.path, timeout: timeout, check: check)
      .fetch(file, progress: progress)
  }

  /// The same from a server, which stays until the end.
  func fetch(
    from server: TestServer, timeout: Double = 10, check: @escaping () throws -> Void = {},
    progress: (Int) -> Void = { _ in }
  ) throws -> Downloader.Outcome {
    try withExtendedLifetime(server) {
      try fetch(from: server.address, timeout: timeout, check: check, progress: progress)
    }
  }

  /// The error of a transfer from a server that answers like this.
  func failure(
    timeout: Double = 10, _ answer: @escaping @Sendable (TestServer.Request) -> [TestServer.Step],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> DownloadError {
    let server = try TestServer(answer: answer)
    return try #require(throws: DownloadError.self, sourceLocation: sourceLocation) {
      try fetch(from: server, timeout: timeout)
    }
  }

  /// Expects the whole file and nothing beside it.
  func expectComplete(sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try readFile(goal) == content, sourceLocation: sourceLocation)
    #expect(try listFolder(folder.path) == ["data.gz"], sourceLocation: sourceLocation)
  }

  /// Expects that nothing is kept.
  func expectNothing(sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try listFolder(folder.path) == [], sourceLocation: sourceLocation)
  }
}
