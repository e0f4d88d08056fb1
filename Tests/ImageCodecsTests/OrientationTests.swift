import TensorCore
import Testing

@testable import ImageCodecs

/// 1 2 3
/// 4 5 6
private let stored = RasterImage(width: 3, height: 2, channels: 1, samples: .uint8([1, 2, 3, 4, 5, 6]))

@Suite("Orientation")
struct OrientationTests {
  @Test(
    "Each orientation moves the pixels as EXIF says",
    arguments: [
      (1, 3, [1, 2, 3, 4, 5, 6]), (2, 3, [3, 2, 1, 6, 5, 4]), (3, 3, [6, 5, 4, 3, 2, 1]),
      (4, 3, [4, 5, 6, 1, 2, 3]), (5, 2, [1, 4, 2, 5, 3, 6]), (6, 2, [4, 1, 5, 2, 6, 3]),
      (7, 2, [6, 3, 5, 2, 4, 1]), (8, 2, [3, 6, 2, 5, 1, 4]),
    ] as [(Int, Int, [UInt8])])
  func pixels(value: Int, width: Int, expected: [UInt8]) throws {
    let shown = stored.oriented(try #require(Orientation(rawValue: value)))
    #expect(shown == RasterImage(width: width, height: 6 / width, channels: 1, samples: .uint8(expected)))
  }

  @Test("Moving a picture there and back gives the picture", arguments: Orientation.allCases)
  func inverse(orientation: Orientation) {
    let inverse: Orientation =
      switch orientation {
      case .rotateClockwise: .rotateCounterclockwise
      case .rotateCounterclockwise: .rotateClockwise
      default: orientation
      }
    for (channels, depth) in [(1, 8), (2, 16), (3, 8), (4, 16)] {
      let image = randomImage(width: 67, height: 35, channels: channels, bitDepth: depth, seed: 5)
      #expect(image.oriented(orientation).oriented(inverse) == image)
    }
  }
}

/// TIFF data with the given entries of 12 bytes in its first directory.
private func tiff(littleEndian: Bool, tag: Int = 0x0112, type: Int = 3, count: Int = 1, value: Int) -> [UInt8]
{
  func number(_ value: Int, _ size: Int) -> [UInt8] {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return littleEndian ? bytes : bytes.reversed()
  }
  let other = number(0x0100, 2) + number(4, 2) + number(1, 4) + number(77, 4)
  let entry = number(tag, 2) + number(type, 2) + number(count, 4) + number(value, 2) + [0, 0]
  return Array((littleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2) + other
    + entry
    + number(0, 4)
}

@Suite("EXIF")
struct ExifTests {
  @Test("The orientation is found in both byte orders", arguments: [true, false])
  func bothByteOrders(littleEndian: Bool) {
    for value in 1...8 {
      #expect(exifOrientation(tiff(littleEndian: littleEndian, value: value))?.rawValue == value)
    }
  }

  @Test("Values, types and counts that EXIF does not allow are ignored")
  func invalidEntries() {
    for value in [0, 9, 65535] { #expect(exifOrientation(tiff(littleEndian: true, value: value)) == nil) }
    #expect(exifOrientation(tiff(littleEndian: true, type: 4, value: 6)) == nil)
    #expect(exifOrientation(tiff(littleEndian: true, count: 2, value: 6)) == nil)
    #expect(exifOrientation(tiff(littleEndian: true, tag: 0x0113, value: 6)) == nil)
  }

  @Test("Data cut off before the value is ignored")
  func cutOff() {
    let whole = tiff(littleEndian: false, value: 6)
    let endOfValue = whole.count - 6
    for count in 0..<endOfValue { #expect(exifOrientation(whole.prefix(count)) == nil) }
    #expect(exifOrientation(whole.prefix(endOfValue)) == .rotateClockwise)
  }

  @Test("Random changes never crash the parser")
  func randomChanges() {
    var generator = SplitMix64(seed: 11)
    var found = 0
    for _ in 0..<5000 {
      var bytes = tiff(littleEndian: .random(using: &generator), value: 6)
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: .min ... .max, using: &generator)
      }
      if exifOrientation(bytes) != nil { found += 1 }
    }
    #expect(found > 100 && found < 5000)
  }

  @Test("A JPEG's APP1 segment turns the picture, and a bad one does not harm it")
  func jpegSegment() throws {
    let upright = smoothImage(width: 24, height: 16, channels: 3)
    let file = try encodeJPEG(upright, quality: 95)
    let plain = try decodeImage(file, name: "plain.jpg")
    func withExif(_ tiff: [UInt8]) throws -> RasterImage {
      let content = Array("Exif\0\0".utf8) + tiff
      let length = content.count + 2
      let segment = [0xff, 0xe1, UInt8(length >> 8), UInt8(length & 255)] + content
      return try decodeImage(file.prefix(2) + segment + file.dropFirst(2), name: "turned.jpg")
    }
    for orientation in Orientation.allCases {
      let tiff = tiff(littleEndian: false, value: orientation.rawValue)
      #expect(try withExif(tiff) == plain.oriented(orientation))
    }
    #expect(try withExif([]) == plain)
    #expect(try withExif(Array("II*\0\u{ff}\u{ff}\u{ff}\u{7f}".utf8)) == plain)
  }

  @Test("A PNG's eXIf chunk turns the picture, and one with a wrong check sum does not")
  func pngChunk() throws {
    let image = randomImage(width: 5, height: 3, channels: 4, bitDepth: 8, seed: 1)
    let file = try encodePNG(image)
    let chunk = makePNGChunk(type: "eXIf", content: tiff(littleEndian: true, value: 6))
    // In front of the pixels, and behind them, in front of the end chunk of 12 bytes.
    for position in [33, file.count - 12] {
      let turned = file.prefix(position) + chunk + file.dropFirst(position)
      #expect(try decodeImage(Array(turned), name: "turned.png") == image.oriented(.rotateClockwise))
      var damaged = Array(turned)
      damaged[position + chunk.count - 1] ^= 1
      #expect(try decodeImage(damaged, name: "damaged.png") == image)
    }
  }
}
