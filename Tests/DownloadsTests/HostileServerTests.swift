import Dispatch
import FileAccess
import TestSupport
import Testing

@testable import Downloads

@Suite("Answers that no good server gives")
struct HostileServerTests {
  private static let size = 1000

  /// Expects a failure of the transfer whose text holds `expected`, and that nothing is kept.
  private func expectRefusal(
    _ steps: [TestServer.Step], _ expected: String, timeout: Double = 10,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let fixture = try Fixture(size: Self.size)
    let error = try fixture.failure(timeout: timeout, { _ in steps }, sourceLocation: sourceLocation)
    let text = "\(error)"
    #expect(text.contains(expected), "\(text)", sourceLocation: sourceLocation)
    #expect(text.unicodeScalars.allSatisfy { (" "..."~").contains($0) }, sourceLocation: sourceLocation)
    #expect(text.count < 400, sourceLocation: sourceLocation)
    try fixture.expectNothing(sourceLocation: sourceLocation)
  }

  @Test(
    "answers that are no file",
    arguments: [
      "404 Not Found", "403 Forbidden", "500 Oops", "204 No Content", "304", "416 Range Not Satisfiable",
    ])
  func statuses(status: String) throws {
    try expectRefusal([.bytes(TestServer.head(status, "Content-Length: 0"))], "the server answers \(status)")
  }

  @Test(
    "heads that are no HTTP",
    arguments: [
      "SSH-2.0-OpenSSH\r\n\r\n", "\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 20\r\n\r\n",
      "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 999 OK\r\n\r\n", "HTTP/1.1 \u{1b}[31m\r\n\r\n",
    ])
  func noHTTP(text: String) throws {
    try expectRefusal([.bytes(Array(text.utf8))], "no answer in HTTP/1")
  }

  @Test(
    "fields that are none",
    arguments: ["no colon", ": nameless", " Folded: a", "\u{1b}[2J"])
  func fields(line: String) throws {
    try expectRefusal([.bytes(TestServer.head("200 OK", "A: b", line))], "no field of an HTTP answer")
  }

  @Test("heads without end")
  func endless() throws {
    try expectRefusal([.bytes([UInt8](repeating: 0x41, count: 100_000))], "a line of more than 8192 bytes")
    let field = Array("HTTP/1.1 200 OK\r\n".utf8) + Array("A: b\r\n".utf8) * 1000
    try expectRefusal([.bytes(field)], "more than 100 fields")
    try expectRefusal([.bytes(TestServer.head("100 Continue") * 20)], "interim answers without end")
  }

  @Test(
    "a head that is cut off at any place",
    arguments: [0, 1, 8, 12, 16, 17, 30, 37])
  func cutHead(count: Int) throws {
    let head = TestServer.head("200 OK", "Content-Length: 1000")
    try expectRefusal(
      [.bytes(Array(head.prefix(count)))], "the server ended the connection within its answer")
  }

  @Test(
    "lengths that are none",
    arguments: ["-1", "+1000", "1e3", "", "99999999999999999999", "1000, 1001", "0x3e8", "1000,"])
  func lengths(text: String) throws {
    try expectRefusal([.bytes(TestServer.head("200 OK", "Content-Length: \(text)"))], "no length")
  }

