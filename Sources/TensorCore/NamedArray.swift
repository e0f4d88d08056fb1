/// A named array of any rank, as weight files hold them: `conv1.weight` of [6, 1, 5, 5].
public struct NamedArray: Sendable, Equatable {
  public var name: String
  /// The size of each dimension, outermost first.
  public let dimensions: [Int]
  /// All elements in row-major order; the count is the product of the dimensions.
  public var values: [Float]

  /// - Precondition: `values.count` is the product of `dimensions`.
  public init(name: String, dimensions: [Int], values: [Float]) {
    precondition(
      values.count == dimensions.reduce(1, *), "\(values.count) values do not fill \(name) \(dimensions)")
    self.name = name
    self.dimensions = dimensions
    self.values = values
  }
}
