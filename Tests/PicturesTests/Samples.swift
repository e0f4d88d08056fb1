import ImageCodecs
import TensorCore

@testable import Pictures

/// Pictures of every kind, made from seeded numbers.
enum Samples {
  /// Smooth random maps: a coarse random plane interpolated, with values about in `range`.
  static func smooth(_ shape: Shape, _ range: ClosedRange<Float>, seed: UInt64) -> Tensor {
    var generator = SplitMix64(seed: seed)
    var result = Tensor(shape: shape)
    let coarse = 5
    for channel in 0..<shape.channels {
      let knots = (0..<coarse * coarse).map { _ in generator.uniform(range) }
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          let v = Float(y) / Float(max(1, shape.height - 1)) * Float(coarse - 1)
          let u = Float(x) / Float(max(1, shape.width - 1)) * Float(coarse - 1)
          let (top, left) = (min(Int(v), coarse - 2), min(Int(u), coarse - 2))
          let (a, b) = (v - Float(top), u - Float(left))
          let first = knots[top * coarse + left] * (1 - b) + knots[top * coarse + left + 1] * b
          let second = knots[(top + 1) * coarse + left] * (1 - b) + knots[(top + 1) * coarse + left + 1] * b
          result[0, channel, y, x] = first * (1 - a) + second * a
        }
      }
    }
    return result
  }

  static func numbers(_ shape: Shape, _ range: ClosedRange<Float>, seed: UInt64) -> Tensor {
    var generator = SplitMix64(seed: seed)
    return Tensor(shape: shape, values: generator.uniform(range, count: shape.count))
  }

  static let fashion = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]
}
