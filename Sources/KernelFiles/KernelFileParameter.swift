/// A number of a kernel file that its user may set.
public struct KernelFileParameter: Sendable, Equatable {
  /// `[a-z0-9-]+`, beginning with a letter.
  public var name: String
  /// One line without a full stop.
  public var summary: String
  public var unit: String
  public var defaultValue: Double
  public var range: ClosedRange<Double>

  /// - Precondition: the default lies within the range.
  public init(
    name: String, summary: String = "", unit: String = "", defaultValue: Double, range: ClosedRange<Double>
  ) {
    precondition(range.contains(defaultValue), "\(defaultValue) is not within \(range)")
    self.name = name
    self.summary = summary
    self.unit = unit
    self.defaultValue = defaultValue
    self.range = range
  }

  /// What is accepted where a file names no limits.
  static let widestRange = -Double.infinity...Double.infinity
}
