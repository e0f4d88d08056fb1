import ImageCodecs
import TensorCore

/// Whether a picture is turned into its negative before a network sees it.
public enum InvertMode: String, Sendable, CaseIterable {
  /// When the background is light, because the data set has light garments on black.
  case auto
  case yes
  case no
}

/// A picture brought to the form in which Fashion-MNIST shows garments: 28x28, grey, light on dark.
///
/// The data set's authors trimmed what is like the corners (within 5 % of the colour range), made the longest
/// edge 28 pixels, sharpened with a Gaussian of radius and deviation 1, put the result into the middle of
/// 28x28, and took the negative. Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST", arXiv:1708.07747, figure 1.
/// They skipped pixels to make pictures smaller; here the pixels of an area are averaged, which keeps thin
/// lines of large photos. Transparent pictures are laid on white.
///
/// A grey picture that is 28x28 already is only inverted, if at all.
public struct GarmentPicture: Sendable {
  /// Shape [1, 1, 28, 28], values 0...1.
  public let tensor: Tensor
  public let isInverted: Bool
  /// The part of the picture that was left after trimming; `nil` where nothing was changed but the signs.
  public let trimmed: Extent?
  /// The size of the picture as it came.
  public let original: Extent

  private static let side = 28
  /// What counts as close to the corners: 5 % of the largest distance between two colours.
  private static let closeness: Float = 0.05

  public init(_ image: RasterImage, invert: InvertMode = .auto) {
    original = Extent(height: image.height, width: image.width)
    // Pictures of the data set itself come by the thousand: they need no colours.
    let isPlane = image.channels == 1 && original == Extent(Self.side)
    let color = Tensor(image: image, mode: isPlane ? .gray : .rgb, background: .white)
    let isReady = isPlane || (original == Extent(Self.side) && Self.isGrey(color))
    let corner = Self.cornerColor(color)
    let luma = 0.299 * corner[0] + 0.587 * corner[1] + 0.114 * corner[2]
    isInverted = invert == .yes || (invert == .auto && luma > 0.5)
    var grey: Tensor
    if isReady {
      trimmed = nil
      grey = isPlane ? color : color.channel(0)
    } else {
      let box = Self.contentBox(color, corner: corner)
      trimmed = Extent(height: box.rows.count, width: box.columns.count)
      grey = Self.grey(color, rows: box.rows, columns: box.columns)
      grey = sharpened(shrunk(grey, longestEdge: Self.side))
      grey = Self.centered(grey, background: luma)
    }
    tensor = isInverted ? grey.map { 1 - $0 } : grey
  }

  /// What was done, in a few words: `trimmed to 310x200, inverted`.
  public var decisions: String {
    var parts: [String] = []
    if let trimmed {
      parts.append(trimmed == original ? "nothing to trim" : "trimmed to \(trimmed.width)x\(trimmed.height)")
    } else {
      parts.append("28x28 as it is")
    }
    parts.append(isInverted ? "inverted" : "not inverted")
    return parts.joined(separator: ", ")
  }

  private static func isGrey(_ color: Tensor) -> Bool {
    color.plane(0) == color.plane(1) && color.plane(1) == color.plane(2)
  }

  /// For each channel the mean of the middle two of the four corners.
  private static func cornerColor(_ color: Tensor) -> [Float] {
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

  private static func centered(_ grey: Tensor, background: Float) -> Tensor {
    var canvas = Tensor(shape: Shape(channels: 1, height: side, width: side), repeating: background)
    let top = (side - grey.shape.height) / 2
    let left = (side - grey.shape.width) / 2
    for y in 0..<grey.shape.height {
      for x in 0..<grey.shape.width { canvas[0, 0, top + y, left + x] = grey[0, 0, y, x] }
    }
    return canvas
  }
}

/// A plane whose longest edge becomes `longestEdge`, the other in proportion and at least 1.
private func shrunk(_ plane: Tensor, longestEdge: Int) -> Tensor {
  let longest = max(plane.shape.height, plane.shape.width)
  func scaled(_ size: Int) -> Int {
    max(1, min(longestEdge, Int((Double(size * longestEdge) / Double(longest)).rounded())))
  }
  return resized(plane, to: Extent(height: scaled(plane.shape.height), width: scaled(plane.shape.width)))
}

/// A plane with its edges strengthened: twice the picture less a Gaussian of deviation 1 on 3x3 pixels, as
/// ImageMagick's `-sharpen 1x1`, cut to 0...1.
private func sharpened(_ plane: Tensor) -> Tensor {
  let shape = plane.shape
  let weights = (-1...1).map { y in (-1...1).map { x in Float(exponent(Double(y * y + x * x))) } }
  let sum = weights.joined().reduce(0, +)
  var result = plane
  for y in 0..<shape.height {
    for x in 0..<shape.width {
      var value = 2 * sum * plane[0, 0, y, x]
      for dy in -1...1 {
        for dx in -1...1 {
          let row = min(max(y + dy, 0), shape.height - 1)
          let column = min(max(x + dx, 0), shape.width - 1)
          value -= weights[dy + 1][dx + 1] * plane[0, 0, row, column]
        }
      }
      result[0, 0, y, x] = min(max(value / sum, 0), 1)
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
