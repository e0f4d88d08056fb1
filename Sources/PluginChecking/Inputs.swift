import TensorCore

/// The values of inputs, always the same.
enum Inputs {
  /// As pictures have: 0...1.
  static func picture(_ count: Int, seed: UInt64 = 1) -> [Float] { random(count, 0...1, seed: seed) }

  /// Values that other kernels may give: none, all the same, of both signs, large and tiny.
  static func others(_ count: Int) -> [[Float]] {
    [
      Array(repeating: 0, count: count), Array(repeating: 1, count: count), random(count, -1...1, seed: 2),
      random(count, -1e6...1e6, seed: 3), random(count, -1e-37...1e-37, seed: 4),
    ]
  }

  private static func random(_ count: Int, _ range: ClosedRange<Float>, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return generator.uniform(range, count: count)
  }
}
