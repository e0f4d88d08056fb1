import KernelAPI
import TensorCore
import TensorOps

/// A non-linearity as a kernel of its own: sigmoid, ReLU or tanh of every value.
public struct ActivationLayer: DifferentiableKernel {
  public let kind: Activation

  public init(_ kind: Activation) {
    self.kind = kind
  }

  public var window: Window { .pointwise }

  public func outputShape(for input: Shape) throws -> Shape { input }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    activation(input, kind)
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    guard needsInput else { return KernelGradients(input: nil) }
    return KernelGradients(input: try activationGradient(outputGradient, output: output, kind))
  }
}

/// Softmax over the channels: probabilities of classes, which sum to 1 at every place.
public struct Softmax: DifferentiableKernel {
  public init() {}

  public var window: Window { .pointwise }

  public func outputShape(for input: Shape) throws -> Shape { input }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    softmax(input)
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    guard needsInput else { return KernelGradients(input: nil) }
    return KernelGradients(input: try Reference.softmaxGradient(outputGradient, output: output))
  }
}
