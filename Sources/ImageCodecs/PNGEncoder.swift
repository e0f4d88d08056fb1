import CPNG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rows to a PNG file. They are packed strip by strip, each by itself, so that the bytes are the same for any
/// number of threads.
final class PNGEncoder: RowEncoder {
  let rowsPerStrip: Int

  private let name: String
  private let layout: PixelLayout
  private let compression: Int
  private let writer: OpaquePointer?

  /// Bytes of pixels in a strip, about: enough that the ends of strips cost nothing that could be measured.
  private static let stripSize = 1 << 19

  init(layout: PixelLayout, options: PNGOptions, name: String) throws {
    func refuse(_ reason: String) -> ImageError {
      .notEncodable(name: name, format: .png, reason: reason)
    }
    guard (0...9).contains(options.compression) else {
      throw refuse("compression \(options.compression) is outside 0...9")
    }
    if let defect = options.text.lazy.compactMap(defect(of:)).first { throw refuse(defect) }
    guard layout.width <= Int32.max, layout.height <= Int32.max else {
      throw refuse("\(layout.width) x \(layout.height) pixels are more than a PNG holds")
    }
    self.name = name
    self.layout = layout
    compression = options.compression
    rowsPerStrip = max(1, Self.stripSize / (layout.width * layout.channels * layout.bitDepth / 8))
    var writer: OpaquePointer?
    let outcome = withErrorText { fm_png_create(layout.pngHeader, &writer, $0, $1) }
    self.writer = writer
    try check(outcome)
    try append(options.text)
  }

  deinit { fm_png_close_writer(writer) }

  func encode(_ rows: RasterImage, isLast: Bool) throws -> EncodedRows {
    var strips: [PackedStrip] = []
    for first in stride(from: 0, to: rows.height, by: rowsPerStrip) {
      let last = min(first + rowsPerStrip, rows.height)
      let part = rows.rows(first..<last)
      var strip = fm_png_strip()
      let result = part.samples.withUnsafeBytes { samples in
        fm_png_pack(
          samples.baseAddress, UInt32(part.height), layout.pngHeader, Int32(compression),
          isLast && last == rows.height ? 1 : 0, &strip)
      }
      strips.append(PackedStrip(strip, isLast: isLast && last == rows.height))
      try check((result, "a row is too long"))
    }
    return EncodedRows(content: .strips(strips))
  }

  func append(_ rows: EncodedRows) throws {
    guard case .strips(let strips) = rows.content else { preconditionFailure("rows of another format") }
    for strip in strips {
      var packed = strip.strip
      try check(withErrorText { fm_png_append(writer, &packed, strip.isLast ? 1 : 0, $0, $1) })
    }
  }

  func finish(text: [TextChunk]) throws {
    if let defect = text.lazy.compactMap(defect(of:)).first {
      throw ImageError.notEncodable(name: name, format: .png, reason: defect)
    }
    try append(text)
    try check(withErrorText { fm_png_finish(writer, $0, $1) })
  }

  func take(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
    var count = 0
    let start = fm_png_take(writer, &count)
    try body(UnsafeBufferPointer(start: start, count: count))
  }

  private func append(_ text: [TextChunk]) throws {
    let chunks = text.flatMap(makeChunk)
    if chunks.isEmpty { return }
    try check(withErrorText { fm_png_append_chunks(writer, chunks, chunks.count, $0, $1) })
  }

  private func check(_ outcome: (result: Int32, text: String)) throws {
    switch outcome.result {
    case FM_PNG_OK: return
    case FM_PNG_MEMORY: throw ImageError.memory(name: name)
    default: throw ImageError.notEncodable(name: name, format: .png, reason: outcome.text)
    }
  }
}

/// Some rows, filtered and deflated.
final class PackedStrip: @unchecked Sendable {
  // Never changed, and freed with the last reference only.
  let strip: fm_png_strip
  let isLast: Bool

  /// Takes over the strip's memory.
  init(_ strip: fm_png_strip, isLast: Bool) {
    self.strip = strip
    self.isLast = isLast
  }

  deinit { free(strip.bytes) }
}

extension PixelLayout {
  fileprivate var pngHeader: fm_png_header {
    fm_png_header(
      width: UInt32(width), height: UInt32(height), channels: Int32(channels), bit_depth: Int32(bitDepth),
      is_interlaced: 0)
  }
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
