import ImageCodecs
import TensorCore
import TestSupport
import Testing

@testable import Pictures

@Suite("Pictures and tensors")
struct ConversionTests {
  private func rgb(_ pixels: [[UInt8]]) -> RasterImage {
    RasterImage(width: pixels.count, height: 1, channels: 3, samples: .uint8(pixels.flatMap { $0 }))
  }

  @Test("8-bit samples become v / 255 in planes")
  func planes() {
    let image = RasterImage(
      width: 2, height: 1, channels: 3, samples: .uint8([0, 51, 255, 1, 2, 3]))
    let tensor = Tensor(image: image, mode: .asIs)
    #expect(tensor.shape == Shape(channels: 3, height: 1, width: 2))
    #expect(tensor.values == [0, 1, 51, 2, 255, 3].map { (v: Float) in v / 255 })
  }

  @Test("16-bit samples become v / 65535 and come back unchanged")
  func sixteenBits() throws {
    let samples = (0..<65536).map { UInt16($0) }
    let image = RasterImage(width: 256, height: 256, channels: 1, samples: .uint16(samples))
    let tensor = Tensor(image: image, mode: .gray)
    #expect(tensor.values[12345] == Float(12345) / 65535)
    #expect(try RasterImage(tensor: tensor, bitDepth: .sixteen) == image)
  }

  @Test("8-bit pictures of 1 to 4 channels come back unchanged", arguments: 1...4)
  func roundTrip(channels: Int) throws {
    let samples = (0..<256 * channels).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let image = RasterImage(width: 16, height: 16, channels: channels, samples: .uint8(samples))
    #expect(try RasterImage(tensor: Tensor(image: image, mode: .asIs)) == image)
  }

  @Test("a grey colour has exactly the value of a grey picture")
  func grayIsExact() {
    let gray = (0..<256).map { UInt8($0) }
    let colored = Tensor(image: rgb(gray.map { [$0, $0, $0] }), mode: .gray)
    #expect(colored.values == gray.map { Float($0) / 255 })
    let deep = stride(from: 0, through: 65535, by: 13).map { UInt16($0) }
    let image = RasterImage(
      width: deep.count, height: 1, channels: 3, samples: .uint16(deep.flatMap { [$0, $0, $0] }))
    #expect(Tensor(image: image, mode: .gray).values == deep.map { Float($0) / 65535 })
  }

  /// Made with Pillow 12: `Image.convert("L")`.
  private static let pillow: [(rgb: [UInt8], luma: UInt8)] = [
    ([255, 0, 0], 76), ([0, 255, 0], 150), ([0, 0, 255], 29), ([255, 255, 255], 255), ([0, 0, 0], 0),
    ([1, 2, 3], 2), ([200, 100, 50], 124), ([17, 130, 250], 110), ([121, 131, 193], 135),
    ([243, 8, 36], 81), ([210, 242, 63], 212), ([79, 222, 108], 166), ([69, 211, 65], 152),
    ([104, 164, 140], 143), ([21, 7, 221], 36), ([192, 214, 137], 199),
  ]

  @Test("luma rounds to the numbers of Pillow")
  func lumaOfPillow() throws {
    let tensor = Tensor(image: rgb(Self.pillow.map(\.rgb)), mode: .gray)
    #expect(try RasterImage(tensor: tensor).samples == .uint8(Self.pillow.map(\.luma)))
  }

  @Test("luma stays within 0.51 levels of Pillow's fixed-point formula")
  func lumaFormula() {
    var generator = SplitMix64(seed: 1)
    let pixels = (0..<5000).map { _ in (0..<3).map { _ in UInt8(generator.index(below: 256)) } }
    let values = Tensor(image: rgb(pixels), mode: .gray).values
    for (pixel, value) in zip(pixels, values) {
      let fixed = (Int(pixel[0]) * 19595 + Int(pixel[1]) * 38470 + Int(pixel[2]) * 7471 + 0x8000) >> 16
      #expect(abs(value * 255 - Float(fixed)) < 0.51)
    }
  }

  @Test("opacity is dropped, or the background shows through it")
  func opacity() {
    let image = RasterImage(
      width: 2, height: 1, channels: 4, samples: .uint8([255, 0, 0, 0, 255, 0, 0, 51]))
    #expect(Tensor(image: image, mode: .rgb).values == [1, 1, 0, 0, 0, 0])
    let over = Tensor(image: image, mode: .rgb, background: .white)
    expectClose(over.values, [1, 1, 1, 0.8, 1, 0.8], tolerance: 1e-6)
    let gray = Tensor(image: image, mode: .gray, background: .white)
    expectClose(gray.values, [1, 0.299 + 0.8 * 0.701], tolerance: 1e-6)
    #expect(Tensor(image: image, mode: .rgba).values[6...] == [0, 0.2])
  }

  @Test("a grey picture has three equal channels and full opacity as RGBA")
  func grayToColor() {
    let image = RasterImage(width: 1, height: 1, channels: 1, samples: .uint8([51]))
    #expect(Tensor(image: image, mode: .rgba).values == [0.2, 0.2, 0.2, 1])
  }

  @Test("values are clamped and rounded, never wrapped, and NaN is black")
  func clamping() throws {
    let values: [Float] = [-1, -0.001, 0.4999 / 255, 0.5001 / 255, 1.001, 300, .nan, .infinity, -.infinity]
    let tensor = Tensor(shape: Shape(channels: 1, height: 1, width: 9), values: values)
    let eight = try RasterImage(tensor: tensor)
    #expect(eight.samples == .uint8([0, 0, 0, 1, 255, 255, 0, 255, 0]))
    let sixteen = try RasterImage(tensor: tensor, bitDepth: .sixteen)
    #expect(sixteen.samples == .uint16([0, 0, 128, 129, 65535, 65535, 0, 65535, 0]))
  }

  @Test(
    "five channels, two examples and no pixels are no picture",
    arguments: [
      Shape(channels: 5, height: 2, width: 2), Shape(batch: 2, channels: 1, height: 2, width: 2),
      Shape(channels: 1, height: 0, width: 2),
    ])
  func notAPicture(shape: Shape) {
    #expect(throws: PictureError.notAPicture(shape: shape.description)) {
      try RasterImage(tensor: Tensor(shape: shape))
    }
  }
}
