import CPNG

/// Rows of a PNG file: 8 bits a sample (fewer are scaled up) or 16, palettes as RGB, transparency as alpha.
///
/// Gamma and background are not applied.
final class PNGDecoder: RowDecoder {
  let width: Int
  let height: Int
  let channels: Int
  let bitDepth: Int
  let isInterlaced: Bool

  private let name: String
  private let content: FileContent
  private let reader: OpaquePointer?

  init(_ content: FileContent, name: String) throws {
    var reader: OpaquePointer?
    var header = fm_png_header()
    let opened = withErrorText {
      fm_png_open(content.bytes.baseAddress, content.bytes.count, &reader, &header, $0, $1)
    }
    try checkPNG(opened, name: name)
    self.name = name
    self.content = content
    self.reader = reader
    width = Int(header.width)
    height = Int(header.height)
    channels = Int(header.channels)
    bitDepth = Int(header.bit_depth)
    isInterlaced = header.is_interlaced != 0
  }

  deinit { fm_png_close(reader) }

  func read(_ rows: Int, into target: UnsafeMutableRawBufferPointer) throws {
    let outcome = withErrorText {
      fm_png_read_rows(reader, target.baseAddress, UInt32(rows), target.count, $0, $1)
    }
    try checkPNG(outcome, name: name)
  }
}

private func checkPNG(_ outcome: (result: Int32, text: String), name: String) throws {
  switch outcome.result {
  case FM_PNG_OK: return
  case FM_PNG_MEMORY: throw ImageError.memory(name: name)
  default: throw ImageError.corrupt(name: name, format: .png, reason: outcome.text)
  }
}
