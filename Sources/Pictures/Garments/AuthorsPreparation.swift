import TensorCore

/// A picture prepared as the data set's authors did: trimmed of what is like the corners (within 5 % of the
/// colour range), the longest edge made 28 pixels, sharpened with a Gaussian of radius and deviation 1, put into
/// the middle of 28x28, and turned into its negative where the corners are light.
///
/// They skipped pixels to make pictures smaller; here the pixels of an area are averaged, which keeps thin lines
/// of large photos. Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST", arXiv:1708.07747, figure 1.
struct AuthorsPreparation {
  /// Shape [1, 1, 28, 28], values 0...1.
  let tensor: Tensor
  let isInverted: Bool
  /// The part of the picture that was left after trimming.
  let trimmed: Extent

  /// What counts as close to the corners: 5 % of the largest distance between two colours.
  private static let closeness: Float = 0.05

  /// - Parameter color: shape [1, 3, height, width], values 0...1.
  init(_ color: Tensor, invert: InvertMode) {
    let corner = Self.cornerColor(color)
    let luma = Self.luma(corner)
    isInverted = Self.isInverted(cornerLuma: luma, invert)
    let box = Self.contentBox(color, corner: corner)
    trimmed = Extent(height: box.rows.count, width: box.columns.count)
    let grey = Self.grey(color, rows: box.rows, columns: box.columns)
    let placed = centered(sharpened(shrunk(grey, longestEdge: dataSetSide)), background: luma)
    tensor = isInverted ? placed.map { 1 - $0 } : placed
  }

  static func luma(_ color: [Float]) -> Float { 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] }

  /// A light background means that light and dark are the wrong way round.
  static func isInverted(cornerLuma: Float, _ invert: InvertMode) -> Bool {
    invert == .yes || (invert == .auto && cornerLuma > 0.5)
  }

  /// For each channel the mean of the middle two of the four corners.
  static func cornerColor(_ color: Tensor) -> [Float] {
    let bottom = color.shape.height - 1
    let right = color.shape.width - 1
    return (0..<3).map { index in
      let channel = min(index, color.shape.channels - 1)
      let values = [
        color[0, channel, 0, 0], color[0, channel, 0, right], color[0, channel, bottom, 0],
        color[0, channel, bottom, right],
      ].sorted()
      return (values[1] + values[2]) / 2
    }
  }

  /// The rows and columns between the outermost pixels that are not like the corners; all when every pixel is.
  private static func contentBox(
    _ color: Tensor, corner: [Float]
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let shape = color.shape
    var top = shape.height
    var bottom = -1
    var left = shape.width
    var right = -1
    let limit = closeness * closeness * 3
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        var distance: Float = 0
        for c in 0..<3 {
          let difference = color[0, c, y, x] - corner[c]
          distance += difference * difference
        }
        if distance > limit {
          top = min(top, y)
          bottom = y
          left = min(left, x)
          right = max(right, x)
        }
      }
    }
    if bottom < top { return (0..<shape.height, 0..<shape.width) }
    return (top..<bottom + 1, left..<right + 1)
  }

  private static func grey(_ color: Tensor, rows: Range<Int>, columns: Range<Int>) -> Tensor {
    let shape = Shape(channels: 1, height: rows.count, width: columns.count)
    return Tensor(shape: shape) { out in
      var place = 0
      for y in rows {
        for x in columns {
          out[place] =
            0.299 * color[0, 0, y, x] + 0.587 * color[0, 1, y, x] + 0.114 * color[0, 2, y, x]
          place += 1
        }
      }
    }
  }
}

/// A plane whose longest edge becomes `longestEdge`, the other in proportion and at least 1.
func shrunk(_ plane: Tensor, longestEdge: Int) -> Tensor {
  let longest = max(plane.shape.height, plane.shape.width)
  func scaled(_ size: Int) -> Int {
    max(1, min(longestEdge, Int((Double(size * longestEdge) / Double(longest)).rounded())))
  }
  return resized(plane, to: Extent(height: scaled(plane.shape.height), width: scaled(plane.shape.width)))
}

/// A plane with its edges strengthened, cut to 0...1: the difference to a Gaussian of deviation 1 on 3x3 pixels
/// is added. With an amount of 1 that is ImageMagick's `-sharpen 1x1`.
func sharpened(_ plane: Tensor, amount: Float = 1) -> Tensor {
  let shape = plane.shape
  let weights = (-1...1).map { y in (-1...1).map { x in Float(exponent(Double(y * y + x * x))) } }
  let sum = weights.joined().reduce(0, +)
  var result = plane
  for y in 0..<shape.height {
    for x in 0..<shape.width {
      var blurred: Float = 0
      for dy in -1...1 {
        for dx in -1...1 {
          let row = min(max(y + dy, 0), shape.height - 1)
          let column = min(max(x + dx, 0), shape.width - 1)
          blurred += weights[dy + 1][dx + 1] * plane[0, 0, row, column]
        }
      }
      let value = plane[0, 0, y, x]
      result[0, 0, y, x] = min(max(value + amount * (value - blurred / sum), 0), 1)
    }
  }
  return result
}

/// e^(-r2 / 2) for squared distances 0, 1 and 2.
private func exponent(_ squaredDistance: Double) -> Double {
  switch squaredDistance {
  case 0: 1
  case 1: 0.606_530_659_712_633_4
  default: 0.367_879_441_171_442_3
  }
}
