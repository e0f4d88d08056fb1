import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The loss of a batch and its derivative by the logits.
public struct LossAndGradient<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// The sum over the examples divided by the divisor, the mean by default.
  public var loss: Double
  public var gradient: NumericTensor<Scalar>
  /// How many examples have their largest logit at the label.
  public var correct: Int
}

/// Softmax and cross-entropy: the mean over the examples of -log(softmax(logits)[label]).
///
/// With label smoothing e, the target is (1 - e) at the label plus e / classes everywhere, as PyTorch's
/// `CrossEntropyLoss` (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7).
///
/// - Parameters:
///   - logits: [N, classes, 1, 1].
///   - labels: N classes.
///   - divisor: what the sum is divided by; the number of examples when `nil`. A part of a batch passes the
///     size of the whole.
///   - smoothing: the share e of the target, 0..<1.
/// - Throws: `OperationError.shape` when logits are no vectors or labels are too few or many,
///   `.setting` for a label that is no class.
public func crossEntropy<Scalar>(
  _ logits: NumericTensor<Scalar>, labels: [Int], divisor: Int? = nil, smoothing: Double = 0
) throws -> LossAndGradient<Scalar> {
  let shape = logits.shape
  guard shape.extent == .one, shape.batch == labels.count else {
    throw OperationError.shape(
      operation: "cross-entropy", got: "shape \(shape)",
      expected: "one vector for each of \(labels.count) labels")
  }
  let scale = 1 / Double(divisor ?? max(labels.count, 1))
  var result = LossAndGradient(loss: 0, gradient: Reference.softmax(logits), correct: 0)
  for (n, label) in labels.enumerated() {
    guard label >= 0 && label < shape.channels else {
      throw OperationError.setting(
        operation: "cross-entropy", problem: "label \(label) is not one of \(shape.channels) classes")
    }
    let row = logits.values[n * shape.channels..<(n + 1) * shape.channels]
    let largest = row.max() ?? 0
    let sum = row.reduce(0.0) { $0 + exp(Double($1) - Double(largest)) }
    let negativeLogs = row.map { log(sum) - (Double($0) - Double(largest)) }
    let mean = negativeLogs.reduce(0, +) / Double(shape.channels)
    result.loss += ((1 - smoothing) * negativeLogs[label] + smoothing * mean) * scale
    if row.firstIndex(of: largest) == row.startIndex + label { result.correct += 1 }
    for c in 0..<shape.channels where smoothing > 0 {
      result.gradient[n, c, 0, 0] -= Scalar(smoothing / Double(shape.channels))
    }
    result.gradient[n, label, 0, 0] -= Scalar(1 - smoothing)
  }
  result.gradient = result.gradient.map { $0 * Scalar(scale) }
  return result
}
