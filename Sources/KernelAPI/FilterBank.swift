import TensorCore
import TensorOps

/// Filters with weights of their own, such as the first layer of a network, used on a picture of any size.
///
/// A picture with as many channels as the filters have inputs is cross-correlated as in a layer and gives one
/// map for each filter. Filters with one input treat every colour by itself: one filter gives as many maps as
/// the picture has colours, several give their maps for the first colour, then for the second and so on.
/// The weights are fixed: a training passes gradients through them and leaves them as they are.
public struct FilterBank: CountedKernel, VisibleKernel, BorderedKernel, DifferentiableKernel {
  public let name: String
  /// [filters, inputs, kH, kW]
  public let weight: Tensor
  /// One value for each filter.
  public let bias: [Float]
  /// Stride, dilation, and how much is read beyond the picture.
  public let options: CorrelationOptions
  /// What is read there.
  public let border: FilterBorder

  /// - Parameters:
  ///   - bias: one value for each filter; 0 when `nil`.
  ///   - options: `nil` for stride and dilation 1 with the padding that keeps the size; nothing is padded where
  ///     the border is `valid`.
  /// - Precondition: there are weights, as many biases as filters, no groups, and no padding is negative.
  public init(
    name: String, weight: Tensor, bias: [Float]? = nil, options: CorrelationOptions? = nil,
    border: FilterBorder
  ) {
    let shape = weight.shape
    var options = options ?? .init(padding: CorrelationOptions.samePadding(kernel: shape.extent))
    if border.mode == nil { options.padding = .zero }
    precondition(
      shape.count > 0 && options.groups == 1 && (bias?.count ?? shape.batch) == shape.batch,
      "filters of shape \(shape) with \(bias?.count ?? 0) biases and \(options.groups) groups")
    self.name = name
    self.weight = weight
    self.bias = bias ?? [Float](repeating: 0, count: shape.batch)
    self.options = options
    self.border = border
  }

  /// Whether every colour is treated by itself.
  public var isPerChannel: Bool { weight.shape.channels == 1 }

  public var window: Window {
    .local(
      size: weight.shape.extent, stride: options.stride,
      offset: Offset(y: -options.padding.top, x: -options.padding.left), dilation: options.dilation)
  }

  public var visibleWeights: [NamedArray] { [NamedArray(name: "weight", kernel: weight)] }

  public func outputShape(for input: Shape) throws -> Shape {
    let inputs = weight.shape.channels
    guard isPerChannel || inputs == input.channels else {
      throw OperationError.shape(
        operation: name, got: "\(input.channels)", expected: "a picture of \(inputs) channels")
    }
    let covered = options.coverage(of: weight.shape.extent)
    let (edges, step) = (options.padding, options.stride)
    let height = windowCount(
      input: input.height, before: edges.top, after: edges.bottom, coverage: covered.height,
      stride: step.height)
    let width = windowCount(
      input: input.width, before: edges.left, after: edges.right, coverage: covered.width,
      stride: step.width)
    guard height > 0, width > 0, input.planeCount > 0 else {
      throw OperationError.windowTooLarge(
        operation: border.mode == nil ? "a filter with border valid" : name, window: covered,
        input: input.extent, padding: edges)
    }
    return Shape(
      batch: input.batch, channels: weight.shape.batch * (isPerChannel ? input.channels : 1),
      height: height, width: width)
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = try outputShape(for: input.shape)
    if isSingleFilter {
      return try filterPlanes(input, kernel: weight, bias: bias[0], border: border.mode)
    }
    return try crossCorrelation(padded(input), weight: weight, bias: bias, options: unpaddedOptions)
      .reshaped(shape)
  }

  /// Whether this is one kernel for every plane that moves by single pixels and keeps the size or pads nothing.
  private var isSingleFilter: Bool {
    let same =
      border.mode == nil ? .zero : CorrelationOptions.samePadding(kernel: weight.shape.extent)
    return weight.shape.batch == 1 && isPerChannel && options == CorrelationOptions(padding: same)
  }

  /// Of planes that are padded already.
  private var unpaddedOptions: CorrelationOptions {
    CorrelationOptions(stride: options.stride, dilation: options.dilation)
  }

  /// Colours that are filtered by themselves, each as an example of its own.
  private func planes(_ input: Tensor) -> Tensor {
    guard isPerChannel else { return input }
    let shape = input.shape
    return input.reshaped(
      Shape(batch: shape.batch * shape.channels, channels: 1, height: shape.height, width: shape.width))
  }

  private func padded(_ input: Tensor) -> Tensor {
    border.mode.map { planes(input).padded(by: options.padding, border: $0) } ?? planes(input)
  }

  public func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).exampleCount * weight.shape.exampleCount
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    guard needsInput else { return KernelGradients(input: nil) }
    let padded = padded(input)
    let shape = outputGradient.shape
    let gradient = outputGradient.reshaped(
      Shape(
        batch: padded.shape.batch, channels: weight.shape.batch, height: shape.height, width: shape.width))
    let gradients = try crossCorrelationGradients(
      gradient, input: padded, weight: weight, options: unpaddedOptions)
    guard let inner = gradients.input, let mode = border.mode else {
      return KernelGradients(input: gradients.input?.reshaped(input.shape))
    }
    return KernelGradients(
      input: inner.foldingPadding(options.padding, border: mode).reshaped(input.shape))
  }
}
