import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Reference {
  /// The activation of every value, computed in `Double`.
  public static func activation<Scalar>(
    _ input: NumericTensor<Scalar>, _ kind: Activation
  ) -> NumericTensor<Scalar> {
    input.map { value in
      let x = Double(value)
      return switch kind {
      case .sigmoid: Scalar(1 / (1 + exp(-x)))
      case .relu: value > 0 || value.isNaN ? value : 0
      case .tanh: Scalar(tanh(x))
      }
    }
  }

  /// The backward pass of `activation`, from the output y: sigmoid' = y (1 - y), tanh' = 1 - y^2,
  /// relu' = 1 where y > 0 (0 at 0).
  public static func activationGradient<Scalar>(
    _ outputGradient: NumericTensor<Scalar>, output: NumericTensor<Scalar>, _ kind: Activation
  ) throws -> NumericTensor<Scalar> {
    try requireShape(outputGradient.shape, output.shape, "the backward pass of \(kind.rawValue)")
    var gradient = outputGradient
    for i in output.values.indices {
      let y = output.values[i]
      switch kind {
      case .sigmoid: gradient.values[i] *= y * (1 - y)
      case .relu: gradient.values[i] = y > 0 ? gradient.values[i] : 0
      case .tanh: gradient.values[i] *= 1 - y * y
      }
    }
    return gradient
  }

  /// Softmax over the channels at every place: e^x[c] / sum over c of e^x[c]. The largest value is subtracted
  /// first, so that no exponential overflows.
  public static func softmax<Scalar>(_ input: NumericTensor<Scalar>) -> NumericTensor<Scalar> {
    var output = input
    visitPlaces(input.shape) { n, y, x in
      let channels = 0..<input.shape.channels
      let largest = channels.map { input[n, $0, y, x] }.max() ?? 0
      let powers = channels.map { exp(Double(input[n, $0, y, x]) - Double(largest)) }
      let sum = powers.reduce(0, +)
      for c in channels { output[n, c, y, x] = Scalar(powers[c] / sum) }
    }
    return output
  }

  /// The backward pass of `softmax`, from its output: dx[c] = y[c] (dy[c] - sum over k of dy[k] y[k]).
  public static func softmaxGradient<Scalar>(
    _ outputGradient: NumericTensor<Scalar>, output: NumericTensor<Scalar>
  ) throws -> NumericTensor<Scalar> {
    try requireShape(outputGradient.shape, output.shape, "the backward pass of softmax")
    var gradient = outputGradient
    visitPlaces(output.shape) { n, y, x in
      var dot: Scalar = 0
      for c in 0..<output.shape.channels { dot += outputGradient[n, c, y, x] * output[n, c, y, x] }
      for c in 0..<output.shape.channels {
        gradient[n, c, y, x] = output[n, c, y, x] * (outputGradient[n, c, y, x] - dot)
      }
    }
    return gradient
  }

  private static func visitPlaces(_ shape: Shape, _ body: (Int, Int, Int) -> Void) {
    for n in 0..<shape.batch {
      for y in 0..<shape.height {
        for x in 0..<shape.width { body(n, y, x) }
      }
    }
  }
}
