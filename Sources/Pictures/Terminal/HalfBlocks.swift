import ImageCodecs
import TensorCore

/// Pixels as characters of a terminal with 24-bit colour: an upper half block is two pixels, one above the other.
struct HalfBlocks {
  /// Lines of text, each ending in a reset of the colours; every column is a pixel.
  let lines: [String]

  private static let escape = "\u{1b}["
  private static let reset = "\u{1b}[0m"

  /// - Parameters:
  ///   - colors: row by row; the last row of an odd number has nothing beneath it.
  ///   - columns: the width of a row, at least 1.
  init(_ colors: [RGBColor], columns: Int) {
    let rows = (colors.count + columns - 1) / columns
    lines = stride(from: 0, to: rows, by: 2).map { row in
      var line = ""
      var upperBefore: RGBColor?
      var lowerBefore: RGBColor?
      for x in 0..<columns {
        let index = row * columns + x
        guard index < colors.count else { break }
        let upper = colors[index]
        let lower = index + columns < colors.count ? colors[index + columns] : nil
        // Colours stay until they are changed.
        if upper != upperBefore { line += HalfBlocks.escape + "38;2;\(HalfBlocks.text(upper))m" }
        if let lower {
          if lower != lowerBefore { line += HalfBlocks.escape + "48;2;\(HalfBlocks.text(lower))m" }
        } else if lowerBefore != nil {
          line += HalfBlocks.escape + "49m"
        }
        (upperBefore, lowerBefore) = (upper, lower)
        line += "\u{2580}"
      }
      return line + HalfBlocks.reset
    }
  }

  private static func text(_ color: RGBColor) -> String { "\(color.red);\(color.green);\(color.blue)" }

  /// A full block in a colour.
  static func bar(_ color: RGBColor, length: Int) -> String {
    length == 0 ? "" : escape + "38;2;\(text(color))m" + String(repeating: "\u{2588}", count: length) + reset
  }
}

extension RasterImage {
  /// The picture in characters for a terminal with 24-bit colour: shrunk, where it must be, to `columns` pixels, two
  /// rows of which are a line. Transparent parts show white.
  public func halfBlocks(columns: Int) -> String {
    let small = fitted(width: columns)
    return HalfBlocks(small.colors, columns: small.width).lines.joined(separator: "\n")
  }

  /// The picture in 8-bit RGB, not wider than `width`.
  func fitted(width limit: Int) -> RasterImage {
    let wanted = min(width, max(1, limit))
    let tall = max(1, Int((Double(height) * Double(wanted) / Double(width)).rounded()))
    let tensor = Tensor(image: self, mode: .rgb, background: .white)
    let small = wanted == width ? tensor : resized(tensor, to: Extent(height: tall, width: wanted))
    let samples = (0..<small.shape.planeCount).flatMap { i in
      (0..<3).map { UInt8((min(max(small.values[$0 * small.shape.planeCount + i], 0), 1) * 255).rounded()) }
    }
    return RasterImage(
      width: wanted, height: small.shape.height, channels: 3, samples: .uint8(samples))
  }

  /// The colours of a picture of 8-bit RGB, row by row.
  var colors: [RGBColor] {
    guard case .uint8(let samples) = samples, channels == 3 else { return [] }
    return stride(from: 0, to: samples.count, by: 3).map {
      RGBColor(samples[$0], samples[$0 + 1], samples[$0 + 2])
    }
  }
}
