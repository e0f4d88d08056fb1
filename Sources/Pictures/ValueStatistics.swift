import TensorCore

/// The extremes of some values, and how many of them are no numbers.
public struct ValueStatistics: Sendable, Equatable {
  /// The lowest finite value; `nil` where there is none.
  public private(set) var minimum: Float?
  /// The highest finite value; `nil` where there is none.
  public private(set) var maximum: Float?
  public private(set) var count: Int = 0
  public private(set) var nanCount: Int = 0
  public private(set) var infiniteCount: Int = 0

  public init() {}

  public init(_ values: some Sequence<Float>) {
    for value in values { add(value) }
  }

  /// - Complexity: O(number of values), with nothing but two comparisons for a finite one.
  public init(_ tensor: Tensor) {
    var low = Float.infinity
    var high = -Float.infinity
    tensor.values.withUnsafeBufferPointer { values in
      for value in values {
        if abs(value) <= .greatestFiniteMagnitude {
          low = min(low, value)
          high = max(high, value)
        } else if value.isNaN {
          nanCount += 1
        } else {
          infiniteCount += 1
        }
      }
      count = values.count
    }
    if low <= high {
      minimum = low
      maximum = high
    }
  }

  /// NaN and infinities together.
  public var notFiniteCount: Int { nanCount + infiniteCount }

  /// The value that all of at least two values have; `nil` where they differ or one is not finite.
  public var constant: Float? {
    count > 1 && notFiniteCount == 0 && minimum == maximum ? minimum : nil
  }

  public mutating func add(_ value: Float) {
    count += 1
    if value.isNaN {
      nanCount += 1
    } else if value.isInfinite {
      infiniteCount += 1
    } else {
      minimum = minimum.map { min($0, value) } ?? value
      maximum = maximum.map { max($0, value) } ?? value
    }
  }

  /// Takes the other values in, as for a scale over several layers.
  public mutating func merge(_ other: ValueStatistics) {
    if let low = other.minimum { minimum = minimum.map { min($0, low) } ?? low }
    if let high = other.maximum { maximum = maximum.map { max($0, high) } ?? high }
    count += other.count
    nanCount += other.nanCount
    infiniteCount += other.infiniteCount
  }

  /// `2 NaN, 1 inf`; `nil` when all values are finite.
  package var notFiniteNote: String? {
    let parts = [(nanCount, "NaN"), (infiniteCount, "inf")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// `[-0.81, 1.42]`, or `constant 0.5`, or `no finite value`.
  package var rangeText: String {
    guard let minimum, let maximum else { return "no finite value" }
    if let constant { return "constant \(formatted(constant))" }
    if minimum == maximum { return formatted(minimum) }
    return ValueRange(minimum, maximum).description
  }
}
