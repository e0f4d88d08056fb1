import FileAccess
import TestSupport
import Testing

@testable import ImageCodecs

@Suite("Animated PNG")
struct AnimatedPNGTests {
  private func frame(_ level: UInt8, width: Int = 5, height: Int = 4) -> RasterImage {
    RasterImage(
      width: width, height: height, channels: 3,
      samples: .uint8((0..<width * height * 3).map { UInt8($0) &+ level }))
  }

  @Test(
    "one control chunk before the data of each frame, numbered together with the data; every sum is right")
  func chunks() throws {
    let bytes = try encodeAnimatedPNG(
      [frame(0), frame(50), frame(100)], milliseconds: 150, text: [TextChunk(keyword: "Title", text: "t")])
    let chunks = Array(pngChunks(bytes))
    #expect(
      chunks.map(\.type)
        == ["IHDR", "acTL", "tEXt", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"])
    #expect(chunks.allSatisfy { isIntact($0, of: bytes) })
    #expect(Array(bytes[chunks[1].content]) == [0, 0, 0, 3, 0, 0, 0, 0])
    let numbers = chunks.filter { ["fcTL", "fdAT"].contains($0.type) }.map {
      bytes[$0.content.lowerBound + 3]
    }
    #expect(numbers == [0, 1, 2, 3, 4])
    #expect(
      Array(bytes[chunks[3].content].dropFirst(4))
        == [0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 150, 3, 232, 0, 0])
    // A decoder that knows no animations shows the first frame.
    #expect(try decodeImage(bytes, name: "a") == frame(0))
  }

  @Test("the data of each frame is that of its picture alone")
  func data() throws {
    let frames = [frame(1), frame(2)]
    let bytes = try encodeAnimatedPNG(frames, milliseconds: 1)
    let alone = try encodePNG(frames[1])
    let expected = pngChunks(alone).filter { $0.type == "IDAT" }.flatMap { alone[$0.content] }
    let stored = pngChunks(bytes).filter { $0.type == "fdAT" }.flatMap { bytes[$0.content].dropFirst(4) }
    #expect(stored == expected)
  }

  @Test("what is no animation is refused: no frame, frames that differ, no time")
  func refused() {
    #expect(throws: ImageError.self) { try encodeAnimatedPNG([], milliseconds: 100) }
    #expect(throws: ImageError.self) { try encodeAnimatedPNG([frame(0)], milliseconds: 0) }
    #expect(throws: ImageError.self) {
      try encodeAnimatedPNG([frame(0), frame(0, width: 6)], milliseconds: 100)
    }
  }
}
