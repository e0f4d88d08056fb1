/// A plane of values, row by row.
struct Plane: Sendable {
  var width: Int
  var height: Int
  var values: [Float]

  /// The means of squares of `factor` x `factor` values; the last ones of a row or column may hold fewer.
  ///
  /// A square with a NaN or infinity in it is not finite either.
  func reduced(by factor: Int) -> Plane {
    if factor <= 1 { return self }
    let columns = (width + factor - 1) / factor
    let rows = (height + factor - 1) / factor
    var means: [Float] = []
    means.reserveCapacity(columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        means.append(mean(row * factor, column * factor, factor))
      }
    }
    return Plane(width: columns, height: rows, values: means)
  }

  private func mean(_ top: Int, _ left: Int, _ factor: Int) -> Float {
    let bottom = min(height, top + factor)
    let right = min(width, left + factor)
    var sum = 0.0
    for y in top..<bottom {
      for x in left..<right { sum += Double(values[y * width + x]) }
    }
    return Float(sum / Double((bottom - top) * (right - left)))
  }
}
