import CPNG

/// Decodes a PNG file: 8 bits a sample (fewer are scaled up) or 16, palettes as RGB, transparency as alpha.
///
/// Neither gamma nor background is applied; an EXIF orientation is.
func decodePNG(_ bytes: [UInt8], name: String, limits: ImageLimits) throws -> RasterImage {
  let image = try bytes.withUnsafeBufferPointer { file in
    var reader: OpaquePointer?
    var header = fm_png_header()
    let opened = withErrorText { fm_png_open(file.baseAddress, file.count, &reader, &header, $0, $1) }
    try check(opened, name: name)
    defer { fm_png_close(reader) }
    try limits.check(width: Int(header.width), height: Int(header.height), name: name)
    return RasterImage(
      width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
      samples: header.bit_depth == 16
        ? .uint16(try readSamples(reader, header, name: name))
        : .uint8(try readSamples(reader, header, name: name)))
  }
  return pngOrientation(bytes).map(image.oriented) ?? image
}

/// Reads straight into the array's own memory.
private func readSamples<Sample: FixedWidthInteger>(
  _ reader: OpaquePointer?, _ header: fm_png_header, name: String
) throws -> [Sample] {
  let total = Int(header.width) * Int(header.height) * Int(header.channels)
  try requireMemory(total * MemoryLayout<Sample>.stride, name: name)
  return try [Sample](unsafeUninitializedCapacity: total) { buffer, count in
    // In bounds: the C function checks the size it is given and writes all of it, or fails.
    let size = total * MemoryLayout<Sample>.stride
    let read = withErrorText { fm_png_read(reader, buffer.baseAddress, size, $0, $1) }
    try check(read, name: name)
    count = total
  }
}

private func check(_ outcome: (result: Int32, text: String), name: String) throws {
  switch outcome.result {
  case FM_PNG_OK: return
  case FM_PNG_MEMORY: throw ImageError.memory(name: name)
  default: throw ImageError.corrupt(name: name, format: .png, reason: outcome.text)
  }
}
