import FileAccess
import Testing

@Suite("JSON with places")
struct JSONParserTests {
  private func parse(_ text: String, depth: Int = 64) throws -> JSONNode {
    try JSONParser.parse(Array(text.utf8), depthLimit: depth)
  }

  private func number(_ text: String) throws -> Double? {
    if case .number(let value) = try parse(text).value { return value }
    return nil
  }

  private func string(_ text: String) throws -> String? {
    if case .string(let value) = try parse(text).value { return value }
    return nil
  }

  @Test("values of every kind, and where they stand")
  func values() throws {
    let node = try parse("{\"a\": [1, true,\n  null], \"ü\": \"x\"}\n")
    #expect(node.kind == "an object" && node.position == TextPosition(line: 1, column: 1))
    guard case .array(let list)? = node["a"]?.value else {
      Issue.record("no list")
      return
    }
    #expect(list.map(\.kind) == ["a number", "true", "null"])
    #expect(
      list.map(\.position) == [
        TextPosition(line: 1, column: 8), TextPosition(line: 1, column: 11), TextPosition(line: 2, column: 3),
      ])
    // Columns count characters, not bytes.
    #expect(node["ü"]?.position == TextPosition(line: 2, column: 15) && node["b"] == nil)
    #expect(try parse("[]").kind == "a list" && parse(" {} ").kind == "an object")
  }

  @Test(
    "numbers",
    arguments: [
      ("0", 0), ("-0", 0), ("12", 12), ("-1.5", -1.5), ("1e3", 1000), ("2.5E-1", 0.25), ("1e+2", 100),
      ("1e-400", 0),
    ])
  func numbers(text: String, value: Double) throws {
    #expect(try number(text) == value)
  }

  @Test(
    "what is no number of JSON",
    arguments: [
      ("01", "'01' is no number of JSON"), ("1.", "'1.' is no number of JSON"),
      ("-", "'-' is no number of JSON"), ("1e", "'1e' is no number of JSON"),
      ("--1", "'--1' is no number of JSON"), ("0x10", "'0x10' is no number of JSON"),
      ("1e400", "the number 1e400 is too large"), ("NaN", "'NaN' is no value of JSON"),
      ("+1", "'+' where a value is expected"), (".5", "'.' where a value is expected"),
      ("Infinity", "'Infinity' is no value of JSON"),
    ])
  func noNumbers(text: String, problem: String) {
    #expect(throws: JSONError(at: TextPosition(line: 1, column: 1), problem)) { try parse(text) }
  }

  @Test("texts and their escapes")
  func texts() throws {
    #expect(try string(#""a\"\\\/\b\f\n\r\tz""#) == "a\"\\/\u{8}\u{c}\n\r\tz")
    #expect(try string(#""\u00e9\uD83D\uDE00é""#) == "é😀é")
  }

  @Test(
    "what is wrong, and where",
    arguments: [
      ("", 1, 1, "a value is missing at the end of the text"),
      ("[1,\n 2", 2, 3, "expected , or ] in a list, got the end of the text"),
      ("[1 2]", 1, 4, "expected , or ] in a list, got '2'"),
      ("[1,]", 1, 4, "']' where a value is expected"),
      ("{\"a\": 1,}", 1, 9, "expected a key in quotes, got '}'"),
      ("{a: 1}", 1, 2, "expected a key in quotes, got 'a'"),
      ("{\"a\" 1}", 1, 6, "expected : behind the key \"a\", got '1'"),
      ("{\"a\": 1 \"b\": 2}", 1, 9, "expected , or } in an object, got '\"'"),
      ("{\"a\": 1,\n\"b\": 2,\n \"a\": 3}", 3, 2, "the key \"a\" stands twice"),
      ("{\"a\": 1, \"\\u0061\": 3}", 1, 10, "the key \"a\" stands twice"),
      ("[1] x", 1, 5, "'x' behind the end of the value"),
      ("\"abc", 1, 1, "the text in quotes does not end"),
      ("\"a\tb\"", 1, 3, "a control character in a text; write it as \\n, \\t or \\u0000"),
      (
        "\"a\\x\"", 1, 3,
        "there is no such escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"
      ),
      ("\"\\u12\"", 1, 2, "\\u needs four hexadecimal digits"),
      ("\"\\ud800\"", 1, 2, "half of a surrogate pair"),
      ("tru", 1, 1, "'tru' is no value of JSON"),
      ("// x", 1, 1, "'/' where a value is expected"),
    ])
  func problems(text: String, line: Int, column: Int, problem: String) {
    #expect(throws: JSONError(at: TextPosition(line: line, column: column), problem)) { try parse(text) }
  }

  @Test("nesting has a limit; no text is refused before anything else")
  func limits() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      throws: JSONError(at: TextPosition(line: 1, column: 65), "lists and objects lie more than 64 deep")
    ) {
      try parse(deep)
    }
    #expect(try parse("[[1]]", depth: 2).kind == "a list")
    #expect(throws: JSONError.self) { try parse("[[1]]", depth: 1) }
    #expect(throws: JSONError(at: TextPosition(line: 1, column: 1), "it is no text in UTF-8")) {
      try JSONParser.parse([0x22, 0xff, 0x22])
    }
  }

  @Test("every truncation is refused")
  func truncations() throws {
    let text = #"{"a": [1.5e3, "x\u00e9", {"b": null}], "c": false}"#
    _ = try parse(text)
    for count in 0..<text.count {
      #expect(throws: JSONError.self) { try parse(String(text.prefix(count))) }
    }
  }
}
