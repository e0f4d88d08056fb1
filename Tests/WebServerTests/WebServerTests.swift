import Foundation
import Synchronization
import TestSupport
import Testing

@testable import WebServer

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite("The server")
struct WebServerTests {
  private func server(
    _ limits: WebServer.Limits = WebServer.Limits(),
    answer: @escaping @Sendable (WebRequest) -> WebAnswer = { request in
      WebAnswer(status: 200, text: "\(request.method) \(request.path) \(request.body.count)")
    }
  ) throws -> WebServer {
    try WebServer(host: "127.0.0.1", port: 0, limits: limits, answer: answer)
  }

  private func ask(
    _ server: WebServer, _ path: String, method: String = "GET", body: Data? = nil,
    headers: [String: String] = [:]
  ) async throws -> (status: Int, text: String, headers: [String: String]) {
    var request = URLRequest(url: try #require(URL(string: server.address + path)))
    request.httpMethod = method
    request.httpBody = body
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, answer) = try await URLSession.shared.data(for: request)
    let http = try #require(answer as? HTTPURLResponse)
    let fields = Dictionary(
      http.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }, uniquingKeysWith: { $1 })
    return (http.statusCode, String(decoding: data, as: UTF8.self), fields)
  }

  @Test("method, path and body reach the answer; types are not to be guessed")
  func answers() async throws {
    let server = try server()
    defer { server.stop() }
    let get = try await ask(server, "a/b?c=d")
    #expect(get.status == 200 && get.text == "GET /a/b 0\n")
    #expect(get.headers["x-content-type-options"] == "nosniff")
    let post = try await ask(server, "x", method: "POST", body: Data(count: 1_000_000))
    #expect(post.text == "POST /x 1000000\n")
    let head = try await ask(server, "y", method: "HEAD")
    #expect(head.status == 200 && head.text.isEmpty && head.headers["content-length"] == "9")
  }

  @Test("a body over the limit is refused, the server goes on")
  func tooLarge() async throws {
    var limits = WebServer.Limits()
    limits.bodyBytes = 1000
    let server = try server(limits)
    defer { server.stop() }
    #expect(try await ask(server, "x", method: "POST", body: Data(count: 1000)).status == 200)
    let refused = try await ask(server, "x", method: "POST", body: Data(count: 1001))
    #expect(refused.status == 413 && refused.text.contains("1000 bytes"))
    #expect(try await ask(server, "x").status == 200)
  }

  @Test("a body whose length is not told is refused when it has grown too large")
  func tooLargeInParts() async throws {
    var limits = impatient
    limits.bodyBytes = 10
    let server = try server(limits)
    defer { server.stop() }
    let head = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    let small = try await answer(of: server, to: head + "4\r\nabcd\r\n5\r\nefghi\r\n0\r\n\r\n")
    #expect(small.hasSuffix("POST /x 9\n"), "\(small)")
    let large = try await answer(
      of: server, to: head + "8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n4\r\nabcd\r\n0\r\n\r\n")
    #expect(large.hasPrefix("HTTP/1.1 413") && large.contains("larger than this server takes"), "\(large)")
  }

  @Test("bodies of several visitors share their room, which is free again after the answers")
  func room() async throws {
    var limits = WebServer.Limits()
    limits.heldBytes = 1500
    let server = try server(limits)
    defer { server.stop() }
    let slow = try ClientSocket(port: server.port)
    try slow.send("POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n")
    try slow.send(String(repeating: "a", count: 1000))
    // The server reads in its own time.
    var status = 200
    for _ in 0..<200 where status == 200 {
      status = try await ask(server, "x", method: "POST", body: Data(count: 1000)).status
    }
    #expect(status == 503)
    #expect(try await ask(server, "x", method: "POST", body: Data(count: 400)).status == 200)
    try slow.send("a")
    for _ in 0..<200 where status == 503 {
      status = try await ask(server, "x", method: "POST", body: Data(count: 1000)).status
    }
    #expect(status == 200)
  }

  @Test("a visitor too many is let go, and has a place when another went")
  func seats() async throws {
    var limits = WebServer.Limits()
    limits.connections = 1
    let server = try server(limits)
    defer { server.stop() }
    var first: ClientSocket? = try ClientSocket(port: server.port)
    try first?.send("GET / HTTP/1.1\r\n")
    let second = try ClientSocket(port: server.port)
    #expect(second.readToEnd().isEmpty)
    first = nil
    var text = ""
    for _ in 0..<100 where text.isEmpty {
      let next = try ClientSocket(port: server.port)
      try? next.send("GET /next HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      text = next.readToEnd()
    }
    #expect(text.hasSuffix("GET /next 0\n"))
  }

  @Test("who wants the connection closed after a refusal has it closed")
  func refusedForGood() async throws {
    var limits = WebServer.Limits()
    limits.bodyBytes = 10
    let server = try server(limits)
    defer { server.stop() }
    let text = try await answer(
      of: server,
      to: "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 999999\r\n\r\nabc")
    #expect(text.hasPrefix("HTTP/1.1 413") && text.lowercased().contains("connection: close"), "\(text)")
  }

  @Test("what a visitor sent who has left waits for no answer and is held no longer than it is needed")
  func gone() async throws {
    var limits = WebServer.Limits()
    limits.workers = 1
    limits.heldBytes = 1000
    let answered = Mutex<[String]>([])
    let (began, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let server = try server(limits) { request in
      if request.path == "/slow" {
        began.signal()
        _ = goOn.wait(timeout: .now() + 20)
      }
      answered.withLock { $0.append(request.path) }
      return WebAnswer(status: 200, text: "done")
    }
    defer { server.stop() }
    async let slow = ask(server, "slow")
    await Task.detached { _ = began.wait(timeout: .now() + 20) }.value
    var leaving: ClientSocket? = try ClientSocket(port: server.port)
    try leaving?.send(
      "POST /left HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n"
        + String(repeating: "a", count: 900))
    try await Task.sleep(for: .milliseconds(300))
    leaving = nil
    try await Task.sleep(for: .milliseconds(300))
    #expect(try await ask(server, "early", method: "POST", body: Data(count: 900)).status == 503)
    goOn.signal()
    #expect(try await slow.status == 200)
    #expect(try await ask(server, "late", method: "POST", body: Data(count: 900)).status == 200)
    #expect(answered.withLock { $0 } == ["/slow", "/late"])
  }

  @Test("who asks first whether a body is welcome is told")
  func expectation() async throws {
    let server = try server(impatient)
    defer { server.stop() }
    let text = try await answer(
      of: server,
      to: "POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
    #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), "\(text)")
  }

  @Test("a page of another site is refused")
  func strangers() async throws {
    let server = try server()
    defer { server.stop() }
    let answer = try await ask(server, "x", headers: ["Origin": "http://example.com"])
    #expect(answer.status == 403 && answer.text.contains("http://example.com"))
  }

  @Test("many ask at once; each gets its own answer")
  func crowd() async throws {
    let server = try server()
    defer { server.stop() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask {
          let answer = try await ask(server, "\(number)", method: "POST", body: Data(count: number))
          #expect(answer.text == "POST /\(number) \(number)\n")
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a port that is taken is told, and is free again after the end")
  func ports() async throws {
    let first = try server()
    let port = first.port
    #expect(throws: WebServerError.portInUse(host: "127.0.0.1", port: port)) {
      try WebServer(host: "127.0.0.1", port: port) { _ in WebAnswer(status: 200, text: "") }
    }
    first.stop()
    let second = try WebServer(host: "127.0.0.1", port: port) { _ in WebAnswer(status: 200, text: "again") }
    defer { second.stop() }
    #expect(try await ask(second, "").text == "again\n")
  }

  /// What comes back for exactly this text, until the server ends the connection after a second of silence.
  private func answer(of server: WebServer, to text: String) async throws -> String {
    try await Task.detached {
      let socket = try ClientSocket(port: server.port)
      try socket.send(text)
      return socket.readToEnd()
    }.value
  }

  private var impatient: WebServer.Limits {
    var limits = WebServer.Limits()
    limits.idleSeconds = 1
    return limits
  }

  @Test("a visitor who says nothing is let go")
  func silence() async throws {
    let server = try server(impatient)
    defer { server.stop() }
    #expect(try await answer(of: server, to: "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").isEmpty)
  }

  @Test(
    "nonsense is answered by 400 or silence, never by a crash",
    arguments: [
      "\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}", "GET / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ])
  func nonsense(text: String) async throws {
    let server = try server(impatient)
    defer { server.stop() }
    let rest = try await answer(of: server, to: text)
    #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 4"), "\(rest)")
    #expect(try await ask(server, "x").status == 200)
  }

  @Test("several requests on one connection are answered in their order, of a head no body comes")
  func pipelining() async throws {
    let server = try server(impatient)
    defer { server.stop() }
    let requests = ["HEAD /%zz", "GET /1", "HEAD /2", "GET /3"].map {
      "\($0) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    }
    let answers = try await answer(of: server, to: requests.joined()).split(separator: "HTTP/1.1 ")
    #expect(answers.map { $0.prefix(3) } == ["400", "200", "200", "200"])
    let bodies = answers.map { $0.split(separator: "\r\n\r\n", omittingEmptySubsequences: false).last ?? "" }
    #expect(bodies == ["", "GET /1 0\n", "", "GET /3 0\n"])
  }

  @Test("an answer that takes longer than the patience with silent visitors comes")
  func longWork() async throws {
    let server = try server(impatient) { _ in
      Thread.sleep(forTimeInterval: 2.5)
      return WebAnswer(status: 200, text: "done")
    }
    defer { server.stop() }
    #expect(try await ask(server, "").text == "done\n")
  }

  @Test("who takes a large answer slowly gets all of it")
  func slowReader() async throws {
    let server = try server(impatient) { _ in
      WebAnswer(contentType: "text/plain", body: [UInt8](repeating: 65, count: 24_000_000))
    }
    defer { server.stop() }
    let count = try await Task.detached {
      let socket = try ClientSocket(port: server.port)
      try socket.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      return socket.readToEnd(pausing: 0.01).utf8.count
    }.value
    #expect(count > 24_000_000)
  }

  @Test("the end does not wait for work that takes long")
  func endDuringWork() async throws {
    let server = try server { _ in
      Thread.sleep(forTimeInterval: 8)
      return WebAnswer(status: 200, text: "late")
    }
    let socket = try ClientSocket(port: server.port)
    try socket.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try await Task.sleep(for: .seconds(0.5))
    let clock = ContinuousClock()
    #expect(clock.measure { server.stop(within: 1) } < .seconds(5))
  }
}
