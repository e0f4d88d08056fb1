import TensorCore
import TensorOps

/// How much a kernel of a file reads beyond the picture.
public enum KernelPadding: Sendable, Equatable {
  /// What keeps the size at stride 1.
  case same
  /// Nothing: the result is smaller.
  case valid
  case edges(Edges)

  /// `nil` for what is none of `same`, `valid`, `1`, `1x2` (vertical x horizontal), `0x1x2x3` (top x bottom x left x
  /// right).
  init?(_ text: String) {
    switch text {
    case "same": self = .same
    case "valid": self = .valid
    default:
      guard let sizes = parsedSizes(text, in: 0...KernelFile.largestStep), let padding = Self(sizes: sizes)
      else { return nil }
      self = padding
    }
  }

  /// One number for all sides, two for vertical and horizontal, four for top, bottom, left and right.
  init?(sizes: [Int]) {
    switch sizes.count {
    case 1: self = .edges(Edges(sizes[0]))
    case 2: self = .edges(Edges(vertical: sizes[0], horizontal: sizes[1]))
    case 4: self = .edges(Edges(top: sizes[0], bottom: sizes[1], left: sizes[2], right: sizes[3]))
    default: return nil
    }
  }

  /// The shortest list of sizes; `nil` for `same` and `valid`.
  var sizes: [Int]? {
    guard case .edges(let edges) = self else { return nil }
    guard edges.top == edges.bottom, edges.left == edges.right else {
      return [edges.top, edges.bottom, edges.left, edges.right]
    }
    return edges.top == edges.left ? [edges.top] : [edges.top, edges.left]
  }

  /// As a user writes it.
  var text: String {
    switch self {
    case .same: "same"
    case .valid: "valid"
    case .edges: (sizes ?? []).map(String.init).joined(separator: "x")
    }
  }

  func edges(kernel: Extent, dilation: Extent) -> Edges {
    switch self {
    case .same: CorrelationOptions.samePadding(kernel: kernel, dilation: dilation)
    case .valid: .zero
    case .edges(let edges): edges
    }
  }
}

/// `2x1` as [2, 1]; `nil` unless all are whole numbers of the range.
func parsedSizes(_ text: String, in range: ClosedRange<Int>) -> [Int]? {
  let parts = text.split(separator: "x", omittingEmptySubsequences: false)
  let sizes = parts.compactMap { Int($0) }
  return sizes.count == parts.count && sizes.allSatisfy(range.contains) ? sizes : nil
}

extension Extent {
  /// One number for both axes, or vertical and horizontal.
  init?(sizes: [Int]) {
    switch sizes.count {
    case 1: self.init(sizes[0])
    case 2: self.init(height: sizes[0], width: sizes[1])
    default: return nil
    }
  }

  var sizes: [Int] { height == width ? [height] : [height, width] }

  /// `2`, or `2x1`.
  var shortText: String { sizes.map(String.init).joined(separator: "x") }
}
