/// A value of a JSON text and where it stands.
public struct JSONNode: Sendable {
  public enum Value: Sendable {
    case null
    case bool(Bool)
    /// Always finite.
    case number(Double)
    case string(String)
    case array([JSONNode])
    /// In the order of the text; all keys differ.
    case object([JSONMember])
  }

  public let value: Value
  public let position: TextPosition

  public init(_ value: Value, at position: TextPosition) {
    self.value = value
    self.position = position
  }

  /// `a number`, `a list` ...: what the value is, for errors.
  public var kind: String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value of a key; `nil` where there is none, and for all but objects.
  public subscript(key: String) -> JSONNode? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }
}

/// A key of a JSON object and its value.
public struct JSONMember: Sendable {
  public let key: String
  public let keyPosition: TextPosition
  public let value: JSONNode
}
