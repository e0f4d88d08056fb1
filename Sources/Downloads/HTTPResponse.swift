/// The head of a server's answer: status and fields. Source: RFC 9112, sections 4 and 5.
struct HTTPResponse {
  let status: Int
  let reason: String
  /// By name in lower case; several of one name are joined by commas.
  private var fields: [String: String] = [:]

  private static let mostFields = 100

  /// Reads the head and skips those of interim answers (100 to 199).
  ///
  /// - Throws: `DownloadError.transfer` for anything that does not follow the format.
  init(from reader: inout HTTPReader) throws {
    for _ in 0..<10 {
      let head = try HTTPResponse(headFrom: &reader)
      if head.status >= 200 {
        reader.headIsOver()
        self = head
        return
      }
    }
    throw reader.failure("the server sends interim answers without end")
  }

  private init(headFrom reader: inout HTTPReader) throws {
    let line = try reader.line()
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3,
      let status = Int(parts[1]), (100...599).contains(status)
    else { throw reader.failure("no answer in HTTP/1: '\(printable(line))'") }
    self.status = status
    reason = parts.count > 2 ? printable(parts[2]) : ""
    for _ in 0...Self.mostFields {
      let line = try reader.line()
      if line.isEmpty { return }
      guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
        line.first?.isWhitespace == false
      else { throw reader.failure("no field of an HTTP answer: '\(printable(line))'") }
      let name = line[..<colon].lowercased()
      let value = trimmed(line[line.index(after: colon)...])
      fields[name] = fields[name].map { "\($0), \(value)" } ?? value
    }
    throw reader.failure("the server's answer has more than \(Self.mostFields) fields")
  }

  subscript(name: String) -> String? { fields[name] }

  /// Where a redirection leads; `nil` for other answers.
  var redirection: String? {
    [301, 302, 303, 307, 308].contains(status) ? fields["location"] : nil
  }

  /// The first byte and the size of the file that a partial answer (206) names: `bytes 100-199/200`. A size
  /// that the server does not tell is `nil`.
  var contentRange: (start: Int, size: Int?)? {
    guard let field = fields["content-range"], field.lowercased().hasPrefix("bytes ") else { return nil }
    let parts = field.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = number(parts[0].prefix { $0 != "-" }) else { return nil }
    if parts[1] == "*" { return (start, nil) }
    return number(parts[1]).map { (start, $0) }
  }

  /// Whether the body is a part of the file that begins at `start`.
  func sendsRest(from start: Int) -> Bool { status == 206 && contentRange?.start == start }
}

/// A number of digits only.
func number(_ text: some StringProtocol) -> Int? {
  text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
}

/// The text without blanks around it.
func trimmed(_ text: Substring) -> String {
  let start = text.drop { $0 == " " || $0 == "\t" }
  let kept = start.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
  return String(kept)
}
