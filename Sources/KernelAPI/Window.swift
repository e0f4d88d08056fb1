import TensorCore

/// Which part of its input one output value depends on.
public enum Window: Hashable, Sendable {
  /// The value at the same place, in all channels.
  case pointwise
  /// Output (y, x) depends on rows `y * stride.height + offset.y` and on, `size.height` of them,
  /// `dilation.height` apart; columns likewise. A padded 3x3 kernel has size 3, stride 1, offset -1.
  case local(size: Extent, stride: Extent, offset: Offset, dilation: Extent)
  /// Every output may depend on every input.
  case global

  /// A window of neighbouring values.
  public static func local(size: Extent, stride: Extent = .one, offset: Offset = .zero) -> Window {
    .local(size: size, stride: stride, offset: offset, dilation: .one)
  }

  /// A window of a filter that keeps the size of its picture: centred, or with the larger half to the bottom
  /// and right for an even size.
  public static func centered(_ size: Extent) -> Window {
    .local(size: size, offset: Offset(y: -((size.height - 1) / 2), x: -((size.width - 1) / 2)))
  }
}
