import FileAccess
import ImageCodecs
import TestSupport
import Testing

@Suite("Decoding JPEG")
struct JPEGDecodingTests {
  @Test("Rare kinds of JPEG decode to Pillow's pixels", arguments: fixtures)
  func rareKinds(fixture: Fixture) throws {
    let image = try decodeImage(fixture.fileBytes, name: fixture.name)
    #expect(image.width == fixture.width && image.height == fixture.width)
    #expect(image.channels == fixture.channels && image.bitDepth == 8)
    // Equal with libjpeg-turbo; other libraries may round otherwise.
    #expect(largestDifference(image.bytes, fixture.expectedPixels) <= 2)
  }

  @Test("Where a CMYK picture has no ink it is white")
  func inkColors() throws {
    // In a CMYK fixture the first pixel has the picture's values 0, 0, 0, 0: no ink at all.
    let cmyk = try #require(fixtures.first { $0.name == "cmyk" })
    let image = try decodeImage(cmyk.fileBytes, name: "cmyk")
    #expect(image.bytes.prefix(3).allSatisfy { $0 > 235 })
  }

  @Test("12 bits a sample are refused as unsupported, not as damage")
  func twelveBits() throws {
    let grey = try #require(fixtures.first { $0.name == "grey" })
    var bytes = grey.fileBytes
    let frame = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
    #expect(bytes[frame + 4] == 8)
    bytes[frame + 4] = 12
    let error = #expect(throws: ImageError.self) { try decodeImage(bytes, name: "deep.jpg") }
    #expect(
      error?.description
        == """
        deep.jpg: this kind of JPEG is not supported: 12 bits a sample; \
        convert it to 8-bit baseline JPEG or PNG first
        """)
  }
}

@Suite(
  "libjpeg-turbo's samples", .enabled(if: TestData.has("jpeg/libjpeg-turbo"), "not among the test data"))
struct LibjpegSampleTests {
  private func load(_ name: String) throws -> RasterImage {
    try loadImage(TestData.path("jpeg/libjpeg-turbo/\(name)"))
  }

  @Test("Arithmetic coding gives the same pixels as Huffman coding")
  func arithmetic() throws {
    #expect(try load("testimgari.jpg") == load("testimgint.jpg"))
  }

  @Test("The decoded original is its PPM within rounding")
  func original() throws {
    let ppm = try readPixels("testorig.ppm")
    let image = try load("testorig.jpg")
    #expect(image.width == 227 && image.height == 149 && image.channels == 3)
    #expect(largestDifference(image.bytes, ppm) <= 3)
  }

  private func readPixels(_ name: String) throws -> [UInt8] {
    Array(try readFile(TestData.path("jpeg/libjpeg-turbo/\(name)")).suffix(227 * 149 * 3))
  }

  @Test("The 12-bit picture is refused as unsupported")
  func twelveBits() throws {
    let error = #expect(throws: ImageError.self) { try load("monkey12.jpg") }
    #expect(error?.description.contains("12 bits a sample") == true)
  }
}

@Suite(
  "EXIF orientation of photos",
  .enabled(if: TestData.has("jpeg/exif-orientation"), "not among the test data"))
struct ExifOrientationPhotoTests {
  @Test("All eight orientations show the same picture", arguments: ["Landscape", "Portrait"])
  func allEight(name: String) throws {
    let upright = try sampled(name, 1)
    for orientation in 2...8 {
      // Each file was compressed by itself, so that only the mean is near.
      #expect(try meanDifference(sampled(name, orientation), upright) < 6, "\(name)_\(orientation)")
    }
  }

  @Test("The comparison tells a picture from its turned and mirrored versions")
  func comparisonCanFail() throws {
    let upright = try thumbnail(of: loadImage(TestData.path("jpeg/exif-orientation/Landscape_1.jpg")))
    for orientation in [Orientation.mirrorLeftRight, .rotate180, .mirrorTopBottom] {
      let image = try loadImage(TestData.path("jpeg/exif-orientation/Landscape_1.jpg"))
      #expect(meanDifference(thumbnail(of: image.oriented(orientation)), upright) > 10)
    }
  }

  private func sampled(_ name: String, _ orientation: Int) throws -> [UInt8] {
    let image = try loadImage(TestData.path("jpeg/exif-orientation/\(name)_\(orientation).jpg"))
    #expect((image.width > image.height) == (name == "Landscape"))
    return thumbnail(of: image)
  }

  /// Every 30th pixel of every 30th row.
  private func thumbnail(of image: RasterImage) -> [UInt8] {
    let bytes = image.bytes
    var thumbnail: [UInt8] = []
    for y in stride(from: 15, to: image.height, by: 30) {
      for x in stride(from: 15, to: image.width, by: 30) {
        let start = (y * image.width + x) * 3
        thumbnail += bytes[start..<start + 3]
      }
    }
    return thumbnail
  }
}
