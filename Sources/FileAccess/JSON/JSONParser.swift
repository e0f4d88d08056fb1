/// Reads JSON (RFC 8259) strictly and keeps the place of every value.
///
/// Refused besides what is no JSON: two equal keys in an object, numbers beyond the range of `Double`, nesting
/// deeper than the limit, and anything behind the value.
public struct JSONParser {
  private let bytes: [UInt8]
  private let depthLimit: Int
  private var index = 0
  private var line = 1
  private var lineStart = 0
  /// Bytes of the line so far that begin no character.
  private var continuations = 0

  /// - Parameter depthLimit: lists and objects may lie so deep in each other.
  /// - Throws: `JSONError`.
  public static func parse(_ bytes: [UInt8], depthLimit: Int = 64) throws -> JSONNode {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw JSONError(at: TextPosition(line: 1, column: 1), "it is no text in UTF-8")
    }
    var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
    let node = try parser.node(depth: 0)
    parser.skipSpace()
    if let byte = parser.peek { throw parser.error("\(parser.shown(byte)) behind the end of the value") }
    return node
  }

  private init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private var position: TextPosition {
    TextPosition(line: line, column: index - lineStart - continuations + 1)
  }

  private func error(_ problem: String) -> JSONError { JSONError(at: position, problem) }

  /// A byte, or the character that begins with it, for an error.
  private func shown(_ byte: UInt8) -> String {
    if byte < 0x20 { return "a control character" }
    let character = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self).first
    return character.map { "'\($0)'" } ?? "a byte"
  }

  private mutating func advance() {
    let byte = bytes[index]
    index += 1
    if byte == UInt8(ascii: "\n") {
      line += 1
      lineStart = index
      continuations = 0
    } else if byte & 0xc0 == 0x80 {
      continuations += 1
    }
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { advance() }
  }

  /// Takes a sign if it comes next.
  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: sign) else { return false }
    advance()
    return true
  }

  private mutating func node(depth: Int) throws -> JSONNode {
    skipSpace()
    let start = position
    guard let byte = peek else { throw error("a value is missing at the end of the text") }
    switch byte {
    case UInt8(ascii: "{"): return JSONNode(.object(try object(depth: depth)), at: start)
    case UInt8(ascii: "["): return JSONNode(.array(try array(depth: depth)), at: start)
    case UInt8(ascii: "\""): return JSONNode(.string(try string()), at: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONNode(.number(try number()), at: start)
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return JSONNode(try word(), at: start)
    default: throw error("\(shown(byte)) where a value is expected")
    }
  }

  private func checkDepth(_ depth: Int) throws {
    if depth >= depthLimit { throw error("lists and objects lie more than \(depthLimit) deep") }
  }

  private mutating func array(depth: Int) throws -> [JSONNode] {
    try checkDepth(depth)
    advance()
    var nodes: [JSONNode] = []
    if take("]") { return nodes }
    while true {
      nodes.append(try node(depth: depth + 1))
      if take("]") { return nodes }
      if !take(",") { throw error("expected , or ] in a list, got \(next)") }
    }
  }

  private mutating func object(depth: Int) throws -> [JSONMember] {
    try checkDepth(depth)
    advance()
    var members: [JSONMember] = []
    var keys: Set<String> = []
    if take("}") { return members }
    while true {
      skipSpace()
      let place = position
      guard peek == UInt8(ascii: "\"") else { throw error("expected a key in quotes, got \(next)") }
      let key = try string()
      guard keys.insert(key).inserted else { throw JSONError(at: place, "the key \"\(key)\" stands twice") }
      if !take(":") { throw error("expected : behind the key \"\(key)\", got \(next)") }
      members.append(JSONMember(key: key, keyPosition: place, value: try node(depth: depth + 1)))
      if take("}") { return members }
      if !take(",") { throw error("expected , or } in an object, got \(next)") }
    }
  }

  /// What comes next, for an error.
  private var next: String { peek.map(shown) ?? "the end of the text" }

  private mutating func word() throws -> JSONNode.Value {
    let start = position
    let first = index
    while let byte = peek, byte.isLetterOrDigit { advance() }
    let text = String(decoding: bytes[first..<index], as: UTF8.self)
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default: throw JSONError(at: start, "'\(text)' is no value of JSON")
    }
  }

  private mutating func number() throws -> Double {
    let start = position
    let first = index
    while let byte = peek, byte.isLetterOrDigit || "+-.".utf8.contains(byte) { advance() }
    let text = String(decoding: bytes[first..<index], as: UTF8.self)
    guard text.utf8.isJSONNumber, let value = Double(text) else {
      throw JSONError(at: start, "'\(text)' is no number of JSON")
    }
    guard value.isFinite else { throw JSONError(at: start, "the number \(text) is too large") }
    return value
  }

  private mutating func string() throws -> String {
    let start = position
    advance()
    var content: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        advance()
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        content += try escape()
      case 0..<0x20: throw error("a control character in a text; write it as \\n, \\t or \\u0000")
      default:
        content.append(byte)
        advance()
      }
    }
    throw JSONError(at: start, "the text in quotes does not end")
  }

  /// What stands for `\n`, `\u00e9` ... as UTF-8.
  private mutating func escape() throws -> [UInt8] {
    let start = position
    advance()
    guard let byte = peek else { throw error("the text in quotes does not end") }
    advance()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): break
    default:
      throw JSONError(at: start, "there is no such escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
    }
    var units = [try codeUnit(start)]
    if UTF16.isLeadSurrogate(units[0]), peek == UInt8(ascii: "\\") {
      advance()
      guard peek == UInt8(ascii: "u") else { throw JSONError(at: start, "half of a surrogate pair") }
      advance()
      units.append(try codeUnit(start))
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw JSONError(at: start, "half of a surrogate pair")
    }
    return Array(text.utf8)
  }

  private mutating func codeUnit(_ start: TextPosition) throws -> UInt16 {
    let digits = bytes[index..<min(index + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy({ $0.isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw JSONError(at: start, "\\u needs four hexadecimal digits") }
    for _ in 0..<4 { advance() }
    return unit
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  fileprivate var isLetterOrDigit: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }

  fileprivate var isHexDigit: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
  }
}

extension String.UTF8View {
  /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
  fileprivate var isJSONNumber: Bool {
    var rest = self[...]
    func skipDigits() -> Bool {
      guard rest.first?.isDigit == true else { return false }
      rest = rest.drop { $0.isDigit }
      return true
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    if rest.first == UInt8(ascii: "0") {
      rest = rest.dropFirst()
    } else if !skipDigits() {
      return false
    }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      if !skipDigits() { return false }
    }
    if let sign = rest.first, sign | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if let next = rest.first, next == UInt8(ascii: "+") || next == UInt8(ascii: "-") {
        rest = rest.dropFirst()
      }
      if !skipDigits() { return false }
    }
    return rest.isEmpty
  }
}