  @Test("the same length told twice is one; two lengths are none")
  func twoLengths() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    let server = try TestServer { _ in
      [.bytes(TestServer.head("200 OK", "Content-Length: 1000", "Content-Length: 1000")), .bytes(content)]
    }
    #expect(try fixture.fetch(from: server) == .fetched)
    try expectRefusal(
      [.bytes(TestServer.head("200 OK", "Content-Length: 1000", "Content-Length: 5"))], "no length")
  }

  @Test("another length is another file, before anything is written", arguments: [0, 999, 1001, Int.max])
  func otherLength(length: Int) throws {
    try expectRefusal(
      [.bytes(TestServer.head("200 OK", "Content-Length: \(length)"))],
      "sends \(length) bytes where the file's 1000 are expected")
  }

  @Test("more bytes than the file has, without a length")
  func tooMany() throws {
    let many = [UInt8](repeating: 1, count: Self.size + 1)
    try expectRefusal([.bytes(TestServer.head("200 OK")), .bytes(many)], "this is another file")
    let chunk = Array("3e9\r\n".utf8) + many
    try expectRefusal(
      [.bytes(TestServer.head("200 OK", "Transfer-Encoding: chunked")), .bytes(chunk)], "this is another file"
    )
  }

  @Test("other bytes of the right number")
  func otherBytes() throws {
    try expectRefusal(
      [
        .bytes(TestServer.head("200 OK", "Content-Length: 1000")), .bytes([UInt8](repeating: 1, count: 1000)),
      ], "data.gz.part was damaged and is removed (SHA-256 ")
  }

  @Test(
    "chunks that are none",
    arguments: ["x\r\n", "-1\r\n", "\r\n", "0x10\r\n", "ffffffffffffffffff\r\n", "\u{ff11}\r\n"])
  func chunks(text: String) throws {
    try expectRefusal(
      [.bytes(TestServer.head("200 OK", "Transfer-Encoding: chunked")), .bytes(Array(text.utf8))],
      "no size of a chunk")
  }

  @Test("a chunk without its end, and one that is cut off: what came before is kept")
  func brokenChunks() throws {
    for (text, problem, kept) in [
      ("3\r\nabcd", "a chunk has no end", "abc"), ("9\r\nabc", "the server ended the connection", "abc\r\n"),
    ] {
      let fixture = try Fixture(size: Self.size)
      let error = try fixture.failure { _ in
        [.bytes(TestServer.head("200 OK", "Transfer-Encoding: chunked")), .bytes(Array("\(text)\r\n".utf8))]
      }
      let expected = DownloadError.interrupted(
        address: "", problem: problem, kept: kept.utf8.count, size: Self.size)
      #expect("\(error)".hasSuffix("\(expected)"), "\(error)")
      #expect(try readFile(fixture.part) == Array(kept.utf8))
    }
  }

  @Test(
    "a last chunk before the end of the file is the end of another file; what was there stays",
    arguments: [0, 2, 500])
  func earlyLastChunk(kept: Int) throws {
    for text in ["3\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"] {
      let fixture = try Fixture(size: Self.size)
      let earlier = Array(fixture.content.prefix(kept))
      if kept > 0 { try writeFile(earlier, to: fixture.part) }
      let error = try fixture.failure { _ in
        [.bytes(TestServer.head("200 OK", "Transfer-Encoding: chunked")), .bytes(Array(text.utf8))]
      }
      let count = text.contains("def") ? 6 : 3
      #expect("\(error)".contains("sends \(count) bytes where the file's 1000 are expected"), "\(error)")
      if kept > 0 { #expect(try readFile(fixture.part) == earlier) } else { try fixture.expectNothing() }
    }
  }

  @Test("a page that tells no length is another file; what was there stays", arguments: [0, 10, 500])
  func openPage(kept: Int) throws {
    let fixture = try Fixture(size: Self.size)
    let earlier = Array(fixture.content.prefix(kept))
    if kept > 0 { try writeFile(earlier, to: fixture.part) }
    let error = try fixture.failure { _ in
      [.bytes(TestServer.head("200 OK")), .bytes(Array("<html>Log in</html>".utf8))]
    }
    #expect("\(error)".contains("sends 19 bytes where the file's 1000 are expected"), "\(error)")
    if kept > 0 { #expect(try readFile(fixture.part) == earlier) } else { try fixture.expectNothing() }
  }

  @Test("more than the rest is another file; what was there stays")
  func tooLongRest() throws {
    let fixture = try Fixture(size: Self.size)
    let earlier = Array(fixture.content.prefix(100))
    try writeFile(earlier, to: fixture.part)
    let error = try fixture.failure { _ in
      [
        .bytes(TestServer.head("206 Partial", "Content-Range: bytes 100-999/1000")),
        .bytes([UInt8](repeating: 7, count: 901)),
      ]
    }
    guard case .tooLong(_, expected: Self.size) = error else { throw error }
    #expect(try readFile(fixture.part) == earlier)
  }

  @Test("a damaged partial file gives way to a server that sends all")
  func damagedPart() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    try writeFile(Array(content.prefix(300)) + [UInt8](repeating: 1, count: 300), to: fixture.part)
    let server = try TestServer { _ in
      [.bytes(TestServer.head("200 OK", "Content-Length: \(Self.size)")), .bytes(content)]
    }
    #expect(try fixture.fetch(from: server) == .fetched)
    try fixture.expectComplete()
  }

  @Test("a server that sends all again and breaks off earlier than before takes nothing away")
  func shorterThanBefore() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    let earlier = Array(content.prefix(500))
    try writeFile(earlier, to: fixture.part)
    for count in [100, 600] {
      let error = try fixture.failure { _ in
        [
          .bytes(TestServer.head("200 OK", "Content-Length: \(Self.size)")),
          .bytes(Array(content.prefix(count))),
        ]
      }
      guard case .interrupted(_, _, kept: max(500, count), size: Self.size) = error else { throw error }
      #expect(try readFile(fixture.part) == Array(content.prefix(max(500, count))))
    }
  }

  @Test(
    "a server that refuses to go on, or sends another part, is asked for all",
    arguments: [
      ["416 Range Not Satisfiable", "Content-Length: 0"], ["400 Bad", "A: b"], ["206 Partial", "A: b"],
      ["206 Partial", "Content-Range: bytes 99-999/1000"],
    ])
  func refusedRange(head: [String]) throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    try writeFile(Array(content.prefix(100)), to: fixture.part)
    let server = try TestServer { request in
      request.start == nil
        ? TestServer.whole(content, request) : [.bytes(TestServer.head(head[0], head[1]))]
    }
    #expect(try fixture.fetch(from: server) == .fetched)
    try fixture.expectComplete()
    #expect(server.requests.map(\.start) == [100, nil])
  }

  @Test("a part that was not asked for, but is all of the file, is that")
  func wholePart() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    let server = try TestServer { _ in
      [.bytes(TestServer.head("206 Partial", "Content-Range: bytes 0-999/1000")), .bytes(content)]
    }
    #expect(try fixture.fetch(from: server) == .fetched)
    try fixture.expectComplete()
  }

  @Test("a server may send the rest in parts, one at each run")
  func parts() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    try writeFile(Array(content.prefix(100)), to: fixture.part)
    let server = try TestServer { request in
      let (start, end) = (request.start ?? 0, min((request.start ?? 0) + 450, 1000))
      let range = "Content-Range: bytes \(start)-\(end - 1)/1000"
      return [
        .bytes(TestServer.head("206 Partial", range, "Content-Length: \(end - start)")),
        .bytes(Array(content[start..<end])),
      ]
    }
    let error = try #require(throws: DownloadError.self) { try fixture.fetch(from: server) }
    guard case .interrupted(_, "the server sends no more at once", kept: 550, size: Self.size) = error else {
      throw error
    }
    #expect(try fixture.fetch(from: server) == .continued(from: 550))
    try fixture.expectComplete()
  }

  @Test("an interruption after the last byte is none")
  func lateInterruption() throws {
    for end in ["", "\r\nx\r\n"] {
      let fixture = try Fixture(size: Self.size)
      let content = fixture.content
      let server = try TestServer { _ in
        [
          .bytes(TestServer.head("200 OK", "Transfer-Encoding: chunked")),
          .bytes(Array("3e8\r\n".utf8) + content + Array(end.utf8)),
        ]
      }
      #expect(try fixture.fetch(from: server) == .fetched)
      try fixture.expectComplete()
    }
  }

  @Test("a head that comes too slowly is not waited for")
  func slowHead() throws {
    let server = try TestServer { _ in [.bytes(TestServer.head("200 OK", "A: b")), .pause(10)] }
    let address = try HTTPAddress(server.address)
    let connection = try Connection(to: address, patience: Patience(seconds: 10) {})
    try connection.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
    var reader = HTTPReader(connection, address, headUntil: .now)
    let error = try withExtendedLifetime(server) {
      try #require(throws: DownloadError.self) { try HTTPResponse(from: &reader) }
    }
    #expect("\(error)".hasSuffix("the head of the answer takes too long"))
  }

  @Test("any number of seconds is a patience")
  func patience() throws {
    for (seconds, expected) in [
      (-1, 0), (0, 0), (0.5, 0.5), (1e300, 86_400), (.infinity, 86_400), (-.infinity, 0), (.nan, 86_400),
    ] as [(Double, Double)] {
      #expect(Patience(seconds: seconds) {}.seconds == expected)
    }
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    let server = try TestServer { TestServer.whole(content, $0) }
    #expect(try fixture.fetch(from: server, timeout: .nan) == .fetched)
  }

  @Test("a link or a pipe in the place of the partial file is not written to")
  func foreignPart() throws {
    for (make, expected) in [
      ("ln -s other data.gz.part", "it is a link"), ("ln -s nowhere data.gz.part", "it is a link"),
      ("mkfifo data.gz.part", "it is no regular file"),
    ] {
      let fixture = try Fixture(size: Self.size)
      try writeFile([1, 2, 3], to: fixture.folder("other"))
      let made = try Program.run(executable: "/bin/sh", ["-c", make], in: fixture.folder.path)
      #expect(made.status == 0)
      let error = try #require(throws: FileError.self) { try fixture.fetch(from: "http://127.0.0.1:1/") }
      #expect(error == .system(operation: "write", path: fixture.part, reason: expected))
      #expect(try readFile(fixture.folder("other")) == [1, 2, 3])
      #expect(try listFolder(fixture.folder.path) == ["data.gz.part", "other"])
    }
  }

  @Test("codings that are not understood", arguments: ["gzip", "gzip, chunked", "chunked, chunked"])
  func codings(text: String) throws {
    try expectRefusal(
      [.bytes(TestServer.head("200 OK", "Transfer-Encoding: \(text)"))], "the transfer coding '\(text)'")
  }

  @Test("parts that were not asked for keep what was there")
  func wrongParts() throws {
    let cases = [
      (["Content-Range: bytes 99-999/1000"], "another part"), (["A: b"], "another part"),
      (["Content-Range: bytes 0-999/1000"], "ended the connection"),
      (["Content-Range: pixels 100-999/1000"], "another part"),
      (["Content-Range: bytes */1000"], "another part"), (["Content-Range: bytes 100"], "another part"),
      (["Content-Range: bytes 100-1999/2000"], "2000 bytes where"),
      (["Content-Range: bytes 100-999/1000", "Content-Length: 1000"], "more than the file's 1000 bytes"),
    ]
    for (fields, expected) in cases {
      let fixture = try Fixture(size: Self.size)
      let earlier = Array(fixture.content.prefix(100))
      try writeFile(earlier, to: fixture.part)
      let head = Array((["HTTP/1.1 206 Partial"] + fields + ["", ""]).joined(separator: "\r\n").utf8)
      let error = try fixture.failure { _ in [.bytes(head)] }
      #expect("\(error)".contains(expected), "\(fields): \(error)")
      #expect(try readFile(fixture.part) == earlier, "\(fields)")
    }
  }

  @Test("a part of a file whose size is not told")
  func unknownSize() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    try writeFile(Array(content.prefix(100)), to: fixture.part)
    let server = try TestServer { _ in
      [
        .bytes(TestServer.head("206 Partial", "Content-Range: bytes 100-999/*")),
        .bytes(Array(content[100...])),
      ]
    }
    #expect(try fixture.fetch(from: server) == .continued(from: 100))
    try fixture.expectComplete()
  }

  @Test("redirections in a circle, to https, to nowhere, and without a goal")
  func redirections() throws {
    func head(_ location: String) -> [TestServer.Step] {
      [.bytes(TestServer.head("302 Found", "Location: \(location)"))]
    }
    try expectRefusal(head("data.gz"), "redirects more than 5 times")
    try expectRefusal(head("https://example.org/"), "redirected to https://example.org/: https is not spoken")
    try expectRefusal(head("ftp://example.org/"), "no address")
    try expectRefusal(head("http://a\u{1b}[31m/"), "redirected to")
    try expectRefusal([.bytes(TestServer.head("302 Found"))], "the server answers 302 Found")
  }

  @Test("behind a redirection, the server that fails is named")
  func failureBehindRedirection() throws {
    let missing = TestServer.head("404 Not Found", "Content-Length: 0")
    let page = TestServer.head("200 OK", "Content-Length: 5")
    let part = TestServer.head("200 OK", "Content-Length: 1000") + [1, 2, 3]
    for (answer, expected) in [
      (missing, ": the server answers 404"), (page, ": the server sends 5 bytes"), ([], ": the server ended"),
      (part, ": the server ended the connection; 3 of 1000"),
      (TestServer.head("302 Found", "Location: ftp://c/"), ": redirected to ftp://c/"),
    ] {
      let fixture = try Fixture(size: Self.size)
      let other = try TestServer { _ in [.bytes(answer)] }
      let goal = other.address + "b"
      let error = try withExtendedLifetime(other) {
        try fixture.failure { _ in [.bytes(TestServer.head("302 Found", "Location: \(goal)"))] }
      }
      #expect("\(error)".hasPrefix(goal + expected), "\(error)")
    }
  }

  @Test("silence: nothing at all, within the head, within the body")
  func silence() throws {
    try expectRefusal([.pause(10)], "nothing came for 0.5 seconds", timeout: 0.5)
    try expectRefusal(
      [.bytes(Array("HTTP/1.1 200".utf8)), .pause(10)], "nothing came for 0.5 seconds", timeout: 0.5)
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    // Long enough for what comes before the silence, on a busy machine too.
    let error = try fixture.failure(timeout: 3) { request in
      [TestServer.whole(content, request)[0], .bytes(Array(content.prefix(400))), .pause(10)]
    }
    guard case .interrupted(_, "nothing came for 3 seconds", kept: 400, size: Self.size) = error else {
      throw error
    }
    #expect("\(error)".hasSuffix("400 of 1000 bytes are kept, and the same command goes on from there"))
    #expect(try readFile(fixture.part) == Array(content.prefix(400)))
  }

  @Test("a reset within the body keeps what came")
  func reset() throws {
    let fixture = try Fixture(size: Self.size)
    let content = fixture.content
    // A reset drops what was not read yet.
    let hasArrived = DispatchSemaphore(value: 0)
    let server = try TestServer { request in
      [TestServer.whole(content, request)[0], .bytes(Array(content.prefix(400))), .wait(hasArrived), .reset]
    }
    let error = try #require(throws: DownloadError.self) {
      try fixture.fetch(from: server, progress: { if $0 == 400 { hasArrived.signal() } })
    }
    guard case .interrupted(_, let problem, kept: 400, size: Self.size) = error else { throw error }
    #expect(problem.hasPrefix("the connection broke: "))
  }

  @Test("nobody listens, and nobody has that name")
  func unreachable() throws {
    let fixture = try Fixture(size: Self.size)
    let deserted = try TestServer.deserted()
    let refused = try #require(throws: DownloadError.self) { try fixture.fetch(from: deserted) }
    #expect("\(refused)" == "\(deserted)data.gz: cannot connect: Connection refused")
    // A label of more than 63 letters is no name, so nobody is asked for it.
    let name = String(repeating: "a", count: 64) + ".invalid"
    let unknown = try #require(throws: DownloadError.self) { try fixture.fetch(from: "http://\(name)/") }
    #expect("\(unknown)".contains("cannot find the host \(name): "))
    try fixture.expectNothing()
  }
}

private func * (bytes: [UInt8], count: Int) -> [UInt8] {
  (0..<count).flatMap { _ in bytes }
}
