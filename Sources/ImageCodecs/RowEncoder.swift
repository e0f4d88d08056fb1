/// A format's way from rows of pixels to the bytes of a file.
protocol RowEncoder: AnyObject {
  /// Rows are encoded in groups of so many; the last group may have fewer.
  var rowsPerStrip: Int { get }

  /// The part of the work that does not depend on other rows; safe from any thread.
  func encode(_ rows: RasterImage, isLast: Bool) throws -> EncodedRows

  /// Adds rows below those before.
  func append(_ rows: EncodedRows) throws

  /// Ends the file; formats without notes leave the text out.
  func finish(text: [TextChunk]) throws

  /// Calls `body` with the bytes that came since the last call.
  func take(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows
}

/// Rows on their way into a file, made by `ImageWriter.encode` and used by `append`.
public struct EncodedRows: Sendable {
  enum Content: Sendable {
    /// Of JPEG, whose rows depend on those before.
    case pixels(RasterImage)
    case strips([PackedStrip])
  }

  let content: Content
}

/// Encodes a whole picture.
func encodeAll(_ image: RasterImage, with encoder: some RowEncoder) throws -> [UInt8] {
  var bytes: [UInt8] = []
  for first in stride(from: 0, to: image.height, by: encoder.rowsPerStrip) {
    let last = min(first + encoder.rowsPerStrip, image.height)
    try encoder.append(encoder.encode(image.rows(first..<last), isLast: last == image.height))
    encoder.take { bytes.append(contentsOf: $0) }
  }
  try encoder.finish(text: [])
  encoder.take { bytes.append(contentsOf: $0) }
  return bytes
}
