import TensorCore

/// What a pooling window gives: its largest value or its mean.
public enum PoolingKind: String, Sendable, CaseIterable {
  case max
  case average
}

/// The settings of a pooling layer; names and meaning are PyTorch's `MaxPool2d` and `AvgPool2d`.
public struct PoolingOptions: Hashable, Sendable {
  public var kernelSize: Extent
  public var stride: Extent
  /// Added on each side; never the winner of a maximum, zeros for an average.
  public var padding: Edges
  /// Also counts windows that begin inside the padded input but reach beyond it.
  public var ceilMode: Bool
  /// Whether the padding counts in the divisor of an average.
  public var countIncludePad: Bool

  /// - Parameter stride: the kernel size when `nil`.
  public init(
    kernelSize: Extent, stride: Extent? = nil, padding: Edges = .zero, ceilMode: Bool = false,
    countIncludePad: Bool = true
  ) {
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.ceilMode = ceilMode
    self.countIncludePad = countIncludePad
  }

  /// The shape after pooling: batch and channels stay.
  ///
  /// - Throws: `OperationError.setting` for sizes below 1, negative padding, or padding not smaller than the
  ///   window (a window could then lie in the padding alone); `.windowTooLarge` when no window fits.
  public func outputShape(input: Shape) throws -> Shape {
    guard kernelSize.height > 0, kernelSize.width > 0, stride.height > 0, stride.width > 0 else {
      throw OperationError.setting(
        operation: "pooling", problem: "window \(kernelSize) and stride \(stride) must be at least 1")
    }
    guard min(padding.top, padding.bottom, padding.left, padding.right) >= 0,
      max(padding.top, padding.bottom) < kernelSize.height,
      max(padding.left, padding.right) < kernelSize.width
    else {
      throw OperationError.setting(
        operation: "pooling",
        problem: "padding \(padding) must be at least 0 and smaller than the window \(kernelSize)")
    }
    let height = count(input.height, padding.top, padding.bottom, kernelSize.height, stride.height)
    let width = count(input.width, padding.left, padding.right, kernelSize.width, stride.width)
    // With enough padding windows fit into an empty plane, but hold nothing.
    guard height > 0, width > 0, input.height > 0, input.width > 0 else {
      throw OperationError.windowTooLarge(
        operation: "pooling", window: kernelSize, input: input.extent, padding: padding)
    }
    return Shape(batch: input.batch, channels: input.channels, height: height, width: width)
  }

  private func count(_ input: Int, _ before: Int, _ after: Int, _ kernel: Int, _ stride: Int) -> Int {
    let whole = windowCount(input: input, before: before, after: after, coverage: kernel, stride: stride)
    guard ceilMode, whole > 0, (input + before + after - kernel) % stride != 0 else { return whole }
    // One more window, but only if it begins on the input or the padding before it (PyTorch's rule).
    return whole * stride < input + before ? whole + 1 : whole
  }

  /// The rows or columns of the input inside window `index`, and the window's size for an average.
  func window(_ index: Int, input: Int, before: Int, after: Int, kernel: Int, stride: Int)
    -> (inside: Range<Int>, counted: Int)
  {
    let start = index * stride - before
    let inside = Swift.max(start, 0)..<Swift.min(start + kernel, input)
    let counted = Swift.min(start + kernel, input + after) - start
    return (inside, countIncludePad ? counted : inside.count)
  }
}
