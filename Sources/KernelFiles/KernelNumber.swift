import FileAccess

/// A number of a kernel file: written out, or a parameter that its user may set.
public enum KernelNumber: Sendable, Equatable {
  case value(Double)
  /// The value of a parameter of the file, or its negative.
  case parameter(String, isNegative: Bool = false)

  /// `8`, `0.25`, `"amount"` or `"-amount"`: as JSON.
  var json: String {
    switch self {
    case .value(let value): plainNumber(value)
    case .parameter(let name, let isNegative): "\"\(isNegative ? "-" : "")\(name)\""
    }
  }
}

/// 8 rather than 8.0.
func plainNumber(_ value: Double) -> String {
  abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
}

/// The double with the shortest decimal form that becomes this float again: 0.1 rather than 0.10000000149.
func shortestDouble(_ value: Float) -> Double {
  Double("\(value)") ?? Double(value)
}
