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
    let path = Path(width: width, height: height, orientation: orientation)
    return [Sample](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { source in
        // With a constant number of channels the copy is about twice as fast.
        switch channels {
        case 1: path.copy(source, to: target, channels: 1)
        case 2: path.copy(source, to: target, channels: 2)
        case 3: path.copy(source, to: target, channels: 3)
        default: path.copy(source, to: target, channels: 4)
        }
      }
      count = values.count
    }
  }
}

/// The way through the stored pixels that meets them in the order of the upright picture.
private struct Path {
  /// The size of the upright picture.
  let columns: Int
  let rows: Int
  /// The stored pixel that becomes the first, and the steps from one to the next, in pixels.
  let start: Int
  let stepRight: Int
  let stepDown: Int

  init(width: Int, height: Int, orientation: Orientation) {
    let alongRow = orientation.startsAtLastColumn ? -1 : 1
    let alongColumn = orientation.startsAtLastRow ? -width : width
    let swaps = orientation.swapsAxes
    columns = swaps ? height : width
    rows = swaps ? width : height
    start =
      (orientation.startsAtLastRow ? (height - 1) * width : 0)
      + (orientation.startsAtLastColumn ? width - 1 : 0)
    stepRight = swaps ? alongColumn : alongRow
    stepDown = swaps ? alongRow : alongColumn
  }

  /// Copies all pixels, square by square, so that a turned picture's columns stay in the cache.
  ///
  /// In bounds: row and column run over every pixel of the target once, and
  /// start + row * stepDown + column * stepRight over every one of the source.
  @inline(__always)
  func copy<Sample>(
    _ source: UnsafeBufferPointer<Sample>, to target: UnsafeMutableBufferPointer<Sample>, channels: Int
  ) {
    let side = 32
    for top in stride(from: 0, to: rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        let right = min(left + side, columns)
        for row in top..<min(top + side, rows) {
          var from = (start + row * stepDown + left * stepRight) * channels
          for to in stride(
            from: (row * columns + left) * channels, to: (row * columns + right) * channels, by: channels)
          {
            for channel in 0..<channels {
              target.initializeElement(at: to + channel, to: source[from + channel])
            }
            from += stepRight * channels
          }
        }
      }
    }
  }
}
