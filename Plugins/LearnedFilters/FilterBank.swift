import KernelAPI
import TensorCore
import TensorOps

/// Filters with weights of their own, such as the first layer of a network, used on a picture of any size.
///
/// A picture with as many channels as the filters have inputs is cross-correlated as in a layer and gives one
/// map for each filter. Filters with one input treat every colour by itself: one filter gives as many maps as
/// the picture has colours, several give their maps for the first colour, then for the second and so on.
public struct FilterBank: CountedKernel, VisibleKernel, BorderedKernel {
  public let name: String
  /// [filters, inputs, kH, kW]
  public let weight: Tensor
  /// One value for each filter.
  public let bias: [Float]
  public let border: FilterBorder

  public init(name: String, weight: Tensor, bias: [Float]? = nil, border: FilterBorder) {
    self.name = name
    self.weight = weight
    self.bias = bias ?? [Float](repeating: 0, count: weight.shape.batch)
    self.border = border
  }

  public var window: Window { border.window(weight.shape.extent) }

  public var visibleWeights: [NamedArray] { [NamedArray(name: "weight", kernel: weight)] }

  public func outputShape(for input: Shape) throws -> Shape {
    let inputs = weight.shape.channels
    guard inputs == 1 || inputs == input.channels else {
      throw OperationError.shape(
        operation: name, got: "\(input.channels)", expected: "a picture of \(inputs) channels")
    }
    var shape = try border.outputShape(for: input, window: window)
    shape.channels = weight.shape.batch * (inputs == 1 ? input.channels : 1)
    return shape
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = try outputShape(for: input.shape)
    if weight.shape.batch == 1 && weight.shape.channels == 1 {
      return try filterPlanes(input, kernel: weight, bias: bias[0], border: border.mode)
    }
    let edges = CorrelationOptions.samePadding(kernel: weight.shape.extent)
    let padded = border.mode.map { input.padded(by: edges, border: $0) } ?? input
    guard weight.shape.channels == 1 && input.shape.channels > 1 else {
      return try crossCorrelation(padded, weight: weight, bias: bias)
    }
    let maps = try (0..<input.shape.channels).map {
      try crossCorrelation(padded.channel($0), weight: weight, bias: bias)
    }
    return try concatenate(maps).reshaped(shape)
  }

  public func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).exampleCount * weight.shape.exampleCount
  }
}
