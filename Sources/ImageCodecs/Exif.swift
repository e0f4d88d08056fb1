/// The orientation in EXIF data: a TIFF header and its first directory, of which only tag 0x0112 is read.
///
/// Whatever is not as it should be makes the result `nil`: bad EXIF never spoils a picture.
/// The format is CIPA DC-008 (Exif 2.3), 4.6.2 and 4.6.4 A.
func exifOrientation(_ tiff: some RandomAccessCollection<UInt8>) -> Orientation? {
  let data = EndianReader(bytes: Array(tiff.prefix(maximumExifSize)))
  guard let data, data.uint16(at: 2) == 42, let directory = data.uint32(at: 4),
    let entries = data.uint16(at: directory)
  else { return nil }
  for index in 0..<entries {
    let entry = directory + 2 + index * 12
    guard let tag = data.uint16(at: entry) else { return nil }
    if tag != 0x0112 { continue }
    let shortType = 3
    guard data.uint16(at: entry + 2) == shortType, data.uint32(at: entry + 4) == 1,
      let value = data.uint16(at: entry + 8)
    else { return nil }
    return Orientation(rawValue: value)
  }
  return nil
}

/// A JPEG segment's largest size; longer data is not looked at.
let maximumExifSize = 1 << 16

/// Reads numbers in the byte order that the data begins with, `nil` beyond its end.
private struct EndianReader {
  let bytes: [UInt8]
  let isLittleEndian: Bool

  init?(bytes: [UInt8]) {
    if bytes.starts(with: "II".utf8) {
      isLittleEndian = true
    } else if bytes.starts(with: "MM".utf8) {
      isLittleEndian = false
    } else {
      return nil
    }
    self.bytes = bytes
  }

  func uint16(at offset: Int) -> Int? { number(at: offset, size: 2) }
  func uint32(at offset: Int) -> Int? { number(at: offset, size: 4) }

  private func number(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    let digits = bytes[offset..<offset + size]
    return isLittleEndian
      ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
  }
}
