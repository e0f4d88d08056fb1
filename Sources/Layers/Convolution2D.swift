import KernelAPI
import TensorCore
import TensorOps

/// The padding of a convolution: none, what keeps the size at stride 1, or named amounts.
public enum Padding: Hashable, Sendable {
  case valid
  case same
  case explicit(Edges)
}

/// A convolutional layer: many-channel cross-correlation with a bias, as PyTorch's `Conv2d`.
///
///     y[n, o] = bias[o] + sum over c of x[n, c] * weight[o, c]      (* is cross-correlation)
public struct Convolution2D: CountedKernel, DifferentiableKernel {
  /// [outputChannels, inputChannels / groups, kH, kW]
  public private(set) var weight: Tensor
  /// One value for each output channel, `nil` for none.
  public private(set) var bias: [Float]?
  public let options: CorrelationOptions

  /// A layer with given weights.
  public init(weight: Tensor, bias: [Float]?, options: CorrelationOptions = .init()) {
    self.weight = weight
    self.bias = bias
    self.options = options
  }

  /// A layer with Xavier weights and a bias of zero.
  ///
  /// - Precondition: channels are multiples of `groups`; all sizes are at least 1.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Extent, stride: Extent = .one,
    padding: Padding = .valid, dilation: Extent = .one, groups: Int = 1, bias: Bool = true,
    using generator: inout SplitMix64
  ) {
    precondition(
      inputChannels % groups == 0 && outputChannels % groups == 0,
      "\(inputChannels) and \(outputChannels) channels cannot be split into \(groups) groups")
    let shape = Shape(
      batch: outputChannels, channels: inputChannels / groups, height: kernelSize.height,
      width: kernelSize.width)
    let edges: Edges =
      switch padding {
      case .valid: .zero
      case .same: CorrelationOptions.samePadding(kernel: kernelSize, dilation: dilation)
      case .explicit(let edges): edges
      }
    self.init(
      weight: xavierUniform(
        shape, inputs: shape.exampleCount, outputs: outputChannels * kernelSize.count, using: &generator),
      bias: bias ? [Float](repeating: 0, count: outputChannels) : nil,
      options: CorrelationOptions(stride: stride, padding: edges, dilation: dilation, groups: groups))
  }

  public var window: Window {
    .local(
      size: weight.shape.extent, stride: options.stride,
      offset: Offset(y: -options.padding.top, x: -options.padding.left), dilation: options.dilation)
  }

  public func outputShape(for input: Shape) throws -> Shape {
    try options.outputShape(input: input, weight: weight.shape)
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try crossCorrelation(input, weight: weight, bias: bias, options: options)
  }

  public func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).exampleCount * weight.shape.exampleCount
  }

  public var weights: [NamedArray] {
    get {
      let shape = weight.shape
      let dimensions = [shape.batch, shape.channels, shape.height, shape.width]
      return namedWeights(weight, dimensions: dimensions, bias: bias)
    }
    set { (weight, bias) = replacedWeights(weight, bias, by: newValue) }
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    let gradients = try crossCorrelationGradients(
      outputGradient, input: input, weight: weight, options: options, needsInput: needsInput)
    return KernelGradients(
      input: gradients.input,
      weights: bias == nil ? [gradients.weight.values] : [gradients.weight.values, gradients.bias])
  }
}
