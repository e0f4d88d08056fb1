import FileAccess

/// Checks JSON against a JSON Schema, as far as the keywords that are used here go.
///
/// `type properties required additionalProperties items minItems maxItems minLength pattern minimum maximum enum const
/// not anyOf oneOf $ref`; an unknown keyword is an error, so that none is passed over.
struct JSONSchema {
  let root: JSONNode

  struct Unknown: Error {
    let keyword: String
  }

  /// Keywords that say nothing about what is valid.
  private static let remarks: Set<String> = ["$schema", "title", "description", "default", "$defs"]

  /// Whether a value is valid.
  func allows(_ node: JSONNode) throws -> Bool { try allows(node, root) }

  private func allows(_ node: JSONNode, _ schema: JSONNode) throws -> Bool {
    guard case .object(let members) = schema.value else { return true }
    for member in members where !Self.remarks.contains(member.key) {
      if try !allows(node, member.key, member.value, of: schema) { return false }
    }
    return true
  }

  private func allows(
    _ node: JSONNode, _ keyword: String, _ value: JSONNode, of schema: JSONNode
  ) throws -> Bool {
    switch (keyword, value.value, node.value) {
    case ("$ref", .string(let path), _): return try allows(node, definition(path))
    case ("type", .string(let type), _): return has(node, type: type)
    case ("enum", .array(let values), _): return values.contains { isEqual($0, node) }
    case ("const", _, _): return isEqual(value, node)
    case ("not", _, _): return try !allows(node, value)
    case ("anyOf", .array(let schemas), _): return try schemas.contains { try allows(node, $0) }
    case ("oneOf", .array(let schemas), _): return try schemas.filter { try allows(node, $0) }.count == 1
    case ("required", .array(let keys), .object):
      return keys.allSatisfy { if case .string(let key) = $0.value { node[key] != nil } else { false } }
    case ("properties", .object(let properties), .object):
      return try properties.allSatisfy { property in
        try node[property.key].map { try allows($0, property.value) } ?? true
      }
    case ("additionalProperties", .bool(false), .object(let members)):
      return members.allSatisfy { schema["properties"]?[$0.key] != nil }
    case ("items", _, .array(let nodes)): return try nodes.allSatisfy { try allows($0, value) }
    case ("minItems", .number(let least), .array(let nodes)): return nodes.count >= Int(least)
    case ("maxItems", .number(let most), .array(let nodes)): return nodes.count <= Int(most)
    case ("minLength", .number(let least), .string(let text)): return text.count >= Int(least)
    case ("minimum", .number(let least), .number(let number)): return number >= least
    case ("maximum", .number(let most), .number(let number)): return number <= most
    case ("pattern", .string(let pattern), .string(let text)):
      return try text.firstMatch(of: Regex(pattern)) != nil
    case ("required", _, _), ("properties", _, _), ("additionalProperties", _, _), ("items", _, _),
      ("minItems", _, _), ("maxItems", _, _), ("minLength", _, _), ("minimum", _, _), ("maximum", _, _),
      ("pattern", _, _):
      // Of another type, which these do not speak of.
      return true
    default: throw Unknown(keyword: keyword)
    }
  }

  /// What `#/$defs/number` means.
  private func definition(_ path: String) throws -> JSONNode {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard path == "#/$defs/\(name)", let schema = root["$defs"]?[name] else { throw Unknown(keyword: path) }
    return schema
  }

  private func has(_ node: JSONNode, type: String) -> Bool {
    switch (type, node.value) {
    case ("object", .object), ("array", .array), ("string", .string), ("number", .number): true
    case ("integer", .number(let value)): value == value.rounded()
    default: false
    }
  }

  private func isEqual(_ a: JSONNode, _ b: JSONNode) -> Bool {
    switch (a.value, b.value) {
    case (.string(let a), .string(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    default: false
    }
  }
}
