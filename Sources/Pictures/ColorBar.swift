/// A strip of a colour map's colours with the values that they stand for written beneath.
struct ColorBar: Sendable {
  var map: ColorMap
  var range: ValueRange

  /// The scale of the text; strip and marks grow with it.
  var scale: Int = 1

  private var height: Int { 10 * scale }
  /// The strip, its marks and the numbers.
  var totalHeight: Int { height + 5 * scale + TextSize.height(scale: scale) }

  /// The values written: both ends and, if it lies well inside, zero; else the middle.
  var ticks: [Float] {
    let lower = range.lowerBound
    let upper = range.upperBound
    let width = upper - lower
    if lower < 0 && upper > 0 {
      return min(-lower, upper) > width / 5 ? [lower, 0, upper] : [lower, upper]
    }
    return width.isFinite ? [lower, lower + width / 2, upper] : [lower, upper]
  }

  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let coloring = ValueColoring(map: map, range: range)
    for column in 0..<width {
      let share = Double(column) / Double(max(1, width - 1))
      let low = Double(range.lowerBound)
      let value = Float(low + share * (Double(range.upperBound) - low))
      canvas.fill(PixelRect(x: x + column, y: y, width: 1, height: height), coloring.color(value))
    }
    canvas.frame(
      PixelRect(x: x - 1, y: y - 1, width: width + 2, height: height + 2), Palette.frame)
    for tick in ticks { drawTick(tick, on: &canvas, x: x, y: y + height, width: width) }
  }

  private func drawTick(_ value: Float, on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let share = range.position(of: value, diverging: false)
    let position = x + Int((share * Float(width - 1)).rounded())
    canvas.fill(PixelRect(x: position, y: y, width: scale, height: 3 * scale), Palette.mutedInk)
    let text = range.text(value)
    let textWidth = TextSize.width(text, scale: scale)
    // The numbers at the ends stay within the strip.
    let left = min(max(position - textWidth / 2, x), x + width - textWidth)
    canvas.draw(text, x: left, y: y + 5 * scale, scale: scale, color: Palette.ink)
  }
}
