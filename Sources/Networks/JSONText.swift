#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSON with sorted keys, so that equal values give equal text.
package func encodedJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// A value from JSON text.
package func decodedJSON<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
  try JSONDecoder().decode(type, from: Data(text.utf8))
}

/// A key of a JSON object, whatever it is called.
package struct AnyKey: CodingKey {
  package var stringValue: String
  package var intValue: Int? { nil }

  package init(stringValue: String) { self.stringValue = stringValue }
  package init?(intValue: Int) { nil }
}

/// - Throws: `DecodingError` that names the first key which is none of `known`.
package func refuseUnknownKeys(_ decoder: any Decoder, _ known: [String]) throws {
  let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
  if let unknown = keys.first(where: { !known.contains($0.stringValue) }) {
    throw DecodingError.dataCorrupted(
      .init(
        codingPath: decoder.codingPath,
        debugDescription: "unknown key \"\(unknown.stringValue)\"; known are \(known.joined(separator: ", "))"
      ))
  }
}

/// What is wrong with JSON and where, in one line.
package func describe(_ error: DecodingError) -> String {
  func place(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty
      ? ""
      : "at \(context.codingPath.map { $0.intValue.map { "\($0 + 1)" } ?? $0.stringValue }.joined(separator: ".")): "
  }
  return switch error {
  case .dataCorrupted(let context): place(context) + context.debugDescription
  case .keyNotFound(let key, let context): place(context) + "\"\(key.stringValue)\" is missing"
  case .typeMismatch(_, let context), .valueNotFound(_, let context):
    place(context) + "another kind of value is expected"
  @unknown default: "it cannot be read"
  }
}
