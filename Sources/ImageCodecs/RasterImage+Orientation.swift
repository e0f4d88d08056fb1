/// What must be done to a stored picture to show it upright; the raw values are EXIF's.
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrorLeftRight = 2
  case rotate180 = 3
  case mirrorTopBottom = 4
  case transpose = 5
  case rotateClockwise = 6
  case transverse = 7
  case rotateCounterclockwise = 8

  /// Whether rows become columns.
  public var swapsAxes: Bool { rawValue >= 5 }

  /// Whether the result's first row lies at the end of the stored rows (or columns, with swapped axes).
  fileprivate var startsAtLastRow: Bool {
    switch self {
    case .rotate180, .mirrorTopBottom, .rotateClockwise, .transverse: true
    case .upright, .mirrorLeftRight, .transpose, .rotateCounterclockwise: false
    }
  }

  /// Whether the result's first pixel lies in the last stored column.
  fileprivate var startsAtLastColumn: Bool {
    switch self {
    case .mirrorLeftRight, .rotate180, .transverse, .rotateCounterclockwise: true
    case .upright, .mirrorTopBottom, .transpose, .rotateClockwise: false
    }
  }
}

extension RasterImage {
  /// The picture turned and mirrored as an EXIF orientation asks.
  ///
  /// - Complexity: O(width * height); free for `.upright`.
  public func oriented(_ orientation: Orientation) -> RasterImage {
    if orientation == .upright { return self }
    let moved: Samples =
      switch samples {
      case .uint8(let values): .uint8(move(values, orientation))
      case .uint16(let values): .uint16(move(values, orientation))
      }
    return RasterImage(
      width: orientation.swapsAxes ? height : width, height: orientation.swapsAxes ? width : height,
      channels: channels, samples: moved)
  }

  private func move<Sample: FixedWidthInteger>(_ values: [Sample], _ orientation: Orientation) -> [Sample] {
    // The stored pixel that becomes the first, and the steps to take in it, in pixels.
    let start =
      (orientation.startsAtLastRow ? (height - 1) * width : 0)
      + (orientation.startsAtLastColumn ? width - 1 : 0)
    let alongRow = orientation.startsAtLastColumn ? -1 : 1
    let alongColumn = orientation.startsAtLastRow ? -width : width
    let columns = orientation.swapsAxes ? height : width
    let rows = orientation.swapsAxes ? width : height
    let stepRight = orientation.swapsAxes ? alongColumn : alongRow
    let stepDown = orientation.swapsAxes ? alongRow : alongColumn
    return [Sample](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { source in
        // In bounds: (row, column) runs over every pixel of the result once, and start + row * stepDown
        // + column * stepRight over every stored one. Bands of rows keep a turned picture's columns cached.
        let band = 32
        for firstRow in stride(from: 0, to: rows, by: band) {
          let rowsOfBand = firstRow..<min(firstRow + band, rows)
          for firstColumn in stride(from: 0, to: columns, by: band) {
            for row in rowsOfBand {
              var from = (start + row * stepDown + firstColumn * stepRight) * channels
              var to = (row * columns + firstColumn) * channels
              for _ in firstColumn..<min(firstColumn + band, columns) {
                for channel in 0..<channels {
                  target.initializeElement(at: to + channel, to: source[from + channel])
                }
                from += stepRight * channels
                to += channels
              }
            }
          }
        }
      }
      count = values.count
    }
  }
}
