import CPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a PNG file is written.
public struct PNGOptions: Sendable, Equatable {
  /// 0 (none, fast) to 9 (smallest, slow); the pixels are always exact.
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
  func refuse(_ reason: String) -> ImageError {
    .notEncodable(name: name, format: .png, reason: reason)
  }
  guard (0...9).contains(options.compression) else {
    throw refuse("compression \(options.compression) is outside 0...9")
  }
  if let defect = options.text.lazy.compactMap(defect(of:)).first { throw refuse(defect) }
  guard image.width <= Int32.max, image.height <= Int32.max else {
    throw refuse("\(image.width) x \(image.height) pixels are more than a PNG holds")
  }
  let header = fm_png_header(
    width: UInt32(image.width), height: UInt32(image.height), channels: Int32(image.channels),
    bit_depth: Int32(image.bitDepth))
  var encoded: UnsafeMutablePointer<UInt8>?
  var count = 0
  let outcome = image.samples.withUnsafeBytes { samples in
    withErrorText {
      fm_png_encode(samples.baseAddress, header, Int32(options.compression), &encoded, &count, $0, $1)
    }
  }
  defer { free(encoded) }
  switch outcome.result {
  case FM_PNG_OK: return insert(options.text, in: UnsafeBufferPointer(start: encoded, count: count))
  case FM_PNG_MEMORY: throw ImageError.memory(name: name)
  default: throw refuse(outcome.text)
  }
}

/// Puts the text behind the header chunk, where readers find it before the pixels.
private func insert(_ text: [TextChunk], in file: UnsafeBufferPointer<UInt8>) -> [UInt8] {
  let headerEnd = pngSignature.count + 4 + 4 + 13 + 4
  var bytes: [UInt8] = []
  bytes.reserveCapacity(file.count)
  bytes += file.prefix(headerEnd)
  for chunk in text { bytes += makeChunk(chunk) }
  bytes += file.dropFirst(headerEnd)
  return bytes
}

extension RasterImage.Samples {
  /// The samples as bytes in native order.
  fileprivate func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .uint8(let values): values.withUnsafeBytes(body)
    case .uint16(let values): values.withUnsafeBytes(body)
    }
  }
}
