import CJPEG

/// Rows of a JPEG file, 8-bit grey or RGB: baseline, progressive or arithmetic; CMYK becomes RGB.
///
/// Damaged data is an error, not a grey area.
final class JPEGDecoder: RowDecoder {
  let width: Int
  let height: Int
  let channels: Int
  let bitDepth: Int = 8
  let isInterlaced: Bool = false

  private let name: String
  private let content: FileContent
  private let reader: OpaquePointer?

  init(_ content: FileContent, name: String) throws {
    var reader: OpaquePointer?
    var header = fm_jpeg_header()
    let opened = withErrorText {
      fm_jpeg_open(content.bytes.baseAddress, content.bytes.count, &reader, &header, $0, $1)
    }
    try checkJPEG(opened, name: name)
    self.name = name
    self.content = content
    self.reader = reader
    width = Int(header.width)
    height = Int(header.height)
    channels = Int(header.channels)
  }

  deinit { fm_jpeg_close(reader) }

  func read(_ rows: Int, into target: UnsafeMutableRawBufferPointer) throws {
    let outcome = withErrorText {
      fm_jpeg_read_rows(
        reader, target.assumingMemoryBound(to: UInt8.self).baseAddress, UInt32(rows), target.count, $0, $1)
    }
    try checkJPEG(outcome, name: name)
  }
}

private func checkJPEG(_ outcome: (result: Int32, text: String), name: String) throws {
  switch outcome.result {
  case FM_JPEG_OK: return
  case FM_JPEG_MEMORY: throw ImageError.memory(name: name)
  case FM_JPEG_UNSUPPORTED:
    throw ImageError.unsupported(
      name: name, format: .jpeg, reason: "\(outcome.text); convert it to 8-bit baseline JPEG or PNG first")
  default: throw ImageError.corrupt(name: name, format: .jpeg, reason: outcome.text)
  }
}
