import KernelAPI
import TensorCore
import TensorOps

/// All feature maps of an example as one vector, channel by channel and row by row.
public struct Flatten: DifferentiableKernel {
  public init() {}

  public var window: Window { .global }

  public func outputShape(for input: Shape) throws -> Shape { flattenedShape(input) }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    flatten(input)
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    KernelGradients(input: outputGradient.reshaped(input.shape))
  }
}
