import KernelAPI
import TensorCore
import TensorOps

/// The sum of its inputs, element by element: the shortcut of a residual network.
public struct Add: JoiningKernel {
  public init() {}

  public var window: Window { .pointwise }

  public func outputShape(for inputs: [Shape]) throws -> Shape {
    guard let first = inputs.first else {
      throw OperationError.setting(operation: "addition", problem: "there is nothing to add")
    }
    for other in inputs where other != first {
      throw OperationError.shape(
        operation: "addition", got: "shape \(other)", expected: "a tensor of shape \(first)")
    }
    return first
  }

  public func callAsFunction(_ inputs: [Tensor]) throws -> Tensor {
    try add(inputs)
  }

  public func backward(_ outputGradient: Tensor, inputs: [Tensor]) throws -> [Tensor] {
    inputs.map { _ in outputGradient }
  }
}

/// Its inputs laid behind one another along the channels: the branches of GoogLeNet, the memory of DenseNet.
public struct Concatenate: JoiningKernel {
  public init() {}

  public var window: Window { .pointwise }

  public func outputShape(for inputs: [Shape]) throws -> Shape {
    try concatenatedShape(inputs)
  }

  public func callAsFunction(_ inputs: [Tensor]) throws -> Tensor {
    try concatenate(inputs)
  }

  public func backward(_ outputGradient: Tensor, inputs: [Tensor]) throws -> [Tensor] {
    try split(outputGradient, channels: inputs.map(\.shape.channels))
  }
}
