import Testing

@testable import WebServer

@Suite("Addresses of requests")
struct WebRequestTests {
  private func request(_ target: String) -> WebRequest? {
    WebRequest(method: "GET", target: target, headers: [:], body: [])
  }

  @Test("path and query are decoded; the last of equal names counts")
  func decoding() throws {
    let plain = try #require(request("/a%20b?x=1&y=a%2Cb+c&x=2&z&w="))
    #expect(plain.path == "/a b")
    #expect(plain.query == ["x": "2", "y": "a,b c", "z": "", "w": ""])
    #expect(request("/?k=sobel:scale=2")?.query == ["k": "sobel:scale=2"])
    #expect(request("/caf%C3%A9+1")?.path == "/café+1")
  }

  @Test(
    "a broken escape and bytes that are no text are refused",
    arguments: ["/%", "/%4", "/%zz", "/%ff", "/?a=%c3"])
  func broken(target: String) {
    #expect(request(target) == nil)
  }
}

@Suite("Who may ask")
struct VisitorsTests {
  private func isWelcome(_ headers: [String: String], at host: String = "127.0.0.1") -> Bool {
    Visitors(host: host).refusal(headers) == nil
  }

  @Test("this machine's names at this machine's address, with and without a port")
  func names() {
    for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
      #expect(isWelcome(["host": host]), "\(host)")
    }
    for host in ["example.com", "localhost.example.com:8080", "127.0.0.1.example.com", ""] {
      #expect(!isWelcome(["host": host]), "\(host)")
    }
    #expect(!isWelcome([:]))
    #expect(isWelcome(["host": "example.com"], at: "0.0.0.0"))
  }

  @Test("pages of this server, none of another")
  func origins() {
    #expect(isWelcome(["host": "localhost:8080", "origin": "http://localhost:8080"]))
    for origin in [
      "http://example.com", "http://localhost:8081", "https://localhost:8080", "http://localhost", "null",
    ] {
      #expect(!isWelcome(["host": "localhost:8080", "origin": origin]), "\(origin)")
      #expect(!isWelcome(["host": "localhost:8080", "origin": origin], at: "0.0.0.0"), "\(origin)")
    }
  }

  @Test("what a browser fetches for a page of another site is refused, a link to follow is not")
  func sites() {
    func fetch(_ site: String, _ mode: String) -> Bool {
      isWelcome(["host": "localhost:8080", "sec-fetch-site": site, "sec-fetch-mode": mode])
    }
    #expect(fetch("same-origin", "cors") && fetch("none", "navigate") && fetch("cross-site", "navigate"))
    #expect(!fetch("cross-site", "no-cors") && !fetch("same-site", "cors"))
  }
}
