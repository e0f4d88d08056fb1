import TensorCore

/// A non-linearity, applied to every value by itself.
public enum Activation: String, Sendable, CaseIterable {
  /// 1 / (1 + e^-x), in 0...1
  case sigmoid
  /// max(0, x)
  case relu
  /// (e^x - e^-x) / (e^x + e^-x), in -1...1
  case tanh
}
