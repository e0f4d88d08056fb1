import ImageCodecs

/// A vector as cells with their values in them and their names beneath, such as the classes of a network.
struct NamedCells: Sendable {
  private let values: [Float]
  private let names: [String]
  private let columns: Int
  private let cellWidth: Int

  private static let cellHeight = 16
  private static let rowHeight = cellHeight + 3 + TextSize.lineHeight(scale: 1)
  /// Names of more characters are cut off.
  private static let longestName = 40
  private static let widestRow = 1000

  /// - Precondition: as many names as values.
  init(_ values: [Float], names: [String]) {
    precondition(names.count == values.count, "\(names.count) names for \(values.count) cells")
    self.values = values
    self.names = names
    let texts = names.map { $0.prefix(Self.longestName) } + values.map { Self.text($0)[...] }
    cellWidth = (texts.map { TextSize.width(String($0), scale: 1) }.max() ?? 0) + 6
    columns = max(1, min(values.count, Self.widestRow / cellWidth))
  }

  var width: Int { columns * cellWidth }
  var height: Int { max(1, (values.count + columns - 1) / columns) * Self.rowHeight }

  func draw(_ coloring: ValueColoring, on canvas: inout Canvas, x: Int, y: Int) {
    for (index, value) in values.enumerated() {
      let color = coloring.color(value)
      let cell = PixelRect(
        x: x + index % columns * cellWidth, y: y + index / columns * Self.rowHeight, width: cellWidth,
        height: Self.cellHeight)
      canvas.fill(cell, color)
      canvas.frame(
        PixelRect(x: cell.x - 1, y: cell.y - 1, width: cellWidth + 1, height: cell.height + 2), Palette.frame)
      canvas.draw(Self.text(value), in: cell, alignment: .center, color: color.contrastingText)
      let line = PixelRect(x: cell.x + 2, y: cell.bottom + 3, width: cellWidth - 4, height: 9)
      canvas.draw(names[index], in: line, alignment: .center, color: Palette.ink)
    }
  }

  private static func text(_ value: Float) -> String { formatted(value) }
}
