import TensorCore
import Testing

@testable import ImageCodecs

private let smallLimits = ImageLimits(maximumPixels: 1_000_000)

/// Small files of both formats: from the encoders and of rare kinds.
private func smallFiles() throws -> [[UInt8]] {
  let text = PNGOptions(text: [TextChunk(keyword: "Title", text: "edges")])
  return [
    try encodePNG(randomImage(width: 9, height: 7, channels: 3, bitDepth: 8, seed: 1), options: text),
    try encodePNG(smoothImage(width: 33, height: 12, channels: 1)),
    try encodePNG(randomImage(width: 5, height: 6, channels: 4, bitDepth: 16, seed: 1)),
    try encodeJPEG(smoothImage(width: 19, height: 13, channels: 1)),
    try encodeJPEG(smoothImage(width: 19, height: 13, channels: 3)),
  ] + fixtures.map(\.fileBytes)
}

@Suite("Hostile input")
struct HostileInputTests {
  @Test("Every file that is cut off anywhere is refused")
  func truncation() throws {
    for file in try smallFiles() {
      _ = try decodeImage(file, name: "whole")
      for count in file.indices {
        #expect(throws: ImageError.self) { try decodeImage(Array(file.prefix(count)), name: "cut") }
      }
    }
  }

  @Test("Thousands of flipped bits never crash, and PNG's check sums catch nearly all of them")
  func bitFlips() throws {
    var generator = SplitMix64(seed: 20)
    for file in try smallFiles() {
      var refused = 0
      for _ in 0..<400 {
        var damaged = file
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          damaged[Int.random(in: file.indices, using: &generator)] ^=
            1 << UInt8.random(in: 0...7, using: &generator)
        }
        if (try? decodeImage(damaged, name: "damaged", limits: smallLimits)) == nil { refused += 1 }
      }
      #expect(refused > (ImageFormat.sniff(file) == .png ? 350 : 20))
    }
  }

  @Test("Flipped bits behind right check sums never crash the PNG decoder")
  func flipsWithRightCheckSums() throws {
    var generator = SplitMix64(seed: 21)
    var decoded = 0
    for file in try smallFiles() + [palettePNG(index: 1)] where ImageFormat.sniff(file) == .png {
      for _ in 0..<800 {
        var damaged = pngSignature
        for chunk in pngChunks(file) {
          var content = Array(file[chunk.content])
          if !content.isEmpty, Int.random(in: 0..<3, using: &generator) == 0 {
            let position = Int.random(in: content.indices, using: &generator)
            content[position] ^= 1 << UInt8.random(in: 0...7, using: &generator)
          }
          damaged += makePNGChunk(type: chunk.type, content: content)
        }
        if (try? decodeImage(damaged, name: "damaged", limits: smallLimits)) != nil { decoded += 1 }
      }
    }
    #expect(decoded > 100)
  }

  @Test("Empty files, foreign formats and noise are named")
  func namedKinds() throws {
    func text(_ bytes: [UInt8]) -> String? {
      #expect(throws: ImageError.self) { try decodeImage(bytes, name: "x") }?.description
    }
    func foreign(_ kind: String) -> String {
      "x is \(kind); featuremap reads PNG and JPEG: convert it first"
    }
    func other(_ kind: String) -> String {
      "x is \(kind), not a picture; featuremap reads PNG and JPEG"
    }
    #expect(text([]) == "x is empty; expected a PNG or JPEG picture")
    #expect(text(Array("GIF89a....".utf8)) == foreign("a GIF image"))
    #expect(text(Array("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ".utf8)) == foreign("a WebP image"))
    #expect(text(Array("\0\0\0\u{18}ftypheic\0\0".utf8)) == foreign("a HEIC image"))
    #expect(text(Array("\0\0\0\u{18}ftypisom\0\0".utf8)) == other("a video"))
    #expect(text(Array("PK\u{3}\u{4}\0\0".utf8)) == other("a ZIP archive"))
    #expect(text(Array("\0\0\0\u{18}ftypavif\0\0".utf8)) == foreign("an AVIF image"))
    #expect(text(Array("MM\0*\0\0\0\u{8}".utf8)) == foreign("a TIFF image"))
    #expect(text(Array("BM\u{1}\0\0\0".utf8)) == foreign("a BMP image"))
    #expect(text(Array("%PDF-1.7\n".utf8)) == foreign("a PDF document"))
    #expect(text(Array("<?xml version='1.0'?>\n<SVG xmlns=''>".utf8)) == foreign("an SVG drawing"))
    #expect(text(Array("<!DOCTYPE html><html>".utf8)) == other("an HTML page"))
    #expect(text(Array("file,label\nä.jpg,3\n".utf8)) == other("a text file"))
    #expect(
      text([0x12, 0x00, 0xfe, 0xff, 0x00])
        == "x is neither a PNG nor a JPEG picture (it begins with the bytes 12 00 fe ff)")
  }

  @Test("A size beyond the limit is refused by the header alone", arguments: [ImageFormat.png, .jpeg])
  func limit(format: ImageFormat) throws {
    let file = try encodeImage(smoothImage(width: 20, height: 10, channels: 1), format: format)
    let image = try decodeImage(file, name: "small", limits: ImageLimits(maximumPixels: 200))
    #expect(image.width == 20 && image.height == 10)
    #expect(throws: ImageError.tooLarge(name: "small", width: 20, height: 10, limit: 199)) {
      try decodeImage(file, name: "small", limits: ImageLimits(maximumPixels: 199))
    }
    // The same file claims to be huge; its pixels are not there, but that is never found out.
    let huge = try claim(65000, file, format)
    #expect(throws: ImageError.tooLarge(name: "huge", width: 65000, height: 65000, limit: 256_000_000)) {
      try decodeImage(huge, name: "huge")
    }
  }

  /// The file with another size in its header.
  private func claim(_ side: Int, _ file: [UInt8], _ format: ImageFormat) throws -> [UInt8] {
    let digits = [UInt8(side >> 8), UInt8(side & 255)]
    if format == .png {
      let rest = Array(file[24..<29])
      let header = makePNGChunk(type: "IHDR", content: [0, 0] + digits + [0, 0] + digits + rest)
      return pngSignature + header + file[33...]
    }
    var changed = file
    let frame = try #require(file.indices.dropLast().first { file[$0] == 0xff && file[$0 + 1] == 0xc0 })
    changed.replaceSubrange(frame + 5..<frame + 9, with: digits + digits)
    return changed
  }

  @Test("A PNG of no width is refused")
  func zeroSize() throws {
    let file = try encodePNG(smoothImage(width: 20, height: 10, channels: 1))
    let header = makePNGChunk(type: "IHDR", content: [0, 0, 0, 0] + file[20..<29])
    #expect(throws: ImageError.self) { try decodeImage(pngSignature + header + file[33...], name: "none") }
  }

  /// A picture of one pixel whose palette has two colours.
  private func palettePNG(index: UInt8) -> [UInt8] {
    // zlib data of one stored block: no filter, then the index; the check sum is Adler-32.
    let a = 1 + UInt32(index)
    let adler = (1 + a) << 16 | a
    let zlib: [UInt8] =
      [0x78, 0x01, 0x01, 2, 0, 0xfd, 0xff, 0, index]
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: adler >> $0) }
    return pngSignature + makePNGChunk(type: "IHDR", content: [0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0])
      + makePNGChunk(type: "PLTE", content: [1, 2, 3, 4, 5, 6]) + makePNGChunk(type: "tRNS", content: [9])
      + makePNGChunk(type: "IDAT", content: zlib) + makePNGChunk(type: "IEND", content: [])
  }

  @Test("A palette index is looked up, and one beyond the palette is refused")
  func paletteIndex() throws {
    #expect(try decodeImage(palettePNG(index: 0), name: "p").samples == .uint8([1, 2, 3, 9]))
    #expect(try decodeImage(palettePNG(index: 1), name: "p").samples == .uint8([4, 5, 6, 255]))
    let error = #expect(throws: ImageError.self) { try decodeImage(palettePNG(index: 2), name: "p.png") }
    #expect(error?.description == "p.png: the PNG data is damaged: a pixel's colour is not in the palette")
  }

  @Test("Text and profile chunks that unpack to nonsense cost and harm nothing")
  func ancillaryChunks() throws {
    let image = smoothImage(width: 20, height: 10, channels: 3)
    let file = try encodePNG(image)
    for type in ["zTXt", "iCCP", "tEXt", "gAMA", "sPLT", "abCd"] {
      let chunk = makePNGChunk(type: type, content: Array("x\0\0 nonsense".utf8))
      #expect(try decodeImage(Array(file[..<33] + chunk + file[33...]), name: type) == image)
    }
    let critical = makePNGChunk(type: "ABCD", content: [])
    #expect(throws: ImageError.self) {
      try decodeImage(Array(file[..<33] + critical + file[33...]), name: "critical")
    }
  }

  @Test("A JPEG of more than 500 scans is refused, and one of 400 is not")
  func manyScans() throws {
    let file = try #require(fixtures.first { $0.name == "progressive" }).fileBytes
    let markers = file.indices.dropLast().filter { file[$0] == 0xff && file[$0 + 1] != 0 }
    let start = try #require(markers.first { file[$0 + 1] == 0xda })
    let end = try #require(markers.first { $0 > start })
    // The first scan without successive approximation, which may be repeated without any warning.
    var scan = Array(file[start..<end])
    let lastOfHeader = 1 + Int(scan[3])
    #expect(scan[lastOfHeader] == 0x01)
    scan[lastOfHeader] = 0x00
    func repeated(_ times: Int) -> [UInt8] {
      file[..<start] + (0..<times).flatMap { _ in scan } + [0xff, 0xd9]
    }
    #expect(try decodeImage(repeated(400), name: "scans").width == 9)
    #expect(throws: ImageError.corrupt(name: "scans", format: .jpeg, reason: "more than 500 scans")) {
      try decodeImage(repeated(600), name: "scans")
    }
  }
}
