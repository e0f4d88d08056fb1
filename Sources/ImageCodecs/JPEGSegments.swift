/// The EXIF orientation of a JPEG file, from its first APP1 segment of EXIF data; `nil` where there is none.
func jpegOrientation(_ bytes: UnsafeBufferPointer<UInt8>) -> Orientation? {
  let exifMark = Array("Exif\0\0".utf8)
  var position = 2
  while let segment = nextSegment(bytes, at: position) {
    let startOfScan: UInt8 = 0xda
    let app1: UInt8 = 0xe1
    if segment.marker == startOfScan { return nil }
    let content = bytes[segment.content]
    if segment.marker == app1, content.starts(with: exifMark) {
      return exifOrientation(content.dropFirst(exifMark.count))
    }
    position = segment.content.upperBound
  }
  return nil
}

/// The segment whose marker begins at `position` or after fill bytes there; `nil` at anything else.
private func nextSegment(
  _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
) -> (marker: UInt8, content: Range<Int>)? {
  var position = position
  guard position < bytes.count, bytes[position] == 0xff else { return nil }
  while position < bytes.count, bytes[position] == 0xff { position += 1 }
  guard position + 2 < bytes.count else { return nil }
  let length = Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
  let end = position + 1 + length
  guard length >= 2, end <= bytes.count else { return nil }
  return (bytes[position], position + 3..<end)
}
