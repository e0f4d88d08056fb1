import TensorCore

/// A picture that is changed in place: `height` x `width` bytes, row by row.
struct PictureBytes {
  let start: UnsafeMutablePointer<UInt8>
  let height: Int
  let width: Int

  var count: Int { height * width }
}

/// A small affine change of form about the middle of a picture, as garments differ in proportions and lie
/// askew: each axis scaled by 0.75...1.1, sheared and turned by up to 0.12 (about 7 degrees).
struct Warp {
  /// Where a new pixel's value comes from: (dx, dy) from the middle is read at (xx dx + xy dy, yx dx + yy dy).
  let xx: Float
  let xy: Float
  let yx: Float
  let yy: Float

  init(xx: Float, xy: Float, yx: Float, yy: Float) {
    self.xx = xx
    self.xy = xy
    self.yx = yx
    self.yy = yy
  }

  init(using generator: inout SplitMix64) {
    xx = 1 / generator.uniform(0.75...1.1)
    yy = 1 / generator.uniform(0.75...1.1)
    let turn = generator.uniform(-0.12...0.12)
    let shear = generator.uniform(-0.06...0.06)
    xy = shear - turn
    yx = shear + turn
  }

  /// Bilinear between pixels; 0 outside.
  func apply(to picture: PictureBytes) {
    // A copy with a black frame of one pixel, so that every place within reach has four neighbours.
    let stride = picture.width + 2
    withUnsafeTemporaryAllocation(of: Float.self, capacity: stride * (picture.height + 2)) { framed in
      framed.update(repeating: 0)
      for y in 0..<picture.height {
        for x in 0..<picture.width {
          framed[(y + 1) * stride + x + 1] = Float(picture.start[y * picture.width + x])
        }
      }
      guard let source = framed.baseAddress else { return }
      for y in 0..<picture.height { writeRow(y, of: picture, from: source, stride: stride) }
    }
  }

  private func writeRow(
    _ y: Int, of picture: PictureBytes, from framed: UnsafePointer<Float>, stride: Int
  ) {
    let middleX = Float(picture.width - 1) / 2
    let middleY = Float(picture.height - 1) / 2
    let dy = Float(y) - middleY
    // In the frame's coordinates; what lies further out than the frame is read in its black.
    let startX = middleX + 1 + xy * dy
    let startY = middleY + 1 + yy * dy
    let right = Float(picture.width) + 0.999
    let bottom = Float(picture.height) + 0.999
    for x in 0..<picture.width {
      let dx = Float(x) - middleX
      let fromX = min(max(startX + xx * dx, 0), right)
      let fromY = min(max(startY + yx * dx, 0), bottom)
      let left = Int(fromX)
      let top = Int(fromY)
      let shareX = fromX - Float(left)
      let shareY = fromY - Float(top)
      let place = framed + top * stride + left
      let above = place[0] + (place[1] - place[0]) * shareX
      let below = place[stride] + (place[stride + 1] - place[stride]) * shareX
      picture.start[y * picture.width + x] = UInt8(above + (below - above) * shareY + 0.5)
    }
  }
}

/// Another brightness and contrast of a garment, as light and cloth differ; black stays black.
///
/// A value v in 0...1 becomes `low + (high - low) (v + bend v (1 - v))`. The curve sets in over the first 8 %,
/// so that soft edges stay soft.
struct ToneCurve {
  let bend: Float
  let low: Float
  let high: Float

  init(using generator: inout SplitMix64) {
    bend = generator.uniform(-0.7...0.7)
    low = generator.uniform(0...0.4)
    high = generator.uniform(0.6...1)
  }

  func apply(to picture: PictureBytes) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { table in
      for value in 0..<256 {
        let v = Float(value) / 255
        let curved = low + (high - low) * (v + bend * v * (1 - v))
        let share = min(1, v / 0.08)
        table[value] = UInt8(255 * (v + (curved - v) * share) + 0.5)
      }
      for i in 0..<picture.count { picture.start[i] = table[Int(picture.start[i])] }
    }
  }
}

/// A rectangle of one grey, as a mask leaves pieces of a background or loses pieces of a garment.
///
/// Half of them are black. Sides are 1/10 to 1/3 of the picture's.
struct Patch {
  let rows: Range<Int>
  let columns: Range<Int>
  let value: UInt8

  init(in picture: PictureBytes, using generator: inout SplitMix64) {
    rows = Self.range(picture.height, &generator)
    columns = Self.range(picture.width, &generator)
    let isHole = generator.index(below: 2) == 0
    let grey = UInt8(30 + generator.index(below: 200))
    value = isHole ? 0 : grey
  }

  private static func range(_ side: Int, _ generator: inout SplitMix64) -> Range<Int> {
    let shortest = max(1, side / 10)
    let length = shortest + generator.index(below: max(1, side / 3 - shortest + 1))
    let first = generator.index(below: side - length + 1)
    return first..<first + length
  }

  func apply(to picture: PictureBytes) {
    for y in rows {
      (picture.start + y * picture.width + columns.lowerBound).update(repeating: value, count: columns.count)
    }
  }
}
