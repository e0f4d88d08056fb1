import FileAccess
import ImageCodecs
import TestSupport
import Testing

@Suite("Many pictures by one loader")
struct ImageLoaderTests {
  @Test("pictures and errors are those of loadImage, whatever was loaded before")
  func asLoadImage() throws {
    let folder = try TemporaryFolder()
    let picture = RasterImage(
      width: 300, height: 200, channels: 3,
      samples: .uint8((0..<180_000).map { UInt8(truncatingIfNeeded: $0 &* $0) }))
    let small = RasterImage(width: 5, height: 3, channels: 1, samples: .uint16((0..<15).map { $0 * 4000 }))
    try saveImage(picture, to: folder("large.png"))
    try saveImage(picture, to: folder("large.jpg"))
    try saveImage(small, to: folder("small.png"))
    try writeFile(Array(try readFile(folder("large.png")).dropLast(20)), to: folder("cut.png"))
    try writeFile(Array("a few words".utf8), to: folder("text.png"))
    try writeFile([], to: folder("empty.png"))
    let names = [
      "small.png", "large.png", "cut.png", "small.png", "large.jpg", "text.png", "empty.png", "missing",
    ]
    let loader = ImageLoader()
    for path in (names + names.reversed()).map({ folder($0) }) {
      let expected = Result { try loadImage(path) }
      let loaded = Result { try loader.load(path) }
      switch (expected, loaded) {
      case (.success(let expected), .success(let loaded)): #expect(loaded == expected, "\(path)")
      case (.failure(let expected), .failure(let error)): #expect("\(error)" == "\(expected)")
      default: Issue.record("\(path): \(loaded)")
      }
    }
    let endless = ImageError.unknownFormat(name: "/dev/zero", start: [0, 0, 0, 0])
    #expect(throws: endless) { try loader.load("/dev/zero") }
    #expect(throws: endless) { try loadImage("/dev/zero") }
    #expect(throws: ImageError.tooLarge(name: folder("large.png"), width: 300, height: 200, limit: 59_999)) {
      try loader.load(folder("large.png"), limits: ImageLimits(maximumPixels: 59_999))
    }
  }
}
