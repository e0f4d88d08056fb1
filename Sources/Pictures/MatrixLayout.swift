import TensorCore

/// Where the cells and names of a confusion matrix lie.
struct MatrixLayout: Sendable {
  let cellSize: Extent
  let nameWidth: Int
  let isNumbered: Bool
  /// The scale of the numbers: fine strokes are hard to read on shades.
  let numberScale: Int
  private let count: Int
  private let recallWidth = 48
  private let left: Int
  private let top: Int

  init(counts: [[Int]], names: [String]) {
    count = counts.count
    isNumbered = count <= 40
    func widest(_ texts: [String]) -> Int { texts.map { TextSize.width($0, scale: 1) }.max() ?? 0 }
    let longestName = 24 * BitmapFont.advance
    nameWidth = min(max(widest(names), TextSize.width("true", scale: 1)), longestName)
    numberScale = count <= 12 ? 2 : 1
    let numbers = widest(counts.joined().map(String.init)) * numberScale
    cellSize =
      isNumbered
      ? Extent(height: 30, width: max(34, numbers + 10, min(widest(names), longestName) + 8))
      : Extent(max(2, min(12, 1000 / max(1, count))))
    left = nameWidth + 6
    top = isNumbered ? 30 : 16
  }

  /// Of many rows only every so manieth can have its name written.
  var nameStep: Int { max(1, (11 + cellSize.height - 1) / cellSize.height) }
  var width: Int { left + max(60, count * cellSize.width) + (isNumbered ? recallWidth : 0) }
  var height: Int { top + count * cellSize.height }

  func cell(_ row: Int, _ column: Int, _ body: PixelRect) -> PixelRect {
    PixelRect(
      x: body.x + left + column * cellSize.width, y: body.y + top + row * cellSize.height,
      width: cellSize.width, height: cellSize.height)
  }

  /// The box of a line of the recall column.
  func recallBox(y: Int) -> PixelRect {
    PixelRect(
      x: Sheet.margin + left + count * cellSize.width, y: y, width: recallWidth, height: 12)
  }
}
