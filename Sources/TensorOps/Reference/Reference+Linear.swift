import TensorCore

extension Reference {
  /// A linear layer: `y[n, o] = b[o] + sum over i of x[n, i] * w[o, i]`.
  ///
  /// - Parameters:
  ///   - input: [N, in, 1, 1].
  ///   - weight: [out, in, 1, 1].
  ///   - bias: `out` values, `nil` for none.
  public static func linear<Scalar>(
    _ input: NumericTensor<Scalar>, weight: NumericTensor<Scalar>, bias: [Scalar]? = nil
  ) throws -> NumericTensor<Scalar> {
    try requireFeatures(input.shape, weight.shape)
    return try crossCorrelation(input, weight: weight, bias: bias)
  }

  /// The backward pass of `linear`.
  public static func linearGradients<Scalar>(
    _ outputGradient: NumericTensor<Scalar>, input: NumericTensor<Scalar>, weight: NumericTensor<Scalar>
  ) throws -> CorrelationGradients<Scalar> {
    try requireFeatures(input.shape, weight.shape)
    return try crossCorrelationGradients(outputGradient, input: input, weight: weight)
  }
}

/// Throws unless the weight is a matrix and the input a vector of as many features as it has columns.
func requireFeatures(_ input: Shape, _ weight: Shape) throws {
  guard weight.extent == .one else {
    throw OperationError.shape(
      operation: "a linear layer", got: "shape \(weight)", expected: "a weight of shape [out, in, 1, 1]")
  }
  guard input.extent == .one, input.channels == weight.channels else {
    throw OperationError.shape(
      operation: "a linear layer", got: "shape \(input)",
      expected: "\(weight.channels) features (flatten feature maps first)")
  }
}
