import TensorCore
import Testing

/// Expects two lists of numbers to be equal within `tolerance`, and says where and how much they differ most.
public func expectClose<Scalar: BinaryFloatingPoint>(
  _ actual: [Scalar], _ expected: [Scalar], tolerance: Scalar, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(actual.count) values, expected \(expected.count). \(comment?.rawValue ?? "")",
      sourceLocation: sourceLocation)
    return
  }
  var worst = -1
  var difference: Scalar = 0
  for i in actual.indices {
    let d = abs(actual[i] - expected[i])
    if !(d <= difference) || worst < 0 {
      worst = i
      difference = d
      if d.isNaN { break }
    }
  }
  guard worst >= 0 else { return }
  if !(difference <= tolerance) {
    Issue.record(
      """
      largest difference \(difference) at index \(worst): \(actual[worst]), expected \(expected[worst]) \
      (tolerance \(tolerance)). \(comment?.rawValue ?? "")
      """, sourceLocation: sourceLocation)
  }
}

/// Expects two tensors of the same shape to be equal within `tolerance`.
public func expectClose<Scalar>(
  _ actual: NumericTensor<Scalar>, _ expected: NumericTensor<Scalar>, tolerance: Scalar,
  _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == expected.shape, comment, sourceLocation: sourceLocation)
  guard actual.shape == expected.shape else { return }
  expectClose(actual.values, expected.values, tolerance: tolerance, comment, sourceLocation: sourceLocation)
}

extension NumericTensor {
  /// A tensor of seeded random numbers in `range`.
  public static func random(
    _ shape: Shape, in range: ClosedRange<Float> = -1...1, seed: UInt64
  ) -> NumericTensor {
    var generator = SplitMix64(seed: seed)
    return NumericTensor(
      shape: shape, values: (0..<shape.count).map { _ in Scalar(generator.uniform(range)) })
  }
}
