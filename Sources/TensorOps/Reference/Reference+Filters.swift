import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Reference {
  /// What `filterPlanes` means: padding by the border, then a cross-correlation of every plane by itself.
  public static func filterPlanes<Scalar>(
    _ input: NumericTensor<Scalar>, kernel: NumericTensor<Scalar>, bias: Scalar = 0, border: BorderMode?
  ) throws -> NumericTensor<Scalar> {
    try requireSingleKernel(kernel.shape)
    let edges = CorrelationOptions.samePadding(kernel: kernel.shape.extent)
    let source = border.map { input.padded(by: edges, border: $0) } ?? input
    let planes = source.reshaped(
      Shape(
        batch: source.shape.batch * source.shape.channels, channels: 1, height: source.shape.height,
        width: source.shape.width))
    let filtered = try crossCorrelation(planes, weight: kernel, bias: [bias])
    return filtered.reshaped(
      Shape(
        batch: input.shape.batch, channels: input.shape.channels, height: filtered.shape.height,
        width: filtered.shape.width))
  }

  /// The sum of what the kernels of each term, one after the other, make of the planes, and the bias.
  static func filterPlanes(_ input: Tensor, _ filter: LinearFilter, border: BorderMode?) throws -> Tensor {
    var sum: Tensor?
    for kernels in filter.definition {
      let term = try kernels.reduce(input) { try filterPlanes($0, kernel: $1, border: border) }
      sum = sum.map { combined($0, term, +) } ?? term
    }
    return (sum ?? input).map { $0 + filter.bias }
  }

  /// What `gradientPlanes` means.
  static func gradientPlanes(
    _ input: Tensor, x: LinearFilter, y: LinearFilter, part: GradientPart, border: BorderMode?
  ) throws -> Tensor {
    combined(
      try filterPlanes(input, x, border: border), try filterPlanes(input, y, border: border)
    ) { x, y in
      switch part {
      case .length: (x * x + y * y).squareRoot()
      case .absoluteSum: abs(x) + abs(y)
      // Adding 0 turns -0 into 0: the direction of nothing is 0, not pi.
      case .angle: atan2f(y + 0, x + 0)
      }
    }
  }

  /// What `sharpenPlanes` means.
  static func sharpenPlanes(
    _ input: Tensor, blur: LinearFilter, amount: Float, threshold: Float, border: BorderMode?
  ) throws -> Tensor {
    let blurred = try filterPlanes(input, blur, border: border)
    var middle = Tensor(shape: Shape(channels: 1, height: blur.size.height, width: blur.size.width))
    middle[0, 0, (blur.size.height - 1) / 2, (blur.size.width - 1) / 2] = 1
    let sharp = try filterPlanes(input, kernel: middle, border: border)
    return combined(sharp, blurred) { x, blurred in
      abs(x - blurred) > threshold ? x + amount * (x - blurred) : x
    }
  }

  private static func combined(_ a: Tensor, _ b: Tensor, _ operation: (Float, Float) -> Float) -> Tensor {
    Tensor(shape: a.shape, values: zip(a.values, b.values).map(operation))
  }
}

/// Throws `OperationError.shape` unless there is one kernel of one channel.
func requireSingleKernel(_ shape: Shape) throws {
  guard shape.batch == 1, shape.channels == 1 else {
    throw OperationError.shape(
      operation: "filtering planes", got: "shape \(shape)", expected: "one kernel of shape [1, 1, kH, kW]")
  }
}
