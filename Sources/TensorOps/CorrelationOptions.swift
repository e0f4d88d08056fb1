import TensorCore

/// How a window of weights moves over a plane: the settings of a cross-correlation.
public struct CorrelationOptions: Hashable, Sendable {
  /// The distance between neighbouring windows.
  public var stride: Extent
  /// Zeros added on each side.
  public var padding: Edges
  /// The distance between neighbouring weights on the input; 1 is a dense window.
  public var dilation: Extent
  /// Input and output channels are split into this many groups that do not see each other.
  public var groups: Int

  public init(stride: Extent = .one, padding: Edges = .zero, dilation: Extent = .one, groups: Int = 1) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// The size of the area that a dilated kernel covers: `dilation * (k - 1) + 1`.
  public func coverage(of kernel: Extent) -> Extent {
    Extent(
      height: dilation.height * (kernel.height - 1) + 1, width: dilation.width * (kernel.width - 1) + 1)
  }

  /// The padding that keeps the size at stride 1; of an odd total the larger half goes to the bottom and
  /// right, as PyTorch's `padding="same"` does.
  public static func samePadding(kernel: Extent, dilation: Extent = .one) -> Edges {
    let vertical = dilation.height * (kernel.height - 1)
    let horizontal = dilation.width * (kernel.width - 1)
    return Edges(
      top: vertical / 2, bottom: vertical - vertical / 2, left: horizontal / 2,
      right: horizontal - horizontal / 2)
  }
}

/// The number of window positions along one axis.
///
///     out = floor((in + before + after - coverage) / stride) + 1
///
/// The one place where this is computed. A result below 1 means that the window does not fit.
public func windowCount(input: Int, before: Int, after: Int, coverage: Int, stride: Int) -> Int {
  let room = input + before + after - coverage
  return room < 0 ? 0 : room / stride + 1
}

extension CorrelationOptions {
  /// The shape of the result of cross-correlating `input` with `weight` [out, in / groups, kH, kW].
  ///
  /// - Throws: `OperationError.setting` for strides, dilations or groups below 1 or negative padding;
  ///   `.shape` when the channels do not fit the weight; `.windowTooLarge` when no window fits.
  public func outputShape(input: Shape, weight: Shape) throws -> Shape {
    let operation = "cross-correlation"
    guard stride.height > 0, stride.width > 0, dilation.height > 0, dilation.width > 0, groups > 0 else {
      throw OperationError.setting(
        operation: operation,
        problem: "stride \(stride), dilation \(dilation) and groups \(groups) must all be at least 1")
    }
    guard min(padding.top, padding.bottom, padding.left, padding.right) >= 0 else {
      throw OperationError.setting(operation: operation, problem: "padding \(padding) must not be negative")
    }
    guard weight.extent.count > 0 else {
      throw OperationError.setting(
        operation: operation, problem: "a kernel of \(weight.extent) has no weights")
    }
    guard weight.batch % groups == 0 else {
      throw OperationError.setting(
        operation: operation,
        problem: "\(weight.batch) output channels cannot be split into \(groups) groups")
    }
    guard input.channels == weight.channels * groups else {
      throw OperationError.shape(
        operation: operation, got: "\(input.channels) (shape \(input))",
        expected: "\(weight.channels * groups) input channels")
    }
    let covered = coverage(of: weight.extent)
    let height = windowCount(
      input: input.height, before: padding.top, after: padding.bottom, coverage: covered.height,
      stride: stride.height)
    let width = windowCount(
      input: input.width, before: padding.left, after: padding.right, coverage: covered.width,
      stride: stride.width)
    guard height > 0, width > 0 else {
      throw OperationError.windowTooLarge(
        operation: operation, window: covered, input: input.extent, padding: padding)
    }
    return Shape(batch: input.batch, channels: weight.batch, height: height, width: width)
  }

  /// Checks a bias, one value for each output channel.
  func checkBias(_ count: Int?, weight: Shape) throws {
    guard let count, count != weight.batch else { return }
    throw OperationError.shape(
      operation: "cross-correlation", got: "\(count)",
      expected: "one bias for each of \(weight.batch) outputs")
  }
}
