import TensorCore

/// What a filter reads where its window reaches over the border of the picture.
///
/// Shown for a row `a b c d`, three values beyond each end (OpenCV's name / NumPy's name in brackets).
public enum BorderMode: String, Sendable, CaseIterable {
  /// `000 abcd 000` (BORDER_CONSTANT / constant)
  case zero
  /// `aaa abcd ddd` (BORDER_REPLICATE / edge)
  case replicate
  /// `dcb abcd cba` (BORDER_REFLECT_101 / reflect)
  case reflect
  /// `cba abcd dcb` (BORDER_REFLECT / symmetric)
  case symmetric
  /// `bcd abcd abc` (BORDER_WRAP / wrap)
  case circular

  /// The place inside `0..<count` that stands for place `index`, `nil` for a zero.
  ///
  /// Works any distance outside; a single value is repeated.
  public func source(_ index: Int, count: Int) -> Int? {
    if index >= 0 && index < count { return index }
    switch self {
    case .zero: return nil
    case .replicate: return index < 0 ? 0 : count - 1
    case .circular: return positiveRemainder(index, count)
    case .symmetric:
      let place = positiveRemainder(index, 2 * count)
      return place < count ? place : 2 * count - 1 - place
    case .reflect:
      if count == 1 { return 0 }
      let place = positiveRemainder(index, 2 * count - 2)
      return place < count ? place : 2 * count - 2 - place
    }
  }

  private func positiveRemainder(_ a: Int, _ b: Int) -> Int {
    let r = a % b
    return r < 0 ? r + b : r
  }
}

extension NumericTensor {
  /// Every plane enlarged by `edges`, filled according to `border`.
  ///
  /// - Precondition: no edge is negative; planes are not empty.
  public func padded(by edges: Edges, border: BorderMode) -> Self {
    if edges == .zero { return self }
    precondition(shape.height > 0 && shape.width > 0, "an empty plane cannot be padded")
    let goal = Shape(
      batch: shape.batch, channels: shape.channels, height: shape.height + edges.vertical,
      width: shape.width + edges.horizontal)
    let rows = (0..<goal.height).map { border.source($0 - edges.top, count: shape.height) }
    let left = (0..<edges.left).map { border.source($0 - edges.left, count: shape.width) }
    let right = (0..<edges.right).map { border.source(shape.width + $0, count: shape.width) }
    return Self(shape: goal) { out in
      values.withUnsafeBufferPointer { input in
        var place = 0
        for plane in 0..<shape.batch * shape.channels {
          for row in rows {
            guard let row else {
              for _ in 0..<goal.width {
                out[place] = 0
                place += 1
              }
              continue
            }
            let start = (plane * shape.height + row) * shape.width
            for source in left {
              out[place] = source.map { input[start + $0] } ?? 0
              place += 1
            }
            _ = UnsafeMutableBufferPointer(rebasing: out[place..<place + shape.width])
              .update(fromContentsOf: UnsafeBufferPointer(rebasing: input[start..<start + shape.width]))
            place += shape.width
            for source in right {
              out[place] = source.map { input[start + $0] } ?? 0
              place += 1
            }
          }
        }
      }
    }
  }
}
