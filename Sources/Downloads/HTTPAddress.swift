/// An address such as `http://example.org:8080/data/`.
struct HTTPAddress: Equatable {
  /// A name or a number, without the brackets of an IPv6 address.
  let host: String
  let port: Int
  /// What the server is asked for; begins with a slash.
  let path: String

  private static let scheme = "http://"

  /// - Throws: `DownloadError.address` for what is no address or needs another protocol.
  init(_ text: String) throws {
    func refusal(_ problem: String) -> DownloadError { .address(printable(text), problem: problem) }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw refusal("an address holds neither spaces nor letters beyond ASCII")
    }
    if text.lowercased().hasPrefix("https://") {
      throw refusal("https is not spoken here; name an http:// address, or fetch the files with curl")
    }
    guard text.lowercased().hasPrefix(Self.scheme) else {
      throw refusal("no address; expected one that begins with http://")
    }
    let rest = text.dropFirst(Self.scheme.count).prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let path = rest.dropFirst(authority.count)
    guard let (host, port) = Self.hostAndPort(authority) else {
      throw refusal("no address; expected http://HOST/ or http://HOST:PORT/")
    }
    self.host = host
    self.port = port
    self.path = path.hasPrefix("/") ? String(path) : "/" + path
  }

  /// The address of a folder, to whose path names of files are added.
  ///
  /// - Throws: `DownloadError.address`, also for a query, which they cannot follow.
  init(folder text: String) throws {
    self = try HTTPAddress(text)
    if path.contains("?") {
      throw DownloadError.address(printable(text), problem: "the address of a folder holds no '?'")
    }
  }

  private static func hostAndPort(_ authority: Substring) -> (host: String, port: Int)? {
    var host = authority
    var portText: Substring = "80"
    // The colons of an IPv6 address stand in brackets.
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      host = authority[..<colon]
      // Nothing after the colon is the usual port (RFC 3986, 3.2.3).
      if !authority.hasSuffix(":") { portText = authority[authority.index(after: colon)...] }
    }
    let isNumber = host.hasPrefix("[") && host.hasSuffix("]")
    if isNumber { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains(where: { "@[]".contains($0) }), isNumber || !host.contains(":"),
      portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText),
      (1...65535).contains(port)
    else { return nil }
    return (String(host), port)
  }

  /// What stands in the `Host` line of a request.
  var authority: String {
    (host.contains(":") ? "[\(host)]" : host) + (port == 80 ? "" : ":\(port)")
  }

  /// The address of a file in the folder that this is.
  func file(_ name: String) throws -> HTTPAddress {
    try HTTPAddress("\(self)\(path.hasSuffix("/") ? "" : "/")\(name)")
  }
}

extension HTTPAddress: CustomStringConvertible {
  var description: String { Self.scheme + authority + path }
}
