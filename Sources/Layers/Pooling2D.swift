import KernelAPI
import TensorCore
import TensorOps

/// Max or average pooling of every channel by itself, as PyTorch's `MaxPool2d` and `AvgPool2d`.
public struct Pooling2D: DifferentiableKernel {
  public let kind: PoolingKind
  public let options: PoolingOptions

  public init(_ kind: PoolingKind, options: PoolingOptions) {
    self.kind = kind
    self.options = options
  }

  /// - Parameter stride: the kernel size when `nil`.
  public init(_ kind: PoolingKind, kernelSize: Int, stride: Int? = nil, padding: Int = 0) {
    self.init(
      kind,
      options: PoolingOptions(
        kernelSize: Extent(kernelSize), stride: stride.map { Extent($0) }, padding: Edges(padding)))
  }

  public var window: Window {
    .local(
      size: options.kernelSize, stride: options.stride,
      offset: Offset(y: -options.padding.top, x: -options.padding.left))
  }

  public func outputShape(for input: Shape) throws -> Shape {
    try options.outputShape(input: input)
  }

  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try pooling(input, kind: kind, options: options)
  }

  public func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    guard needsInput else { return KernelGradients(input: nil) }
    return KernelGradients(
      input: try poolingGradient(outputGradient, input: input, kind: kind, options: options))
  }
}
