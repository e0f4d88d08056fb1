extension HTTPAddress {
  /// Where a redirection leads: another address, or a path from here. Source: RFC 3986, section 5.2.
  ///
  /// - Throws: `DownloadError.address` for what is no address or needs another protocol.
  func following(_ location: String) throws -> HTTPAddress {
    let reference = location.prefix { $0 != "#" }
    // A scheme ends with a colon before anything of a path.
    let hasScheme = reference.prefix { !"/?".contains($0) }.contains(":")
    if hasScheme || reference.hasPrefix("//") {
      let goal = try HTTPAddress(hasScheme ? location : "http:\(location)")
      return try goal.at(goal.path[...])
    }
    if reference.isEmpty { return self }
    let here = path.prefix { $0 != "?" }
    if reference.hasPrefix("?") { return try at(here + reference) }
    if reference.hasPrefix("/") { return try at(reference) }
    let name = here.reversed().prefix { $0 != "/" }
    return try at(here.dropLast(name.count) + reference)
  }

  /// Another path, with or without a query, of the same server.
  private func at(_ target: Substring) throws -> HTTPAddress {
    let path = target.prefix { $0 != "?" }
    return try HTTPAddress("http://\(authority)\(Self.withoutDots(path))\(target.dropFirst(path.count))")
  }

  /// A path whose parts `.` and `..` are followed; above the root is the root.
  private static func withoutDots(_ path: Substring) -> String {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    var kept: [Substring] = []
    for part in parts {
      switch part {
      case ".": break
      case "..": _ = kept.popLast()
      default: kept.append(part)
      }
    }
    // What ends in them is a folder.
    if parts.last == "." || parts.last == ".." { kept.append("") }
    return "/" + kept.joined(separator: "/")
  }
}
