import FeatureMap

/// Pictures that the program makes itself, so that nobody needs a data set to measure: smooth shapes with noise,
/// the same on every machine.
enum SyntheticPictures {
  private static let side = 28

  /// Pictures of 28x28, light shapes on black, with labels.
  static func garments(count: Int) -> LabelledImages {
    var generator = SplitMix64(seed: 28)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * side * side)
    for _ in 0..<count { pixels += garment(using: &generator) }
    return LabelledImages(
      height: side, width: side, pixels: pixels, labels: (0..<count).map { UInt8($0 % 10) })
  }

  /// An oval with shades and a little noise.
  private static func garment(using generator: inout SplitMix64) -> [UInt8] {
    let height = generator.uniform(6...13)
    let width = generator.uniform(4...12)
    let slope = generator.uniform(-6...6)
    let light = generator.uniform(90...220)
    var pixels = [UInt8](repeating: 0, count: side * side)
    for y in 0..<side {
      for x in 0..<side {
        let dy = (Float(y) - 13.5) / height
        let dx = (Float(x) - 13.5) / width
        guard dy * dy + dx * dx < 1 else { continue }
        let value = light + slope * (dx + dy) * 4 + generator.uniform(-12...12)
        pixels[y * side + x] = UInt8(min(max(value, 1), 255))
      }
    }
    return pixels
  }

  static func writeGarment(to path: String) throws {
    var generator = SplitMix64(seed: 28)
    try saveImage(image(garment(using: &generator)), to: path)
  }

  /// Writes a folder of PNGs, by all threads.
  static func writeGarments(count: Int, to folder: String) throws {
    try createFolder(folder)
    let pictures = garments(count: count)
    let failure = Locked<(any Error)?>(nil)
    parallelFor(count) { index in
      let size = side * side
      let picture = image(Array(pictures.pixels[index * size..<(index + 1) * size]))
      do { try saveImage(picture, to: joinPath(folder, "garment-\(100_000 + index).png")) } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private static func image(_ pixels: [UInt8]) -> RasterImage {
    RasterImage(width: side, height: side, channels: 1, samples: .uint8(pixels))
  }

  /// A picture like a photo: soft light, round things with edges, the noise of a camera. Written as JPEG.
  static func writePhoto(_ size: Extent, to path: String) throws {
    if fileExists(path) { return }
    let rows = Locked([[UInt8]](repeating: [], count: size.height))
    parallelFor(size.height) { y in
      let row = photoRow(y, size)
      rows.withLock { $0[y] = row }
    }
    let samples = rows.withLock { Array($0.joined()) }
    try saveImage(
      RasterImage(width: size.width, height: size.height, channels: 3, samples: .uint8(samples)), to: path)
  }

  /// One row of the photo, RGB.
  private static func photoRow(_ y: Int, _ size: Extent) -> [UInt8] {
    var generator = SplitMix64(seed: UInt64(y))
    var row = [UInt8](repeating: 0, count: 3 * size.width)
    // Everything scales with the width, so that small pictures show the same.
    let scale = 6000 / Float(size.width)
    let v = Float(y) * scale
    for x in 0..<size.width {
      let u = Float(x) * scale
      let light = 110 + 50 * triangle(u / 3000 + v / 5000) + 25 * triangle(u / 900 - v / 1300)
      // A lattice of discs of growing size, and fine stripes in one corner.
      let du = u - (u / 500).rounded() * 500
      let dv = v - (v / 500).rounded() * 500
      let radius = 60 + 140 * triangle(u / 5000 + v / 4000)
      let disc: Float = du * du + dv * dv < radius * radius ? 60 : 0
      let stripes: Float = u > 4200 && v > 2600 ? 18 * triangle(u / 23 + v / 31) : 0
      let noise = generator.uniform(-6...6)
      let colors = (light + disc, light * 0.9 + stripes + disc * 0.4, light * 0.75 - disc * 0.3)
      row[3 * x] = byte(colors.0 + noise)
      row[3 * x + 1] = byte(colors.1 + noise)
      row[3 * x + 2] = byte(colors.2 + noise)
    }
    return row
  }

  private static func byte(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 255)) }

  /// 0 at even numbers, 1 at odd ones, straight between.
  private static func triangle(_ value: Float) -> Float {
    let rest = value - 2 * (value / 2).rounded(.down)
    return rest < 1 ? rest : 2 - rest
  }

  /// The size of the photo as three planes of floats 0...1; what they show does not matter to a filter's speed.
  static func photoTensor(_ size: Extent) -> Tensor {
    var generator = SplitMix64(seed: 24)
    let pattern = (0..<8191).map { _ in generator.unitFloat() }
    return Tensor(shape: Shape(channels: 3, height: size.height, width: size.width)) { out in
      var place = 0
      while place < out.count {
        let count = min(pattern.count, out.count - place)
        for i in 0..<count { out[place + i] = pattern[i] }
        place += count
      }
    }
  }
}
