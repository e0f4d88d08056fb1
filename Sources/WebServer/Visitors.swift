/// Tells who may ask: pages of this server and programs, but no page of another site that a browser shows.
///
/// A page from elsewhere tells so by its `Origin`. One whose name was made to point to this machine (DNS
/// rebinding) tells by its `Host`, as long as only this machine's own names are expected.
struct Visitors: Sendable {
  /// Lower-case names that a server may be called by; `nil` for any.
  private let names: Set<String>?

  /// - Parameter host: what the server listens at.
  init(host: String) {
    let loopback: Set<String> = ["localhost", "127.0.0.1", "::1"]
    let host = host.lowercased()
    names = loopback.contains(host) || host.hasPrefix("127.") ? loopback.union([host]) : nil
  }

  /// Why these headers are refused; `nil` for welcome ones.
  func refusal(_ headers: [String: String]) -> String? {
    guard let host = headers["host"] else { return "the request does not say which host it means" }
    if let names, !names.contains(Self.name(of: host)) {
      return "this server answers to \(names.sorted().joined(separator: ", ")) only, not to \(host)"
    }
    if let origin = headers["origin"], origin.lowercased() != "http://\(host.lowercased())" {
      return "pages of \(origin) may not ask this server"
    }
    // Browsers of today say so also where they send no origin: for pictures, frames and scripts of other pages.
    if let site = headers["sec-fetch-site"], !["same-origin", "none"].contains(site),
      headers["sec-fetch-mode"] != "navigate"
    {
      return "pages of other sites may not ask this server"
    }
    return nil
  }

  /// `localhost` of `localhost:8080`, `::1` of `[::1]:8080`.
  private static func name(of host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      return host[host.index(after: host.startIndex)..<end].lowercased()
    }
    return host.prefix { $0 != ":" }.lowercased()
  }
}
