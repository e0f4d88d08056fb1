import Testing

@testable import Downloads

@Suite("Addresses")
struct HTTPAddressTests {
  @Test("host, port and path")
  func parts() throws {
    let plain = try HTTPAddress("http://example.org")
    #expect(plain.host == "example.org" && plain.port == 80 && plain.path == "/")
    #expect(plain.authority == "example.org" && "\(plain)" == "http://example.org/")
    let full = try HTTPAddress("HTTP://example.org:8080/a/b.gz?c=d#e")
    #expect(full.host == "example.org" && full.port == 8080 && full.path == "/a/b.gz?c=d")
    #expect(full.authority == "example.org:8080" && "\(full)" == "http://example.org:8080/a/b.gz?c=d")
    let query = try HTTPAddress("http://example.org?a")
    #expect(query.host == "example.org" && query.path == "/?a")
    let number = try HTTPAddress("http://[::1]:81/")
    #expect(number.host == "::1" && number.port == 81 && number.authority == "[::1]:81")
    #expect(try HTTPAddress("http://[::1]/").authority == "[::1]")
    for text in ["http://a:", "http://a:/", "http://a:80/", "http://a?"] {
      #expect(try HTTPAddress(text).port == 80 && HTTPAddress(text).authority == "a")
    }
  }

  @Test(
    "what is none is refused",
    arguments: [
      "", "example.org", "ftp://example.org/", "http://", "http:///a", "http://:80/", "http://a:0/",
      "http://a:65536/", "http://a:b/", "http://a:+1/", "http://user@a/", "http://user:word@a/",
      "http://::1/", "http://a b/",
      "http://a/\r\nHost: b", "http://a/\u{e9}", "http://[a/",
    ])
  func refused(text: String) {
    let error = #expect(throws: DownloadError.self) { try HTTPAddress(text) }
    guard case .address = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect("\(String(describing: error))".allSatisfy { !$0.isNewline })
  }

  @Test("https is refused by name")
  func secure() {
    let error = #expect(throws: DownloadError.self) { try HTTPAddress("https://example.org/") }
    #expect(error.map { "\($0)".contains("https is not spoken here") } == true)
  }

  @Test("a file of a folder")
  func file() throws {
    for folder in ["http://a/b", "http://a/b/"] {
      #expect(try "\(HTTPAddress(folder).file("c.gz"))" == "http://a/b/c.gz")
    }
  }

  @Test("a folder has no query", arguments: ["http://a?b", "http://a/b?", "http://a/?b=/c"])
  func query(text: String) {
    #expect(throws: DownloadError.address(text, problem: "the address of a folder holds no '?'")) {
      try HTTPAddress(folder: text)
    }
  }

  @Test(
    "where redirections lead",
    arguments: [
      ("http://c:81/d", "http://c:81/d"), ("//c/d", "http://c/d"), ("/d?e", "http://a:8080/d?e"),
      ("d", "http://a:8080/b/d"), ("d/e", "http://a:8080/b/d/e"),
      ("/login?next=http://x/", "http://a:8080/login?next=http://x/"),
      ("login?next=http://x/", "http://a:8080/b/login?next=http://x/"),
      ("d/http://x", "http://a:8080/b/d/http://x"), ("?d", "http://a:8080/b/c?d"),
      ("?d=../e", "http://a:8080/b/c?d=../e"), ("", "http://a:8080/b/c?x=/y"),
      ("#d", "http://a:8080/b/c?x=/y"), ("d#e:/", "http://a:8080/b/d"), (".", "http://a:8080/b/"),
      ("..", "http://a:8080/"), ("../d", "http://a:8080/d"), ("../../../d", "http://a:8080/d"),
      ("./d/./e/../f", "http://a:8080/b/d/f"), ("/d/../e/.", "http://a:8080/e/"), ("//c", "http://c/"),
      ("http://c/d/../e?../f", "http://c/e?../f"), ("/d//../e", "http://a:8080/d/e"),
      ("...", "http://a:8080/b/..."), (".d", "http://a:8080/b/.d"),
    ])
  func redirections(location: String, expected: String) throws {
    #expect(try "\(HTTPAddress("http://a:8080/b/c?x=/y").following(location))" == expected)
  }

  @Test("a redirection with another scheme is refused", arguments: ["mailto:a", "ftp://x/", "https://x/"])
  func schemes(location: String) throws {
    let address = try HTTPAddress("http://a/")
    let error = try #require(throws: DownloadError.self) { try address.following(location) }
    guard case .address(location, _) = error else { throw error }
  }
}
