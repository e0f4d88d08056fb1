/// What a browser asks for.
public struct WebRequest: Sendable, Equatable {
  /// `GET`, `POST` ...; what asks for the head alone is `GET` here.
  public var method: String
  /// `/picture`, decoded, without what follows a question mark.
  public var path: String
  /// What follows the question mark: decoded, the last value of each name.
  public var query: [String: String]
  /// By lower-case names.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(
    method: String = "GET", path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

extension WebRequest {
  /// Reads `/path?name=value&...`; `nil` for an address that is no text once decoded.
  init?(method: String, target: String, headers: [String: String], body: [UInt8]) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = percentDecoded(parts[0]) else { return nil }
    var query: [String: String] = [:]
    if parts.count == 2 {
      for pair in parts[1].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = percentDecoded(sides[0], plusIsSpace: true),
          let value = sides.count == 2 ? percentDecoded(sides[1], plusIsSpace: true) : ""
        else { return nil }
        query[name] = value
      }
    }
    self.init(method: method, path: path, query: query, headers: headers, body: body)
  }
}

/// The text with every %XX as the byte it stands for; `nil` for what is no UTF-8 then, or a broken %.
func percentDecoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
  var bytes: [UInt8] = []
  var rest = Substring(text).utf8
  while let byte = rest.popFirst() {
    switch byte {
    case UInt8(ascii: "%"):
      guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
        return nil
      }
      bytes.append(high << 4 | low)
    case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
    default: bytes.append(byte)
    }
  }
  return String(validating: bytes, as: UTF8.self)
}

private func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
