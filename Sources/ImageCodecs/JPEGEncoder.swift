import CJPEG

/// Rows to a baseline JPEG file.
final class JPEGEncoder: RowEncoder {
  /// Two rows of the squares of 8 x 8 pixels that share colours.
  let rowsPerStrip: Int = 32

  private let name: String
  private let writer: OpaquePointer?

  /// Up to so many pixels the code is fitted to the picture, which makes the file some per cent smaller and
  /// needs all coefficients (up to 6 bytes for each pixel) until the end.
  private static let mostFittedPixels = 1 << 22

  init(layout: PixelLayout, options: JPEGOptions, name: String) throws {
    func refuse(_ reason: String) -> ImageError {
      .notEncodable(name: name, format: .jpeg, reason: reason)
    }
    guard (1...100).contains(options.quality) else {
      throw refuse("quality \(options.quality) is outside 1...100")
    }
    if layout.hasAlpha {
      throw refuse("JPEG has no transparency: write a PNG, or remove the alpha channel first")
    }
    let longestSide = 65500
    if max(layout.width, layout.height) > longestSide {
      throw refuse("\(layout.width) x \(layout.height) pixels; JPEG holds \(longestSide) a side: write a PNG")
    }
    self.name = name
    let header = fm_jpeg_header(
      width: UInt32(layout.width), height: UInt32(layout.height), channels: Int32(layout.channels))
    var writer: OpaquePointer?
    let outcome = withErrorText {
      fm_jpeg_create(
        header, Int32(options.quality), options.subsampling == .none ? 1 : 2,
        options.subsampling == .both ? 2 : 1,
        layout.width * layout.height <= Self.mostFittedPixels ? 1 : 0, &writer, $0, $1)
    }
    self.writer = writer
    try check(outcome)
  }

  deinit { fm_jpeg_close_writer(writer) }

  /// All of the work depends on the rows before, so that `append` does it.
  func encode(_ rows: RasterImage, isLast: Bool) -> EncodedRows {
    EncodedRows(content: .pixels(rows.reducedTo8Bits()))
  }

  func append(_ rows: EncodedRows) throws {
    guard case .pixels(let image) = rows.content else { preconditionFailure("rows of another format") }
    try check(withErrorText { fm_jpeg_append(writer, image.samples8, UInt32(image.height), $0, $1) })
  }

  func finish(text: [TextChunk]) throws {
    try check(withErrorText { fm_jpeg_finish(writer, $0, $1) })
  }

  func take(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
    var count = 0
    let start = fm_jpeg_take(writer, &count)
    try body(UnsafeBufferPointer(start: start, count: count))
  }

  private func check(_ outcome: (result: Int32, text: String)) throws {
    switch outcome.result {
    case FM_JPEG_OK: return
    case FM_JPEG_MEMORY: throw ImageError.memory(name: name)
    default: throw ImageError.notEncodable(name: name, format: .jpeg, reason: outcome.text)
    }
  }
}
