extension Classification {
  /// As JSON, byte for byte as `json` writes values, which takes several times as long.
  ///
  /// - Precondition: the probabilities are finite.
  func appendJSON(to text: inout String) {
    text += "{\"file\":"
    appendJSONString(file, to: &text)
    text += ",\"input\":"
    appendJSONString(input, to: &text)
    text += ",\"top\":["
    for (place, answer) in top.enumerated() {
      text += place > 0 ? ",{\"index\":\(answer.index),\"label\":" : "{\"index\":\(answer.index),\"label\":"
      appendJSONString(answer.label, to: &text)
      text += ",\"probability\":"
      text += jsonNumber(answer.rounded)
      text += "}"
    }
    text += isUnsure ? "],\"unsure\":true}" : "],\"unsure\":false}"
  }

  /// The same over several lines, as an element of a list, without a line's end.
  func appendPrettyJSON(to text: inout String) {
    text += "  {\n    \"file\" : "
    appendJSONString(file, to: &text)
    text += ",\n    \"input\" : "
    appendJSONString(input, to: &text)
    text += ",\n    \"top\" : [\n"
    for (place, answer) in top.enumerated() {
      text += place > 0 ? ",\n      {\n        \"index\" : " : "      {\n        \"index\" : "
      text += "\(answer.index),\n        \"label\" : "
      appendJSONString(answer.label, to: &text)
      text += ",\n        \"probability\" : "
      text += jsonNumber(answer.rounded)
      text += "\n      }"
    }
    text += "\n    ],\n    \"unsure\" : "
    text += isUnsure ? "true\n  }" : "false\n  }"
  }
}

/// A finite number; a whole one without a point.
private func jsonNumber(_ value: Double) -> String {
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

private func appendJSONString(_ content: String, to text: inout String) {
  text += "\""
  if content.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
    for scalar in content.unicodeScalars { text += escaped(scalar) }
  } else {
    text += content
  }
  text += "\""
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\"": return "\\\""
  case "\\": return "\\\\"
  case "\u{8}": return "\\b"
  case "\t": return "\\t"
  case "\n": return "\\n"
  case "\u{C}": return "\\f"
  case "\r": return "\\r"
  case ..<" ":
    let digits = String(scalar.value, radix: 16)
    return digits.utf8.count == 1 ? "\\u000\(digits)" : "\\u00\(digits)"
  default: return String(scalar)
  }
}
