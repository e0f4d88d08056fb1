/// What is done to every value of a map.
public enum MapOperation: Sendable, Equatable {
  /// The size without the sign.
  case abs
  /// What lies outside becomes the nearer end.
  case clamp(ClosedRange<Float>)
  /// 1 for what is larger, 0 for all else.
  case threshold(Float)

  public func callAsFunction(_ value: Float) -> Float {
    switch self {
    case .abs: Swift.abs(value)
    case .clamp(let range): min(max(value, range.lowerBound), range.upperBound)
    case .threshold(let limit): value > limit ? 1 : 0
    }
  }

  /// The derivative at a value; 0 where there is none.
  func derivative(at value: Float) -> Float {
    switch self {
    case .abs: value > 0 ? 1 : value < 0 ? -1 : 0
    case .clamp(let range): range.contains(value) ? 1 : 0
    case .threshold: 0
    }
  }
}
