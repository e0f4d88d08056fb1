import TensorCore

/// Where a picture lies in a frame, whose sides are multiples of 8, as the interface demands, and not very small.
struct Frei0rLayout: Equatable {
  let picture: Extent
  let width: Int
  let height: Int
  /// Columns and rows before the picture: half of those that are added, so that the middle stays the middle.
  let left: Int
  let top: Int

  /// Some filters fail for smaller frames.
  static let smallestSide = 32
  /// Filters count bytes in 32 bits.
  static let mostPixels = 1 << 28

  /// `nil` for a picture that is empty or too large.
  init?(_ picture: Extent) {
    func side(_ length: Int) -> Int { max(Self.smallestSide, (length + 7) / 8 * 8) }
    guard picture.width > 0, picture.height > 0, picture.width <= Self.mostPixels,
      picture.height <= Self.mostPixels, side(picture.width) * side(picture.height) <= Self.mostPixels
    else { return nil }
    self.picture = picture
    width = side(picture.width)
    height = side(picture.height)
    left = (width - picture.width) / 2
    top = (height - picture.height) / 2
  }
}
