import TensorCore

/// The part of a network's input that one value of a layer depends on, along both axes.
///
///     jump_l = jump_{l-1} * s_l
///     size_l = size_{l-1} + (k_l - 1) * dilation_l * jump_{l-1}
///     first_l = first_{l-1} + offset_l * jump_{l-1}
///
/// Source: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
public struct ReceptiveField: Hashable, Sendable {
  /// Rows and columns of the input that one value sees, those in the padding included.
  public var size: Extent
  /// How far the fields of neighbouring values lie apart: the effective stride.
  public var jump: Extent
  /// The first row and column of the field of value (0, 0); negative where it begins in the padding.
  public var first: Offset
  /// Whether a value depends on the whole input, whatever its size.
  public var isGlobal: Bool

  /// Of the input itself: every value sees itself.
  public static let input = ReceptiveField(size: .one, jump: .one, first: .zero, isGlobal: false)

  public init(size: Extent, jump: Extent, first: Offset, isGlobal: Bool) {
    self.size = size
    self.jump = jump
    self.first = first
    self.isGlobal = isGlobal
  }

  /// The centre of the field of value (0, 0), in input pixels.
  public var start: PixelPosition {
    PixelPosition(
      y: Double(first.y) + Double(size.height - 1) / 2,
      x: Double(first.x) + Double(size.width - 1) / 2)
  }

  /// The field of a value behind a further kernel.
  public func behind(_ window: Window) -> ReceptiveField {
    switch window {
    case .pointwise: return self
    case .global:
      var field = self
      field.isGlobal = true
      return field
    case .local(let kernel, let stride, let offset, let dilation):
      return ReceptiveField(
        size: Extent(
          height: bounded(size.height, plus: (kernel.height - 1) * dilation.height, times: jump.height),
          width: bounded(size.width, plus: (kernel.width - 1) * dilation.width, times: jump.width)),
        jump: Extent(
          height: bounded(0, plus: stride.height, times: jump.height),
          width: bounded(0, plus: stride.width, times: jump.width)),
        first: Offset(
          y: bounded(first.y, plus: offset.y, times: jump.height),
          x: bounded(first.x, plus: offset.x, times: jump.width)),
        isGlobal: isGlobal)
    }
  }

  /// The smallest field that holds both: what a value sees whose inputs are joined.
  ///
  /// Fields that are joined have equal jumps in networks as people build them. Where maps of one size come from
  /// different strides, the larger jump is taken, and the field is that of value (0, 0).
  public func union(_ other: ReceptiveField) -> ReceptiveField {
    let firstY = min(first.y, other.first.y)
    let firstX = min(first.x, other.first.x)
    return ReceptiveField(
      size: Extent(
        height: max(first.y + size.height, other.first.y + other.size.height) - firstY,
        width: max(first.x + size.width, other.first.x + other.size.width) - firstX),
      jump: Extent(
        height: max(jump.height, other.jump.height), width: max(jump.width, other.jump.width)),
      first: Offset(y: firstY, x: firstX), isGlobal: isGlobal || other.isGlobal)
  }
}

/// A place on a picture, in pixels from the middle of the first; halves lie between pixels.
public struct PixelPosition: Hashable, Sendable {
  public var y: Double
  public var x: Double

  public init(y: Double, x: Double) {
    self.y = y
    self.x = x
  }
}

/// `a + b * c`, kept within what no picture reaches, so that absurd chains of strides do not overflow.
private func bounded(_ a: Int, plus b: Int, times c: Int) -> Int {
  let limit = 1 << 40
  let (product, overflow) = b.multipliedReportingOverflow(by: c)
  if overflow { return (b < 0) == (c < 0) ? limit : -limit }
  return min(max(a + min(max(product, -limit), limit), -limit), limit)
}
