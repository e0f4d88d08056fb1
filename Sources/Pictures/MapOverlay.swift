import TensorCore

/// A picture beneath feature maps, and where their values belong on it.
public struct MapOverlay: Sendable {
  /// The picture in grey: shape [1, 1, height, width], values 0...1.
  public let picture: Tensor
  /// The row and column of the picture that value (0, 0) of a map is about; halves lie between pixels.
  public let startY: Double
  public let startX: Double
  /// How many rows and columns lie between neighbouring values.
  public let stepY: Int
  public let stepX: Int

  /// - Parameter picture: one example; colours are put together to their luma.
  public init(picture: Tensor, startY: Double, startX: Double, stepY: Int, stepX: Int) {
    precondition(stepY > 0 && stepX > 0, "values \(stepY) rows and \(stepX) columns apart")
    self.picture = luma(of: picture)
    self.startY = startY
    self.startX = startX
    self.stepY = stepY
    self.stepX = stepX
  }

  /// The share of a colour over the picture for the strongest value; weaker ones let more of it through.
  private static let strongest: Float = 0.85

  /// The picture with a map over it, `reduction` pixels each way as one.
  ///
  /// Every pixel has the colour of the nearest value, none beyond the map's outermost cells.
  func colors(of map: Plane, _ coloring: ValueColoring, reduction: Int) -> [RGBColor] {
    let shape = picture.shape
    let rows = cells(shape.height, start: startY, step: stepY)
    let columns = cells(shape.width, start: startX, step: stepX)
    var spread: [Float] = []
    spread.reserveCapacity(shape.planeCount)
    for row in rows {
      let line = min(max(row, 0), map.height - 1) * map.width
      for column in columns { spread.append(map.values[line + min(max(column, 0), map.width - 1)]) }
    }
    let values = Plane(width: shape.width, height: shape.height, values: spread).reduced(by: reduction)
    let under = Plane(width: shape.width, height: shape.height, values: picture.values).reduced(by: reduction)
    return values.values.indices.map { i in
      let y = min(i / values.width * reduction + reduction / 2, shape.height - 1)
      let x = min(i % values.width * reduction + reduction / 2, shape.width - 1)
      let gray = ColorMap.gray.color(at: under.values[i])
      guard rows[y] >= 0, rows[y] < map.height, columns[x] >= 0, columns[x] < map.width else { return gray }
      return gray.mixed(
        with: coloring.color(values.values[i]), amount: Self.strongest * coloring.strength(values.values[i]))
    }
  }

  /// For every row or column of the picture the nearest of a map; outside the map where there is none.
  private func cells(_ size: Int, start: Double, step: Int) -> [Int] {
    (0..<size).map { Int(((Double($0) - start) / Double(step) + 0.5).rounded(.down)) }
  }
}

extension ValueColoring {
  /// How far a value's colour is from the one that stands for nothing, 0...1: from zero where the map is diverging,
  /// else from the lowest. What is not finite is strongest, to be seen.
  fileprivate func strength(_ value: Float) -> Float {
    guard value.isFinite else { return 1 }
    guard let range else { return 0 }
    let position = range.position(of: value, diverging: map.isDiverging)
    return map.isDiverging ? abs(2 * position - 1) : position
  }
}

/// The brightness (luma, Rec. 601) of one example of a picture: [1, 1, height, width].
func luma(of picture: Tensor) -> Tensor {
  let shares: [Float] = picture.shape.channels == 3 ? [0.299, 0.587, 0.114] : [1]
  var values = [Float](repeating: 0, count: picture.shape.planeCount)
  for (channel, share) in shares.enumerated() {
    for (i, value) in picture.plane(channel).enumerated() { values[i] += share * value }
  }
  return Tensor(
    shape: Shape(channels: 1, height: picture.shape.height, width: picture.shape.width), values: values)
}
