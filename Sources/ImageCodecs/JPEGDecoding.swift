import CJPEG

/// Decodes a JPEG file to 8-bit grey or RGB: baseline, progressive or arithmetic; CMYK becomes RGB.
///
/// An EXIF orientation is applied; damaged data is an error, not a grey area.
func decodeJPEG(_ bytes: [UInt8], name: String, limits: ImageLimits) throws -> RasterImage {
  let image = try bytes.withUnsafeBufferPointer { file in
    var reader: OpaquePointer?
    var header = fm_jpeg_header()
    let opened = withErrorText { fm_jpeg_open(file.baseAddress, file.count, &reader, &header, $0, $1) }
    try check(opened, name: name)
    defer { fm_jpeg_close(reader) }
    let width = Int(header.width)
    let height = Int(header.height)
    let channels = Int(header.channels)
    try limits.check(width: width, height: height, name: name)

    let total = width * height * channels
    try requireMemory(total, name: name)
    // Straight into the array's own memory. In bounds: the C function checks the size it is given and
    // writes all of it, or fails.
    let samples = try [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      let read = withErrorText { fm_jpeg_read(reader, buffer.baseAddress, total, $0, $1) }
      try check(read, name: name)
      count = total
    }
    return RasterImage(width: width, height: height, channels: channels, samples: .uint8(samples))
  }
  return jpegOrientation(bytes).map(image.oriented) ?? image
}

private func check(_ outcome: (result: Int32, text: String), name: String) throws {
  switch outcome.result {
  case FM_JPEG_OK: return
  case FM_JPEG_MEMORY: throw ImageError.memory(name: name)
  case FM_JPEG_UNSUPPORTED:
    throw ImageError.unsupported(
      name: name, format: .jpeg, reason: "\(outcome.text); convert it to 8-bit baseline JPEG or PNG first")
  default: throw ImageError.corrupt(name: name, format: .jpeg, reason: outcome.text)
  }
}
