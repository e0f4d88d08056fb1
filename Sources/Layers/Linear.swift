import KernelAPI
import TensorCore
import TensorOps

/// A fully connected layer, as PyTorch's `Linear`: `y = weight x + bias` for vectors.
public struct Linear: CountedKernel, DifferentiableKernel {
  /// [outputs, inputs, 1, 1]
  public private(set) var weight: Tensor
  /// One value for each output, `nil` for none.
  public private(set) var bias: [Float]?

  public init(weight: Tensor, bias: [Float]?) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer with Xavier weights and a bias of zero.
  public init(inputs: Int, outputs: Int, bias: Bool = true, using generator: inout SplitMix64) {
    let shape = Shape(batch: outputs, channels: inputs, height: 1, width: 1)
    self.init(
      weight: xavierUniform(shape, inputs: inputs, outputs: outputs, using: &generator),
      bias: bias ? [Float](repeating: 0, count: outputs) : nil)
  }

  public var window: Window { .global }

  public func outputShape(for input: Shape) throws -> Shape {
    guard input.extent == .one, input.channels == weight.shape.channels else {
      throw OperationError.shape(
        operation: "a linear layer", got: "shape \(input)",
        expected: "\(weight.shape.channels) features (flatten feature maps first)")
    }
    return Shape(batch: input.batch, channels: weight.shape.batch, height: 1, width: 1)
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try linear(input, weight: weight, bias: bias)
  }

  public func multiplyAdds(for input: Shape) throws -> Int {
    weight.shape.count
  }

  public var weights: [NamedArray] {
    get { namedWeights(weight, dimensions: [weight.shape.batch, weight.shape.channels], bias: bias) }
    set { (weight, bias) = replacedWeights(weight, bias, by: newValue) }
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    let gradients = try linearGradients(
      outputGradient, input: input, weight: weight, needsInput: needsInput)
    return KernelGradients(
      input: gradients.input,
      weights: bias == nil ? [gradients.weight.values] : [gradients.weight.values, gradients.bias])
  }
}
