import TensorCore

/// What a feature map's values are like, in a few numbers.
public struct MapStatistics: Sendable, Equatable {
  /// How many values there are, those included that are not finite.
  public let count: Int
  /// The lowest and the highest finite value; `nil` where there is none, as for the next two.
  public let minimum: Float?
  public let maximum: Float?
  /// Of the finite values.
  public let mean: Double?
  /// sqrt(mean((v - mean)^2)) of the finite values: of the map itself, not estimated for a larger one.
  public let standardDeviation: Double?
  /// The share of values that are exactly 0, within 0...1; 0 where there are no values.
  public let zeroShare: Double
  /// NaN and infinities.
  public let notFiniteCount: Int

  /// - Complexity: O(number of values), two passes in double precision.
  public init(_ values: some Collection<Float>) {
    var extremes = ValueStatistics()
    var zeros = 0
    var sum = 0.0
    for value in values {
      extremes.add(value)
      if value == 0 { zeros += 1 }
      if value.isFinite { sum += Double(value) }
    }
    count = extremes.count
    minimum = extremes.minimum
    maximum = extremes.maximum
    notFiniteCount = extremes.notFiniteCount
    zeroShare = count == 0 ? 0 : Double(zeros) / Double(count)
    let finiteCount = Double(count - notFiniteCount)
    let mean = sum / finiteCount
    let squares = values.reduce(0.0) { sum, value in
      value.isFinite ? sum + (Double(value) - mean) * (Double(value) - mean) : sum
    }
    self.mean = finiteCount == 0 ? nil : mean
    standardDeviation = finiteCount == 0 ? nil : (squares / finiteCount).squareRoot()
  }

  /// The mean of the squares of the finite values.
  public var energy: Double? {
    guard let mean, let standardDeviation else { return nil }
    return mean * mean + standardDeviation * standardDeviation
  }

  /// Whether all values are 0, as behind a ReLU that no pixel gets through.
  public var isDead: Bool { count > 0 && zeroShare == 1 }
}

extension MapStatistics {
  /// The maps of one example: of each channel, or of all values of a vector [1, features, 1, 1], which is one map.
  public static func maps(of tensor: Tensor) -> [MapStatistics] {
    let example = tensor.shape.batch > 1 ? tensor.examples(0..<1) : tensor
    if example.shape.planeCount == 1 { return [MapStatistics(example.values)] }
    return (0..<example.shape.channels).map { MapStatistics(example.plane($0)) }
  }
}
