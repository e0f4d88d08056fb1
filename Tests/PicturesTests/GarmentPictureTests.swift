import ImageCodecs
import TensorCore
import TestSupport
import Testing

@testable import Pictures

@Suite("A picture as Fashion-MNIST shows garments")
struct GarmentPictureTests {
  /// A picture from a function of row and column that gives the samples of a pixel.
  private func picture(
    _ height: Int, _ width: Int, _ samples: (_ y: Int, _ x: Int) -> [UInt8]
  ) -> RasterImage {
    let all = (0..<height).flatMap { y in (0..<width).flatMap { x in samples(y, x) } }
    return RasterImage(
      width: width, height: height, channels: all.count / (height * width), samples: .uint8(all))
  }

  private static let target = Shape(channels: 1, height: 28, width: 28)

  @Test("a dark 28x28 grey picture passes untouched")
  func untouched() {
    let image = picture(28, 28) { y, x in [UInt8(y == 0 || x == 0 ? 0 : (y * 9 + x * 31) % 256)] }
    let garment = GarmentPicture(image)
    guard case .uint8(let samples) = image.samples else { return }
    #expect(garment.tensor.shape == Self.target)
    expectClose(garment.tensor.values, samples.map { Float($0) / 255 }, tolerance: 1e-7)
    #expect(!garment.isInverted && garment.trimmed == nil)
    #expect(garment.decisions == "28x28 as it is, not inverted")
    #expect(garment.views == garment.tensor && garment.viewWeights == [1], "looked at once")
    // The same as RGB.
    let color = picture(28, 28) { y, x in Array(repeating: samples[y * 28 + x], count: 3) }
    #expect(GarmentPicture(color).tensor == garment.tensor)
  }

  @Test("a light 28x28 grey picture is inverted and nothing else, unless told otherwise")
  func inverted() {
    let image = picture(28, 28) { y, x in [UInt8(y == 0 || x == 0 ? 255 : (y * 9 + x * 31) % 256)] }
    let positive = GarmentPicture(image, invert: .no)
    let negative = GarmentPicture(image)
    #expect(negative.isInverted && !positive.isInverted)
    #expect(negative.decisions == "28x28 as it is, inverted")
    #expect(negative.tensor == positive.tensor.map { 1 - $0 })
    let dark = picture(28, 28) { y, x in [UInt8(y * x % 200)] }
    #expect(GarmentPicture(dark, invert: .yes).tensor == GarmentPicture(dark).tensor.map { 1 - $0 })
  }

  @Test("a 28x28 picture in colours is trimmed like any other")
  func colored() {
    let image = picture(28, 28) { y, x in
      (7..<21).contains(y) && (7..<21).contains(x) ? [255, 0, 0] : [0, 0, 0]
    }
    let garment = GarmentPicture(image, preparation: .authors)
    #expect(garment.trimmed == Extent(14))
    expectClose(garment.tensor, Tensor(shape: Self.target, repeating: 0.299), tolerance: 1e-5)
  }

  @Test("a black garment on white is trimmed, shrunk, centred and becomes light on dark")
  func trimmed() {
    let image = picture(60, 100) { y, x in
      let isGarment = (10..<50).contains(y) && (30..<50).contains(x)
      return [isGarment ? 0 : 255]
    }
    let garment = GarmentPicture(image, preparation: .authors)
    #expect(garment.trimmed == Extent(height: 40, width: 20))
    #expect(garment.original == Extent(height: 60, width: 100))
    #expect(garment.decisions == "trimmed to 20x40, inverted")
    var expected = Tensor(shape: Self.target)
    for y in 0..<28 {
      for x in 7..<21 { expected[0, 0, y, x] = 1 }
    }
    expectClose(garment.tensor, expected, tolerance: 1e-5)
  }

  @Test("a small picture is enlarged, a wide one lies in the middle")
  func enlarged() {
    let image = picture(9, 16) { y, x in [(1..<8).contains(y) && (1..<15).contains(x) ? 200 : 0] }
    let garment = GarmentPicture(image, preparation: .authors)
    #expect(garment.decisions == "trimmed to 14x7, not inverted")
    for y in 0..<28 {
      let isGarment = (7..<21).contains(y)
      #expect(abs(garment.tensor[0, 0, y, 14] - (isGarment ? 200.0 / 255 : 0)) < 1e-5, "row \(y)")
    }
  }

  @Test("what differs from the corners by at most 5 % is trimmed off", arguments: [12, 14])
  func closeness(difference: UInt8) {
    let image = picture(50, 50) { y, x in
      if (20..<30).contains(y) && (20..<30).contains(x) { return [0] }
      return [(10..<40).contains(y) && (10..<40).contains(x) ? 100 + difference : 100]
    }
    #expect(GarmentPicture(image, preparation: .authors).trimmed == Extent(difference == 12 ? 10 : 30))
  }

  @Test("one odd corner does not count")
  func oddCorner() {
    let image = picture(40, 40) { y, x in
      if y == 0 && x == 0 { return [0] }
      return [(10..<30).contains(y) && (10..<30).contains(x) ? 0 : 255]
    }
    let garment = GarmentPicture(image, preparation: .authors)
    #expect(garment.isInverted)
    #expect(garment.trimmed == Extent(30))
  }

