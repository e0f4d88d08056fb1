import TensorCore

/// A kernel that shows its weights itself, because it has several or is not linear; those of a linear filter
/// are found by `impulseResponse`.
public protocol VisibleKernel: Kernel {
  /// Named weights of four dimensions: [out, in, kH, kW], or [1, 1, kH, kW] for a photo filter.
  var visibleWeights: [NamedArray] { get }
}

extension NamedArray {
  /// A photo filter's kernel [1, 1, kH, kW] under a name.
  public init(name: String, kernel: Tensor) {
    let shape = kernel.shape
    self.init(
      name: name, dimensions: [shape.batch, shape.channels, shape.height, shape.width],
      values: kernel.values)
  }

  /// The array as a weight tensor; `nil` unless it has four dimensions.
  public var weightTensor: Tensor? {
    guard dimensions.count == 4 else { return nil }
    return Tensor(
      shape: Shape(
        batch: dimensions[0], channels: dimensions[1], height: dimensions[2], width: dimensions[3]),
      values: values)
  }
}
