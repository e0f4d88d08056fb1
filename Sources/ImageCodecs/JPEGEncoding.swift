/// How many pixels share a colour in a JPEG file, in its usual notation.
public enum ChromaSubsampling: String, Sendable, Equatable, CaseIterable {
  /// Each pixel has its own.
  case none = "4:4:4"
  /// Two beside each other share one.
  case horizontal = "4:2:2"
  /// Squares of four share one.
  case both = "4:2:0"
}

/// How a JPEG file is written.
public struct JPEGOptions: Sendable, Equatable {
  /// 1 (smallest) to 100 (best).
  public var quality: Int
  /// Without effect on grey pictures.
  public var subsampling: ChromaSubsampling

  public init(quality: Int = 90, subsampling: ChromaSubsampling = .both) {
    self.quality = quality
    self.subsampling = subsampling
  }
}

/// Encodes a grey or RGB picture as baseline JPEG; 16-bit samples are first reduced to 8 bits, rounded.
///
/// - Parameter name: stands for the output in errors.
/// - Throws: `ImageError.notEncodable` for a picture with alpha, more than 65500 pixels a side, or a quality
///   outside 1...100.
public func encodeJPEG(
  _ image: RasterImage, options: JPEGOptions = JPEGOptions(), name: String = "the picture"
) throws -> [UInt8] {
  try encodeAll(image, with: JPEGEncoder(layout: image.layout, options: options, name: name))
}

/// Encodes a grey or RGB picture as baseline JPEG of the given quality, 1...100.
///
/// - Throws: as `encodeJPEG(_:options:name:)`.
public func encodeJPEG(
  _ image: RasterImage, quality: Int, subsampling: ChromaSubsampling = .both
) throws -> [UInt8] {
  try encodeJPEG(image, options: JPEGOptions(quality: quality, subsampling: subsampling))
}
