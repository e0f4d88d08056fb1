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

  /// - Complexity: O(number of values), one pass over them while all are finite.
  public init(_ tensor: Tensor) {
    self.init(tensor.values[...])
  }

  /// - Complexity: O(number of values), one pass over them while all are finite.
  public init(_ values: ArraySlice<Float>) {
    values.withUnsafeBufferPointer { values in
      for first in stride(from: 0, to: values.count, by: Self.chunkSize) {
        let chunk = values[first..<min(first + Self.chunkSize, values.count)]
        add(UnsafeBufferPointer(rebasing: chunk))
      }
    }
  }

  private static let chunkSize = 1 << 12

  /// Sixteen values at a time; a chunk with NaN or infinities is looked at value by value.
  private mutating func add(_ values: UnsafeBufferPointer<Float>) {
    typealias Lanes = SIMD16<Float>
    guard let start = UnsafeRawPointer(values.baseAddress), values.count >= Lanes.scalarCount else {
      for value in values { add(value) }
      return
    }
    var low = Lanes(repeating: .infinity)
    var high = Lanes(repeating: -.infinity)
    // v - v is 0, or NaN for NaN and infinities.
    var defect = Lanes.zero
    // The last vector overlaps the one before: extremes do not mind.
    let last = values.count - Lanes.scalarCount
    var i = 0
    while true {
      let lanes = start.loadUnaligned(fromByteOffset: i * MemoryLayout<Float>.stride, as: Lanes.self)
      low.replace(with: lanes, where: lanes .< low)
      high.replace(with: lanes, where: lanes .> high)
      defect += lanes - lanes
      if i == last { break }
      i = min(i + Lanes.scalarCount, last)
    }
    if defect.sum() == 0 {
      merge(ValueStatistics(minimum: low.min(), maximum: high.max(), count: values.count))
    } else {
      for value in values { add(value) }
    }
  }

  private init(minimum: Float, maximum: Float, count: Int) {
    self.minimum = minimum
    self.maximum = maximum
    self.count = count
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
