import FileAccess
import KernelAPI
import TensorCore

/// A value of a JSON text and the keys that lead to it; asks for what is expected there.
struct JSONPlace {
  let node: JSONNode
  /// `kernels.2.matrix`, lists counted from 1; empty for the whole text.
  let path: String

  init(_ node: JSONNode, path: String) {
    self.node = node
    self.path = path
  }

  func error(_ problem: String) -> JSONError { error(problem, at: node.position) }

  private func error(_ problem: String, at position: TextPosition) -> JSONError {
    JSONError(at: position, path.isEmpty ? problem : "\(path): \(problem)")
  }

  private func step(_ node: JSONNode, _ key: String) -> JSONPlace {
    JSONPlace(node, path: path.isEmpty ? key : "\(path).\(key)")
  }

  /// The value of a key, where there is one.
  func get(_ key: String) -> JSONPlace? { node[key].map { step($0, key) } }

  /// An element of a list; the place itself for what is none.
  func at(_ index: Int) -> JSONPlace {
    guard case .array(let nodes) = node.value, nodes.indices.contains(index) else { return self }
    return step(nodes[index], "\(index + 1)")
  }

  /// - Throws: `JSONError` for what is no object, and for the first key that is none of `known`.
  func requireKeys(_ known: [String]) throws {
    guard case .object(let members) = node.value else {
      throw error("expected an object, got \(node.kind)")
    }
    guard let unknown = members.first(where: { !known.contains($0.key) }) else { return }
    let near = nearestNames(to: unknown.key, among: known)
    let hint = near.first.map { "; did you mean \"\($0)\"?" } ?? ""
    throw error(
      "unknown key \"\(unknown.key)\"\(hint)\(hint.isEmpty ? ";" : "") known are "
        + known.filter { !$0.hasPrefix("$") }.joined(separator: ", "), at: unknown.keyPosition)
  }

  var list: [JSONPlace] {
    get throws {
      guard case .array(let nodes) = node.value else { throw error("expected a list, got \(node.kind)") }
      return nodes.enumerated().map { step($1, "\($0 + 1)") }
    }
  }

  var text: String {
    get throws {
      guard case .string(let text) = node.value else { throw error("expected a text, got \(node.kind)") }
      return text
    }
  }

  var filledText: String {
    get throws {
      let text = try text
      if text.isEmpty { throw error("the text must not be empty") }
      return text
    }
  }

  var number: Double {
    get throws {
      guard case .number(let value) = node.value else { throw error("expected a number, got \(node.kind)") }
      return value
    }
  }

  /// One number or a list of numbers.
  func wholeNumbers(in range: ClosedRange<Int>) throws -> [Int] {
    let places: [JSONPlace]
    if case .array = node.value { places = try list } else { places = [self] }
    return try places.map { place in
      guard let value = Int(exactly: try place.number), range.contains(value) else {
        throw place.error("expected a whole number within \(range.lowerBound)...\(range.upperBound)")
      }
      return value
    }
  }

  /// One number for both axes, or [vertical, horizontal].
  func extent(in range: ClosedRange<Int>) throws -> Extent {
    guard let extent = Extent(sizes: try wholeNumbers(in: range)) else {
      throw error("expected a number or [vertical, horizontal]")
    }
    return extent
  }
}
