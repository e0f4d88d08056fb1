/// A chunk of a PNG file: where its type and its content are.
struct PNGChunk {
  let code: Code
  let content: Range<Int>

  /// The four letters of a type as one number.
  typealias Code = UInt32

  var type: String { String(decoding: bigEndian(code), as: UTF8.self) }

  /// EXIF data.
  static let exif: Code = 0x6558_4966
}

let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/// The chunks of a PNG file in order, as far as they are whole.
func pngChunks(_ bytes: [UInt8]) -> [PNGChunk] {
  bytes.withUnsafeBufferPointer { Array(PNGChunks(bytes: $0)) }
}

/// The same, one after the other.
struct PNGChunks: Sequence, IteratorProtocol {
  let bytes: UnsafeBufferPointer<UInt8>
  private var position: Int

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    position = bytes.starts(with: pngSignature) ? pngSignature.count : bytes.count
  }

  mutating func next() -> PNGChunk? {
    guard bytes.count - position >= 12 else { return nil }
    let length = Int(number(at: position))
    guard length <= bytes.count - position - 12 else { return nil }
    let start = position + 8
    position = start + length + 4
    return PNGChunk(code: number(at: start - 4), content: start..<start + length)
  }

  private func number(at place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// Whether a chunk's check sum is right.
func isIntact(_ chunk: PNGChunk, of bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBufferPointer { isIntact(chunk, of: $0) }
}

func isIntact(_ chunk: PNGChunk, of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  let end = chunk.content.upperBound
  let stored = bytes[end..<end + 4].reduce(0) { $0 << 8 | UInt32($1) }
  return stored == crc32(bytes[chunk.content.lowerBound - 4..<end])
}

/// A whole chunk: length, type, content and check sum.
func makePNGChunk(type: String, content: [UInt8]) -> [UInt8] {
  let checked = Array(type.utf8) + content
  return bigEndian(UInt32(content.count)) + checked + bigEndian(crc32(checked))
}

/// The EXIF orientation of a PNG file, from its eXIf chunk; `nil` where there is none that is intact.
func pngOrientation(_ bytes: UnsafeBufferPointer<UInt8>) -> Orientation? {
  guard let chunk = PNGChunks(bytes: bytes).first(where: { $0.code == PNGChunk.exif }),
    chunk.content.count <= maximumExifSize, isIntact(chunk, of: bytes)
  else { return nil }
  return exifOrientation(bytes[chunk.content])
}

func bigEndian(_ number: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}

/// The check sum of PNG's chunks: CRC-32, as annex D of the PNG specification computes it.
private func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  ~bytes.reduce(~0) { crcTable[Int(($0 ^ UInt32($1)) & 0xff)] ^ $0 >> 8 }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 0 ? rest >> 1 : 0xedb8_8320 ^ rest >> 1 }
}
