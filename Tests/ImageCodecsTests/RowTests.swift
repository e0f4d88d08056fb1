import FileAccess
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ImageCodecs

@Suite("Pictures row by row")
struct RowTests {
  /// The stored picture, read so many rows at a time.
  private func readInParts(_ file: [UInt8], rows: Int) throws -> RasterImage {
    let reader = try ImageReader(file, name: "rows")
    var image = try reader.readRows(min(rows, reader.rowsLeft))
    while reader.rowsLeft > 0 {
      image = try reader.readRows(min(rows, reader.rowsLeft), below: image)
    }
    return image
  }

  private func readAtOnce(_ file: [UInt8]) throws -> RasterImage {
    let reader = try ImageReader(file, name: "whole")
    return try reader.readRows(reader.height)
  }

  @Test("PNG gives the same rows in parts of any size", arguments: [1, 2, 3, 4], [8, 16])
  func png(channels: Int, bitDepth: Int) throws {
    let image = randomImage(width: 11, height: 9, channels: channels, bitDepth: bitDepth, seed: 5)
    let file = try encodePNG(image)
    for rows in 1...9 { #expect(try readInParts(file, rows: rows) == image) }
  }

  @Test("JPEG gives the same rows in parts of any size: grey, RGB, CMYK, progressive", arguments: fixtures)
  func jpeg(fixture: Fixture) throws {
    let file = fixture.fileBytes
    let image = try readAtOnce(file)
    for rows in 1..<image.height { #expect(try readInParts(file, rows: rows) == image) }
  }

  @Test(
    "all of PngSuite gives the same rows in parts; of interlaced files that is known before",
    .enabled(if: TestData.has("pngsuite"), "PngSuite is not among the test data"))
  func pngSuite() throws {
    let folder = try TestData.path("pngsuite/png")
    var interlaced = 0
    for name in try listFolder(folder) where name.hasSuffix(".png") && !name.hasPrefix("x") {
      let file = try readFile(joinPath(folder, name))
      if try ImageReader(file, name: name).needsAllRows {
        interlaced += 1
      } else {
        #expect(try readInParts(file, rows: 5) == readAtOnce(file), "\(name)")
      }
    }
    #expect(interlaced > 30)
  }

  @Test("the end of a file that is cut off is missed when the last row is read, not before")
  func truncation() throws {
    for file in [
      try encodePNG(smoothImage(width: 33, height: 40, channels: 3)),
      try encodeJPEG(smoothImage(width: 33, height: 40, channels: 3)),
    ] {
      let reader = try ImageReader(Array(file.dropLast(2)), name: "cut")
      _ = try reader.readRows(30)
      let error = try #require(throws: ImageError.self) { try reader.readRows(10) }
      #expect(throws: error) { try decodeImage(Array(file.dropLast(2)), name: "cut") }
    }
  }

  /// A picture of more than two strips of a PNG file.
  private static let large = randomImage(width: 2000, height: 70, channels: 4, bitDepth: 16, seed: 3)

  @Test("what is written in parts is the file that is written at once", arguments: [ImageFormat.png, .jpeg])
  func writing(format: ImageFormat) throws {
    let folder = try TemporaryFolder()
    let image =
      format == .png ? Self.large : randomImage(width: 300, height: 70, channels: 3, bitDepth: 8, seed: 3)
    let expected = try encodeImage(image, format: format)
    for strips in 1...3 {
      let writer = try ImageWriter(folder("out"), layout: image.layout, format: format)
      let size = strips * writer.rowsPerStrip
      #expect(size * (3 / strips) <= 96 && writer.rowsPerStrip < 35)
      // Encoded in any order, appended in that of the rows.
      let starts = Array(stride(from: 0, to: image.height, by: size))
      let encoded = try starts.reversed().map {
        try writer.encode(image.rows($0..<min($0 + size, image.height)), firstRow: $0)
      }
      for rows in encoded.reversed() { try writer.append(rows) }
      #expect(try listFolder(folder.path).count == 1 && !fileExists(folder("out")))
      try writer.finish()
      #expect(try readFile(folder("out")) == expected)
      #expect(try listFolder(folder.path) == ["out"])
      try FileManager.default.removeItem(atPath: folder("out"))
    }
  }

  @Test("a PNG of several strips is read back exactly, packed in every way", arguments: 0...9)
  func strips(compression: Int) throws {
    let file = try encodePNG(Self.large, options: PNGOptions(compression: compression))
    #expect(pngChunks(file).count { $0.type == "IDAT" } == 3)
    #expect(try decodeImage(file, name: "strips") == Self.large)
  }

  @Test("drawings and photos are packed in different ways, and both come back")
  func strategies() throws {
    // Repeated strings that no filter turns into runs.
    let pattern = randomImage(width: 100, height: 1, channels: 1, bitDepth: 8, seed: 4).bytes
    let drawing = RasterImage(
      width: 1000, height: 100, channels: 1,
      samples: .uint8((0..<100_000).map { pattern[$0 % 100] / 4 * UInt8($0 / 100 % 2) }))
    let sizes = try [1, 6, 9].map { try encodePNG(drawing, options: PNGOptions(compression: $0)).count }
    #expect(sizes[1] < 5000)
    for compression in [1, 6, 9] {
      let file = try encodePNG(drawing, options: PNGOptions(compression: compression))
      #expect(try decodeImage(file, name: "drawing") == drawing)
    }
  }

  /// What a filter leaves of a photo with little colour: noise, the same in all channels, on a ground that is even
  /// or rises.
  private static func noise(levels: Int, rising: Bool, bitDepth: Int) -> RasterImage {
    var generator = SplitMix64(seed: 5)
    let values = (0..<90_000).flatMap { pixel in
      let ground = rising ? (pixel % 600 + pixel / 600) / 8 : 0
      return repeatElement(ground + Int.random(in: 0..<levels, using: &generator), count: 3)
    }
    return RasterImage(
      width: 600, height: 150, channels: 3,
      samples: bitDepth == 8 ? .uint8(values.map { UInt8($0) }) : .uint16(values.map { UInt16($0 * 257) }))
  }

  // The even ground is packed as it is, the rising one filtered. With level 3 as zlib has it, the first and third
  // share would be 0.92 and 0.865.
  @Test(
    "a short search finds more than level 2",
    arguments: [(40, false, 8, 0.915), (40, false, 16, 0.95), (12, true, 8, 0.86), (12, true, 16, 0.88)])
  func shortSearch(levels: Int, rising: Bool, bitDepth: Int, share: Double) throws {
    let picture = Self.noise(levels: levels, rising: rising, bitDepth: bitDepth)
    let files = try [2, 6].map { try encodePNG(picture, options: PNGOptions(compression: $0)) }
    #expect(Double(files[1].count) < share * Double(files[0].count))
    for file in files { #expect(try decodeImage(file, name: "noise") == picture) }
  }

  @Test("an unfinished file leaves the old one and nothing beside it")
  func unfinished() throws {
    let folder = try TemporaryFolder()
    try writeFile([1, 2, 3], to: folder("out.png"))
    do {
      let writer = try ImageWriter(folder("out.png"), layout: Self.large.layout)
      try writer.append(Self.large.rows(0..<writer.rowsPerStrip))
    }
    #expect(try readFile(folder("out.png")) == [1, 2, 3])
    #expect(try listFolder(folder.path) == ["out.png"])
  }

  @Test("notes that are known at the end stand behind the pixels")
  func lateText() throws {
    let folder = try TemporaryFolder()
    let image = smoothImage(width: 5, height: 4, channels: 1)
    var options = ImageOptions()
    options.png.text = [TextChunk(keyword: "Title", text: "first")]
    let writer = try ImageWriter(folder("out.png"), layout: image.layout, options: options)
    try writer.append(image)
    try writer.finish(text: [TextChunk(keyword: "Scale", text: "-1 … 1")])
    let file = try readFile(folder("out.png"))
    #expect(readPNGText(file).map(\.keyword) == ["Title", "Scale"])
    #expect(pngChunks(file).map(\.type) == ["IHDR", "tEXt", "IDAT", "iTXt", "IEND"])
    #expect(try loadImage(folder("out.png")) == image)
  }
}
