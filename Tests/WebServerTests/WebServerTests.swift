import Foundation
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
    #expect(try await ask(server, "x", method: "POST", body: Data(count: 1001)).status == 413)
    #expect(try await ask(server, "x").status == 200)
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

  @Test("a visitor who says nothing is let go")
  func silence() async throws {
    var limits = WebServer.Limits()
    limits.idleSeconds = 1
    let server = try server(limits)
    defer { server.stop() }
    let rest = try await Task.detached {
      let socket = try ClientSocket(port: server.port)
      try socket.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
      return socket.readToEnd()
    }.value
    #expect(rest.isEmpty)
  }

  @Test(
    "nonsense is answered by 400 or silence, never by a crash",
    arguments: [
      "\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}", "GET / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ])
  func nonsense(text: String) async throws {
    var limits = WebServer.Limits()
    limits.idleSeconds = 1
    let server = try server(limits)
    defer { server.stop() }
    let rest = try await Task.detached {
      let socket = try ClientSocket(port: server.port)
      try socket.send(text)
      return socket.readToEnd()
    }.value
    #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 4"), "\(rest)")
    #expect(try await ask(server, "x").status == 200)
  }
}