  @Test("transparent pictures lie on white")
  func alpha() {
    let color = picture(56, 56) { y, x in
      (14..<42).contains(y) && (14..<42).contains(x) ? [255, 0, 0, 255] : [0, 0, 0, 0]
    }
    let garment = GarmentPicture(color, preparation: .authors)
    #expect(garment.isInverted && garment.trimmed == Extent(28))
    expectClose(garment.tensor, Tensor(shape: Self.target, repeating: 0.701), tolerance: 1e-5)
    let grey = picture(28, 28) { y, x in y == 14 ? [0, 255] : [0, 0] }
    let ready = GarmentPicture(grey, preparation: .authors)
    #expect(ready.trimmed == nil && ready.isInverted)
    for y in 0..<28 { #expect(abs(ready.tensor[0, 0, y, 3] - (y == 14 ? 1 : 0)) < 1e-6) }
  }

  @Test("a picture of one colour stays one", arguments: [0, 100, 255], [Extent(1), Extent(28), Extent(100)])
  func constant(value: UInt8, extent: Extent) {
    let garment = GarmentPicture(
      picture(extent.height, extent.width) { _, _ in [value] }, preparation: .authors)
    #expect(garment.isInverted == (value > 127))
    let expected = Float(value > 127 ? 255 - value : value) / 255
    expectClose(garment.tensor, Tensor(shape: Self.target, repeating: expected), tolerance: 1e-5)
    #expect(garment.decisions.hasPrefix(extent == Extent(28) ? "28x28 as it is" : "nothing to trim"))
  }

  @Test(
    "extreme shapes give finite values in 0...1",
    arguments: [
      Extent(height: 1, width: 1000), Extent(height: 1000, width: 1), Extent(height: 2, width: 1),
      Extent(height: 3, width: 700), Extent(height: 27, width: 29),
    ])
  func extremes(extent: Extent) {
    for (invert, preparation) in InvertMode.allCases.flatMap({ mode in
      GarmentPreparation.allCases.map { (mode, $0) }
    }) {
      let image = picture(extent.height, extent.width) { y, x in
        [UInt8((y * 7 + x * 13) % 256), UInt8((y + x) % 256), 5]
      }
      let garment = GarmentPicture(image, invert: invert, preparation: preparation)
      #expect(garment.tensor.shape == Self.target)
      #expect(garment.tensor.values.allSatisfy { (0...1).contains($0) })
      #expect(garment.views.values.allSatisfy { (0...1).contains($0) })
      #expect(abs(garment.viewWeights.reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test("edges are sharpened: the dark side darker, the light side lighter, within 0...1")
  func sharpening() {
    // Trimmed to 28x28: a frame that differs from the corners, then two halves.
    let image = picture(30, 30) { y, x in
      guard (1..<29).contains(y) && (1..<29).contains(x) else { return [0] }
      return [x < 15 ? 100 : 150]
    }
    let garment = GarmentPicture(image, preparation: .authors)
    #expect(garment.trimmed == Extent(28))
    let row = (0..<28).map { garment.tensor[0, 0, 14, $0] * 255 }
    // 50 levels times the share of one column of the 3x3 Gaussian, (2 e^-1 + e^-0.5) / (1 + 4 e^-0.5 + 4 e^-1).
    expectClose(Array(row[11..<17]), [100, 100, 86.297, 163.703, 150, 150], tolerance: 0.01)
  }
}

@Suite("Resizing")
struct ResizingTests {
  @Test("shrinking by whole factors gives the means of the areas exactly")
  func wholeFactors() {
    let input = Tensor(rows: [[1, 3, 10, 20], [5, 7, 30, 40], [0, 0, 8, 8], [0, 4, 8, 8]])
    #expect(resized(input, to: Extent(2)) == Tensor(rows: [[4, 25], [1, 8]]))
    #expect(
      resized(input, to: Extent(height: 4, width: 2)) == Tensor(rows: [[2, 15], [6, 35], [0, 8], [2, 8]]))
    #expect(resized(input, to: Extent(4)) == input)
  }

  @Test("enlarging by whole factors repeats the values")
  func enlarging() {
    let input = Tensor(rows: [[1, 2], [3, 4]])
    #expect(
      resized(input, to: Extent(height: 4, width: 6))
        == Tensor(rows: [[1, 1, 1, 2, 2, 2], [1, 1, 1, 2, 2, 2], [3, 3, 3, 4, 4, 4], [3, 3, 3, 4, 4, 4]]))
  }

  @Test("by other factors a value is shared by what it overlaps")
  func shares() {
    let output = resized(Tensor(rows: [[3, 6, 12]]), to: Extent(height: 1, width: 2))
    expectClose(output, Tensor(rows: [[4, 10]]), tolerance: 1e-6)
    expectClose(
      resized(Tensor(rows: [[2, 4]]), to: Extent(height: 1, width: 3)), Tensor(rows: [[2, 3, 4]]),
      tolerance: 1e-6)
  }

  @Test(
    "the mean is kept at any size, in every plane",
    arguments: [Extent(1), Extent(height: 3, width: 4), Extent(height: 28, width: 5), Extent(29)])
  func mean(size: Extent) {
    let input = Tensor.random(Shape(batch: 2, channels: 3, height: 7, width: 13), in: 0...1, seed: 3)
    let output = resized(input, to: size)
    #expect(output.shape == Shape(batch: 2, channels: 3, height: size.height, width: size.width))
    for n in 0..<2 {
      for c in 0..<3 {
        let before = input.plane(c, batch: n).reduce(0, +) / Float(7 * 13)
        let after = output.plane(c, batch: n).reduce(0, +) / Float(size.count)
        #expect(abs(before - after) < 1e-5)
      }
    }
  }
}
