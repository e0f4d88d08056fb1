import TensorCore

/// The derivatives of a loss by what a cross-correlation (or linear layer) was given.
public struct CorrelationGradients<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// By the input; `nil` where it was not asked for.
  public var input: NumericTensor<Scalar>?
  /// By the weight, of the weight's shape.
  public var weight: NumericTensor<Scalar>
  /// By the bias: one value for each output channel.
  public var bias: [Scalar]
}

extension Reference {
  /// Cross-correlation, what the layers of a CNN compute:
  ///
  ///     y[n, o, i, j] = b[o] + sum over c, u, v of
  ///       x[n, c, i * stride + u * dilation - padding, j * stride + v * dilation - padding] * w[o, c, u, v]
  ///
  /// with zeros outside of x. With groups, output channel o sees the input channels of its own group only.
  /// Source: Dive into Deep Learning, 6.2 to 6.4.
  ///
  /// - Parameters:
  ///   - input: [N, Cin, H, W].
  ///   - weight: [Cout, Cin / groups, kH, kW].
  ///   - bias: Cout values, `nil` for none.
  /// - Throws: `OperationError` when shapes or settings do not fit.
  public static func crossCorrelation<Scalar>(
    _ input: NumericTensor<Scalar>, weight: NumericTensor<Scalar>, bias: [Scalar]? = nil,
    options: CorrelationOptions = .init()
  ) throws -> NumericTensor<Scalar> {
    let shape = try options.outputShape(input: input.shape, weight: weight.shape)
    try options.checkBias(bias?.count, weight: weight.shape)
    var sums = [Scalar](repeating: 0, count: shape.count)
    let (x, w) = (input.values, weight.values)
    visitTaps(shape, input.shape, weight.shape, options) { sums[$0] += x[$1] * w[$2] }
    var output = NumericTensor(shape: shape, values: sums)
    if let bias {
      for n in 0..<shape.batch {
        for o in 0..<shape.channels {
          for i in 0..<shape.height {
            for j in 0..<shape.width { output[n, o, i, j] += bias[o] }
          }
        }
      }
    }
    return output
  }

  /// The backward pass of `crossCorrelation`.
  ///
  /// - Parameter outputGradient: the derivative by the output, of the output's shape.
  public static func crossCorrelationGradients<Scalar>(
    _ outputGradient: NumericTensor<Scalar>, input: NumericTensor<Scalar>, weight: NumericTensor<Scalar>,
    options: CorrelationOptions = .init()
  ) throws -> CorrelationGradients<Scalar> {
    let shape = try options.outputShape(input: input.shape, weight: weight.shape)
    try requireShape(outputGradient.shape, shape, "the backward pass of cross-correlation")
    var inputGradient = [Scalar](repeating: 0, count: input.shape.count)
    var weightGradient = [Scalar](repeating: 0, count: weight.shape.count)
    var biasGradient = [Scalar](repeating: 0, count: shape.channels)
    let (dy, x, w) = (outputGradient.values, input.values, weight.values)
    visitTaps(shape, input.shape, weight.shape, options) { output, input, weight in
      inputGradient[input] += dy[output] * w[weight]
      weightGradient[weight] += dy[output] * x[input]
    }
    for n in 0..<shape.batch {
      for o in 0..<shape.channels {
        biasGradient[o] += outputGradient.plane(o, batch: n).reduce(0, +)
      }
    }
    return CorrelationGradients(
      input: NumericTensor(shape: input.shape, values: inputGradient),
      weight: NumericTensor(shape: weight.shape, values: weightGradient), bias: biasGradient)
  }

  /// True convolution: cross-correlation with the kernel rotated by 180 degrees.
  public static func convolution<Scalar>(
    _ input: NumericTensor<Scalar>, weight: NumericTensor<Scalar>, bias: [Scalar]? = nil,
    options: CorrelationOptions = .init()
  ) throws -> NumericTensor<Scalar> {
    try crossCorrelation(input, weight: weight.rotated180(), bias: bias, options: options)
  }

  /// Calls `body` for every product of the sum with the indices of three values: the output's (n, o, i, j), the
  /// input's (n, c, y, x) and the weight's (o, k, u, v) that are multiplied. Places in the padding are left out: they
  /// add zero.
  private static func visitTaps(
    _ output: Shape, _ input: Shape, _ weight: Shape, _ options: CorrelationOptions,
    _ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void
  ) {
    let outputsOfGroup = output.channels / options.groups
    for n in 0..<output.batch {
      for o in 0..<output.channels {
        let firstChannel = o / max(outputsOfGroup, 1) * weight.channels
        for i in 0..<output.height {
          for j in 0..<output.width {
            let sum = ((n * output.channels + o) * output.height + i) * output.width + j
            for k in 0..<weight.channels {
              for u in 0..<weight.height {
                let y = i * options.stride.height + u * options.dilation.height - options.padding.top
                guard y >= 0 && y < input.height else { continue }
                let row = ((n * input.channels + firstChannel + k) * input.height + y) * input.width
                let weights = ((o * weight.channels + k) * weight.height + u) * weight.width
                for v in 0..<weight.width {
                  let x = j * options.stride.width + v * options.dilation.width - options.padding.left
                  guard x >= 0 && x < input.width else { continue }
                  body(sum, row + x, weights + v)
                }
              }
            }
          }
        }
      }
    }
  }
}

extension NumericTensor {
  /// Every plane turned by 180 degrees: what makes a convolution of a cross-correlation.
  public func rotated180() -> Self {
    var rotated: [Scalar] = []
    rotated.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: max(shape.planeCount, 1)) {
      rotated += values[start..<start + shape.planeCount].reversed()
    }
    return Self(shape: shape, values: rotated)
  }
}

/// Throws `OperationError.shape` unless the two shapes are the same.
func requireShape(_ got: Shape, _ expected: Shape, _ operation: String) throws {
  if got != expected {
    throw OperationError.shape(
      operation: operation, got: "shape \(got)", expected: "a tensor of shape \(expected)")
  }
}
