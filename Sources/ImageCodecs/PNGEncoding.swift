/// How a PNG file is written.
public struct PNGOptions: Sendable, Equatable {
  /// 0 (none, fast) to 9 (slow, mostly smallest); the pixels are always exact.
  ///
  /// Up to 6, parts of the picture in which repeated strings are rare, as in photos, are packed by runs only, and
  /// soft parts with a short search for strings, which takes an eighth to a quarter of the time and makes files
  /// some per cent larger than a long search; drawings are packed by strings, searched for as hard as the number
  /// says.
  public var compression: Int
  /// Notes to store with the picture, in this order.
  public var text: [TextChunk]

  public init(compression: Int = 6, text: [TextChunk] = []) {
    self.compression = compression
    self.text = text
  }
}

/// Encodes a picture of any channels and depth as PNG.
///
/// - Parameter name: stands for the output in errors.
/// - Throws: `ImageError.notEncodable` for a compression outside 0...9 or an invalid text chunk.
public func encodePNG(
  _ image: RasterImage, options: PNGOptions = PNGOptions(), name: String = "the picture"
) throws -> [UInt8] {
  try encodeAll(image, with: PNGEncoder(layout: image.layout, options: options, name: name))
}
