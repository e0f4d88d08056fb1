import TensorCore

/// A garment's grey in the range that the data set has.
///
/// Grey v becomes `middle + gain (v - median)`, with less gain where the garment's own range of tones would
/// become wider than `span`.
struct GarmentTone {
  let middle: Float
  let gain: Float
  let span: Float

  /// Medians and spreads of garments in the training pictures lie about these.
  static let all = [
    GarmentTone(middle: 0.7, gain: 1, span: 0.4), GarmentTone(middle: 0.5, gain: 1, span: 0.4),
    GarmentTone(middle: 0.8, gain: 0.5, span: 0.3),
  ]

  /// The darkest that a garment gets: the background alone is black.
  private static let darkest: Float = 0.08

  /// - Returns: the tones inside the mask, 0 outside.
  func apply(to grey: [Float], inside mask: Mask) -> [Float] {
    let sorted = grey.indices.filter { mask.values[$0] }.map { grey[$0] }.sorted()
    guard !sorted.isEmpty else { return grey.map { _ in 0 } }
    func percentile(_ share: Double) -> Float { sorted[Int(Double(sorted.count - 1) * share)] }
    let median = percentile(0.5)
    let factor = min(gain, span / max(percentile(0.95) - percentile(0.05), 0.001))
    return grey.indices.map { place in
      guard mask.values[place] else { return 0 }
      return min(max(middle + factor * (grey[place] - median), Self.darkest), 1)
    }
  }
}

/// A garment cut out of its picture, and how it is brought to 28x28.
struct CutOutGarment {
  /// 0...1, as the network shall see it: light is much.
  let grey: [Float]
  let mask: Mask

  /// The garment with the tones of the data set, its longest edge 28 pixels, in the middle of black.
  ///
  /// - Parameter aspect: factor for the width.
  func placed(_ tone: GarmentTone, aspect: Double = 1) -> Tensor {
    let black = Tensor(shape: Shape(channels: 1, height: dataSetSide, width: dataSetSide))
    guard let box = mask.box else { return black }
    let toned = tone.apply(to: grey, inside: mask)
    let crop = Tensor(
      shape: Shape(channels: 1, height: box.rows.count, width: box.columns.count),
      values: box.rows.flatMap { y in box.columns.map { toned[y * mask.extent.width + $0] } })
    let factor = Double(dataSetSide) / max(Double(box.rows.count), Double(box.columns.count) * aspect)
    func scaled(_ size: Double) -> Int { max(1, min(dataSetSide, Int((size * factor).rounded()))) }
    let extent = Extent(
      height: scaled(Double(box.rows.count)), width: scaled(Double(box.columns.count) * aspect))
    return centered(sharpened(resized(crop, to: extent), amount: 0.3), background: 0)
  }

  /// The garment and its picture turned by a quarter.
  var turned: CutOutGarment {
    let old = mask.extent
    let extent = Extent(height: old.width, width: old.height)
    // The new row is the old column, from the right.
    let places = (0..<extent.count).map { place in
      (place % extent.width) * old.width + old.width - 1 - place / extent.width
    }
    return CutOutGarment(
      grey: places.map { grey[$0] }, mask: Mask(extent: extent, values: places.map { mask.values[$0] }))
  }
}

/// The side of the data set's pictures.
let dataSetSide = 28

/// A plane in the middle of 28x28.
func centered(_ grey: Tensor, background: Float) -> Tensor {
  var canvas = Tensor(
    shape: Shape(channels: 1, height: dataSetSide, width: dataSetSide), repeating: background)
  let top = (dataSetSide - grey.shape.height) / 2
  let left = (dataSetSide - grey.shape.width) / 2
  for y in 0..<grey.shape.height {
    for x in 0..<grey.shape.width { canvas[0, 0, top + y, left + x] = grey[0, 0, y, x] }
  }
  return canvas
}

/// Every row from right to left.
func mirrored(_ plane: Tensor) -> Tensor {
  let width = plane.shape.width
  return Tensor(
    shape: plane.shape,
    values: plane.values.indices.map { plane.values[$0 / width * width + width - 1 - $0 % width] })
}
