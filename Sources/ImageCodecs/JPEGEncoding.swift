import CJPEG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
  func refuse(_ reason: String) -> ImageError {
    .notEncodable(name: name, format: .jpeg, reason: reason)
  }
  guard (1...100).contains(options.quality) else {
    throw refuse("quality \(options.quality) is outside 1...100")
  }
  if image.hasAlpha {
    throw refuse("JPEG has no transparency: write a PNG, or remove the alpha channel first")
  }
  let longestSide = 65500
  if max(image.width, image.height) > longestSide {
    throw refuse("\(image.width) x \(image.height) pixels; JPEG holds \(longestSide) a side: write a PNG")
  }
  let header = fm_jpeg_header(
    width: UInt32(image.width), height: UInt32(image.height), channels: Int32(image.channels))
  var encoded: UnsafeMutablePointer<UInt8>?
  var count = 0
  let outcome = withErrorText {
    fm_jpeg_encode(
      image.samples.reducedTo8Bits(), header, Int32(options.quality), options.subsampling == .none ? 1 : 2,
      options.subsampling == .both ? 2 : 1, &encoded, &count, $0, $1)
  }
  defer { free(encoded) }
  switch outcome.result {
  case FM_JPEG_OK: return Array(UnsafeBufferPointer(start: encoded, count: count))
  case FM_JPEG_MEMORY: throw ImageError.memory(name: name)
  default: throw refuse(outcome.text)
  }
}

/// Encodes a grey or RGB picture as baseline JPEG of the given quality, 1...100.
///
/// - Throws: as `encodeJPEG(_:options:name:)`.
public func encodeJPEG(
  _ image: RasterImage, quality: Int, subsampling: ChromaSubsampling = .both
) throws -> [UInt8] {
  try encodeJPEG(image, options: JPEGOptions(quality: quality, subsampling: subsampling))
}
