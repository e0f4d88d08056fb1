import CKernels
import TensorCore

/// Cross-correlation; `Reference.crossCorrelation` defines it.
///
/// Batches of eight and more go sixteen examples at a time through the vector lanes; the vectors of single
/// images go along the rows.
public func crossCorrelation(
  _ input: Tensor, weight: Tensor, bias: [Float]? = nil, options: CorrelationOptions = .init()
) throws -> Tensor {
  try crossCorrelation(input, weight: weight, bias: bias, options: options, loops: .best)
}

/// True convolution: cross-correlation with the kernel rotated by 180 degrees.
public func convolution(
  _ input: Tensor, weight: Tensor, bias: [Float]? = nil, options: CorrelationOptions = .init()
) throws -> Tensor {
  try crossCorrelation(input, weight: weight.rotated180(), bias: bias, options: options)
}

package func crossCorrelation(
  _ input: Tensor, weight: Tensor, bias: [Float]?, options: CorrelationOptions, loops: InnerLoops
) throws -> Tensor {
  if usesReferenceOnly {
    return try Reference.crossCorrelation(input, weight: weight, bias: bias, options: options)
  }
  let operation = try CorrelationOperation(weight: weight.shape, options: options, input: input.shape)
  try options.checkBias(bias?.count, weight: weight.shape)
  return try operation(input, weight: weight.values, bias: bias, loops: loops)
}

/// The backward pass of `crossCorrelation`.
///
/// - Parameter needsInput: `false` leaves the derivative by the input out, which the first layer of a network
///   does not need.
public func crossCorrelationGradients(
  _ outputGradient: Tensor, input: Tensor, weight: Tensor, options: CorrelationOptions = .init(),
  needsInput: Bool = true
) throws -> CorrelationGradients<Float> {
  try crossCorrelationGradients(
    outputGradient, input: input, weight: weight, options: options, needsInput: needsInput, loops: .best)
}

package func crossCorrelationGradients(
  _ outputGradient: Tensor, input: Tensor, weight: Tensor, options: CorrelationOptions, needsInput: Bool,
  loops: InnerLoops
) throws -> CorrelationGradients<Float> {
  if usesReferenceOnly {
    return try Reference.crossCorrelationGradients(
      outputGradient, input: input, weight: weight, options: options)
  }
  let shape = try options.outputShape(input: input.shape, weight: weight.shape)
  try requireShape(outputGradient.shape, shape, "the backward pass of cross-correlation")
  let operation = try CorrelationOperation(weight: weight.shape, options: options, input: input.shape)
  let gradients = try operation.gradients(
    outputGradient, input: input, weight: weight.values,
    bias: [Float](repeating: 0, count: shape.channels), needsInput: needsInput, loops: loops)
  return CorrelationGradients(
    input: gradients.input, weight: Tensor(shape: weight.shape, values: gradients.weight),
    bias: gradients.bias)
}

/// The sum of the gradient over batch and places, one value a channel.
func biasGradient(_ outputGradient: Tensor) -> [Float] {
  let shape = outputGradient.shape
  var sums = [Float](repeating: 0, count: shape.channels)
  withPointer(outputGradient.values) { gradient in
    for n in 0..<shape.batch {
      for c in 0..<shape.channels {
        let plane = gradient + (n * shape.channels + c) * shape.planeCount
        var sum: Float = 0
        for i in 0..<shape.planeCount { sum += plane[i] }
        sums[c] += sum
      }
    }
  }
  return sums
}

/// The sizes of one cross-correlation, for all groups alike.
struct CorrelationPlan: Sendable {
  let input: Shape
  let weight: Shape
  let output: Shape
  let options: CorrelationOptions

  var groups: Int { options.groups }
  var inputsOfGroup: Int { weight.channels }
  var outputsOfGroup: Int { weight.batch / options.groups }
  /// The input plane with its padding.
  var paddedHeight: Int { input.height + options.padding.vertical }
  var paddedWidth: Int { input.width + options.padding.horizontal }
  /// Products for one output value.
  var taps: Int { weight.exampleCount }

  /// The C view of one group.
  var cShape: fm_correlation {
    fm_correlation(
      activation: Int32(FM_NO_ACTIVATION), input_channels: Int32(inputsOfGroup),
      input_height: Int32(paddedHeight),
      input_width: Int32(paddedWidth),
      output_channels: Int32(outputsOfGroup), output_height: Int32(output.height),
      output_width: Int32(output.width), kernel_height: Int32(weight.height),
      kernel_width: Int32(weight.width),
      stride_y: Int32(options.stride.height), stride_x: Int32(options.stride.width),
      dilation_y: Int32(options.dilation.height), dilation_x: Int32(options.dilation.width))
  }
}
