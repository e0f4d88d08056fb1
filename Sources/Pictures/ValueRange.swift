/// The values that the two ends of a colour map stand for.
public struct ValueRange: Sendable, Equatable {
  public let lowerBound: Float
  public let upperBound: Float

  /// - Precondition: both are finite and `lowerBound <= upperBound`.
  public init(_ lowerBound: Float, _ upperBound: Float) {
    precondition(
      lowerBound.isFinite && upperBound.isFinite && lowerBound <= upperBound,
      "no range: \(lowerBound)...\(upperBound)")
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  /// Covers all finite values: [-m, m] with m the largest magnitude when `symmetric`, else [minimum, maximum].
  ///
  /// - Returns: `nil` where no value is finite, or where the range would be empty: then there is nothing to
  ///   show a difference of.
  public init?(covering statistics: ValueStatistics, symmetric: Bool) {
    guard let low = statistics.minimum, let high = statistics.maximum else { return nil }
    let largest = max(abs(low), abs(high))
    self.init(symmetric ? -largest : low, symmetric ? largest : high)
    if low == high || lowerBound == upperBound { return nil }
  }

  /// Where `value` lies on a colour map: 0...1 from bound to bound, or, where the map is diverging, zero at 0.5
  /// and the larger bound's magnitude at the end, so that zero keeps its colour under any range.
  func position(of value: Float, diverging: Bool) -> Float {
    let inside = Double(value < lowerBound ? lowerBound : value > upperBound ? upperBound : value)
    // In double precision, because the width of a range of large floats is no float.
    if diverging {
      let largest = Double(-lowerBound > upperBound ? -lowerBound : upperBound)
      return largest == 0 ? 0.5 : Float(0.5 + inside / (2 * largest))
    }
    let width = Double(upperBound) - Double(lowerBound)
    return width == 0 ? 0.5 : Float((inside - Double(lowerBound)) / width)
  }
}

extension ValueRange: CustomStringConvertible {
  /// `[-1.42, 1.42]`, with more digits where the bounds would look alike.
  public var description: String { "[\(text(lowerBound)), \(text(upperBound))]" }

  /// A value of the range with as many digits as tell the bounds apart.
  func text(_ value: Float) -> String {
    formatted(value, significantDigits: significantDigits(telling: lowerBound, from: upperBound))
  }
}

/// How the values of one map become colours.
struct ValueColoring: Sendable {
  var map: ColorMap
  /// `nil`: nothing but one value, drawn as such.
  var range: ValueRange?

  func color(_ value: Float) -> RGBColor {
    guard value.isFinite else { return Palette.notFinite }
    guard let range else { return Palette.constant }
    return map.color(at: range.position(of: value, diverging: map.isDiverging))
  }

  /// The colour of every value. A plain loop over millions of pixels: debug builds are much slower with `map`.
  func colors(_ values: [Float]) -> [RGBColor] {
    [RGBColor](unsafeUninitializedCapacity: values.count) { colors, count in
      values.withUnsafeBufferPointer { values in
        for i in 0..<values.count { colors.initializeElement(at: i, to: color(values[i])) }
      }
      count = values.count
    }
  }
}
