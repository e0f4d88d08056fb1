import Testing

@testable import ImageCodecs

@Suite("Encoding")
struct RoundTripTests {
  @Test("PNG keeps every sample of every channel count, depth and odd size")
  func png() throws {
    for (width, height) in [(1, 1), (1, 9), (7, 1), (3, 5), (8, 8), (33, 17)] {
      for channels in 1...4 {
        for bitDepth in [8, 16] {
          let image = randomImage(
            width: width, height: height, channels: channels, bitDepth: bitDepth, seed: UInt64(width))
          for compression in [0, 6, 9] {
            let file = try encodePNG(image, options: PNGOptions(compression: compression))
            #expect(try decodeImage(file, name: "round.png") == image)
          }
        }
      }
    }
  }

  @Test("More compression makes a smooth picture smaller")
  func compression() throws {
    let image = smoothImage(width: 64, height: 64, channels: 3)
    let sizes = try [0, 1, 9].map { try encodePNG(image, options: PNGOptions(compression: $0)).count }
    #expect(sizes[0] > sizes[1] && sizes[1] >= sizes[2])
  }

  @Test("JPEG's error falls and its size grows with quality", arguments: [1, 3])
  func jpegQuality(channels: Int) throws {
    let image = smoothImage(width: 61, height: 47, channels: channels)
    var errors: [Double] = []
    var sizes: [Int] = []
    for quality in [5, 30, 60, 90, 100] {
      let file = try encodeJPEG(image, quality: quality, subsampling: .none)
      let decoded = try decodeImage(file, name: "round.jpg")
      #expect(decoded.width == 61 && decoded.height == 47 && decoded.channels == channels)
      errors.append(meanDifference(decoded.bytes, image.bytes))
      sizes.append(file.count)
    }
    #expect(errors == errors.sorted(by: >) && errors[4] < 1 && errors[0] > 3)
    #expect(sizes == sizes.sorted() && sizes[4] > 2 * sizes[0])
  }

  @Test("Fewer colour samples make a JPEG smaller")
  func subsampling() throws {
    let image = randomImage(width: 64, height: 64, channels: 3, bitDepth: 8, seed: 3)
    let sizes = try [ChromaSubsampling.none, .horizontal, .both].map {
      try encodeJPEG(image, quality: 90, subsampling: $0).count
    }
    #expect(sizes[0] > sizes[1] && sizes[1] > sizes[2])
  }

  @Test("16 bits are rounded to 8 for JPEG")
  func sixteenBits() throws {
    let deep: [UInt16] = [0, 128, 129, 257, 32767, 65406, 65407, 65535]
    let image = RasterImage(width: 8, height: 1, channels: 1, samples: .uint16(deep))
    #expect(image.reducedTo8Bits().bytes == [0, 0, 1, 1, 127, 254, 255, 255])
    #expect(try encodeJPEG(image) == encodeJPEG(image.reducedTo8Bits()))
  }

  @Test("Text comes back as it was given, in order")
  func text() throws {
    let text = [
      TextChunk(keyword: "Software", text: "featuremap"),
      TextChunk(keyword: "Shape", text: "[1, 6, 28, 28]\nsecond line"),
      TextChunk(keyword: "Author", text: "Jürgen ÿ"),
      TextChunk(keyword: "Title", text: "Kante 边缘 🧥"),
      TextChunk(keyword: "Comment", text: ""),
    ]
    let image = randomImage(width: 4, height: 4, channels: 3, bitDepth: 8, seed: 2)
    let file = try encodePNG(image, options: PNGOptions(text: text))
    #expect(readPNGText(file) == text)
    #expect(try decodeImage(file, name: "text.png") == image)
    #expect(pngChunks(file).map(\.type).prefix(6) == ["IHDR", "tEXt", "tEXt", "tEXt", "iTXt", "tEXt"])
  }

  @Test("A text chunk with a wrong check sum is left out, and so is all of a file that is no PNG")
  func damagedText() throws {
    let image = randomImage(width: 2, height: 2, channels: 1, bitDepth: 8, seed: 2)
    var file = try encodePNG(image, options: PNGOptions(text: [TextChunk(keyword: "a", text: "b")]))
    #expect(readPNGText(file).count == 1)
    file[33 + 8] ^= 1
    #expect(readPNGText(file).isEmpty)
    #expect(readPNGText([1, 2, 3]).isEmpty)
  }

  @Test(
    "Text that PNG forbids is refused",
    arguments: [
      ("", "x"), (" a", "x"), ("a ", "x"), ("a  b", "x"), ("ä", "x"), ("a\n", "x"), ("a", "x\0y"),
      (String(repeating: "k", count: 80), "x"),
    ])
  func forbiddenText(keyword: String, text: String) throws {
    let image = randomImage(width: 2, height: 2, channels: 1, bitDepth: 8, seed: 2)
    let options = PNGOptions(text: [TextChunk(keyword: keyword, text: text)])
    #expect(throws: ImageError.self) { try encodePNG(image, options: options) }
  }

  @Test("What a format cannot hold is refused with advice")
  func notEncodable() throws {
    let transparent = randomImage(width: 2, height: 2, channels: 4, bitDepth: 8, seed: 2)
    let error = #expect(throws: ImageError.self) { try saveImage(transparent, to: "out.jpg") }
    #expect(
      error?.description
        == """
        out.jpg: cannot be written as JPEG: JPEG has no transparency: write a PNG, \
        or remove the alpha channel first
        """)
    let grey = randomImage(width: 2, height: 2, channels: 1, bitDepth: 8, seed: 2)
    for quality in [0, 101, -5] {
      #expect(throws: ImageError.self) { try encodeJPEG(grey, quality: quality) }
    }
    for compression in [-1, 10] {
      #expect(throws: ImageError.self) { try encodePNG(grey, options: PNGOptions(compression: compression)) }
    }
    let long = randomImage(width: 65501, height: 1, channels: 1, bitDepth: 8, seed: 2)
    #expect(throws: ImageError.self) { try encodeJPEG(long) }
    #expect(try decodeImage(encodePNG(long), name: "long.png") == long)
  }
}
