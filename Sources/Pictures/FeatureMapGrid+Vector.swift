import ImageCodecs
import TensorCore

extension FeatureMapGrid {
  /// Vectors [1, features, 1, 1]: bars as long as they can be read one by one, else cells.
  func vectorSheet(_ layer: LayerColoring) -> RasterImage {
    let count = maps.shape.channels
    return count <= (labels == nil ? 32 : 64) ? barSheet(layer) : cellSheet(layer)
  }

  /// One row a feature: its name, a bar from zero, its value.
  private func barSheet(_ layer: LayerColoring) -> RasterImage {
    let values = maps.values
    let scale = values.count <= 16 ? 2 : 1
    let names = values.indices.map { label($0) ?? "\($0)" }
    let numbers = values.map { formatted($0) }
    func widest(_ texts: [String]) -> Int { texts.map { TextSize.width($0, scale: scale) }.max() ?? 0 }
    let nameWidth = min(widest(names), 36 * BitmapFont.advance)
    let rowHeight = 13 * scale
    let chart = BarChart(
      values: values, coloring: ValueColoring(map: layer.map, range: layer.range), scaleRange: layer.range,
      width: 260)
    let sheet = Sheet(
      title: title, bodyWidth: nameWidth + 16 + chart.width + 8 + widest(numbers),
      bodyHeight: values.count * rowHeight, footer: layer.footer)
    return sheet.render { canvas, body in
      for (i, value) in values.enumerated() {
        var box = PixelRect(x: body.x, y: body.y + i * rowHeight, width: nameWidth, height: rowHeight)
        canvas.draw(names[i], in: box, alignment: .right, scale: scale, color: Palette.ink)
        box.x += nameWidth + 8
        box.width = chart.width
        chart.draw(value, on: &canvas, in: box)
        box.x += chart.width + 8
        box.width = widest(numbers)
        let color = value.isFinite ? Palette.mutedInk : Palette.notFinite
        canvas.draw(numbers[i], in: box, alignment: .right, scale: scale, color: color)
      }
    }
  }

  /// Numbered cells row by row; without numbers where there are thousands.
  private func cellSheet(_ layer: LayerColoring) -> RasterImage {
    let values = maps.values
    let cells = VectorCells(values: values, columns: columns)
    let coloring = ValueColoring(map: layer.map, range: layer.range)
    var sheet = Sheet(
      title: title, bodyWidth: cells.width, bodyHeight: cells.height,
      colorBar: coloring.range.map { ColorBar(map: coloring.map, range: $0) }, footer: layer.footer)
    sheet.footer.append(cells.note)
    return sheet.render { canvas, body in
      for (i, value) in values.enumerated() {
        cells.draw(i, coloring.color(value), on: &canvas, body)
      }
      cells.drawRowStarts(on: &canvas, body)
    }
  }
}

/// Bars to the left and right of zero.
struct BarChart: Sendable {
  let coloring: ValueColoring
  let width: Int
  private let lower: Float
  private let upper: Float

  /// Zero always lies on the axis, so that the length of a bar is the size of its value.
  init(values: [Float], coloring: ValueColoring, scaleRange: ValueRange?, width: Int) {
    self.coloring = coloring
    self.width = width
    let statistics = ValueStatistics(values)
    var low = min(0, statistics.minimum ?? 0)
    var high = max(0, statistics.maximum ?? 0)
    if let scaleRange {
      low = min(0, scaleRange.lowerBound)
      high = max(0, scaleRange.upperBound)
    }
    lower = low
    upper = high > low ? high : low + 1
  }

  func draw(_ value: Float, on canvas: inout Canvas, in box: PixelRect) {
    let inner = PixelRect(x: box.x, y: box.y + 1, width: box.width, height: box.height - 2)
    let zero = position(0, inner)
    let end = value.isFinite ? position(value, inner) : zero + 3
    let left = min(zero, end)
    let bar = PixelRect(x: left, y: inner.y, width: max(zero, end) - left, height: inner.height)
    canvas.fill(inner, Palette.gridLine)
    canvas.fill(bar, coloring.range == nil ? Palette.series[0] : coloring.color(value))
    // Bars near zero have nearly the colour of the paper.
    if bar.width > 2 { canvas.frame(bar, Palette.mutedInk) }
    canvas.fill(PixelRect(x: zero, y: box.y, width: 1, height: box.height), Palette.ink)
  }

  private func position(_ value: Float, _ box: PixelRect) -> Int {
    let inside = Double(min(max(value, lower), upper))
    let share = (inside - Double(lower)) / (Double(upper) - Double(lower))
    return box.x + Int((share * Double(box.width - 1)).rounded())
  }
}

/// The cells of a long vector.
struct VectorCells: Sendable {
  let count: Int
  let columns: Int
  private let cellWidth: Int
  private let cellHeight: Int
  private let rowLabelWidth: Int
  private let texts: [String]

  init(values: [Float], columns: Int?) {
    count = values.count
    let isNumbered = count <= 2048
    texts = isNumbered ? values.map { formatted($0) } : []
    let widest = texts.map { TextSize.width($0, scale: 1) }.max() ?? 0
    cellWidth = isNumbered ? max(40, widest + 8) : count <= 65536 ? 8 : 4
    cellHeight = isNumbered ? 26 : cellWidth
    // Rows of a round number of cells are easier to count in.
    let usual = isNumbered ? (count <= 400 ? 10 : 20) : count <= 65536 ? 200 : 400
    self.columns = max(1, min(columns ?? usual, count))
    rowLabelWidth = isNumbered ? 0 : TextSize.width(String(count), scale: 1) + 6
  }

  private var rows: Int { (count + columns - 1) / columns }
  private var isNumbered: Bool { rowLabelWidth == 0 }
  var width: Int { rowLabelWidth + columns * cellWidth }
  var height: Int { rows * cellHeight }
  var note: String {
    isNumbered ? "in each cell: index, value" : "\(columns) values a row; at the left the index of the first"
  }

  func draw(_ index: Int, _ color: RGBColor, on canvas: inout Canvas, _ body: PixelRect) {
    let cell = PixelRect(
      x: body.x + rowLabelWidth + index % columns * cellWidth,
      y: body.y + index / columns * cellHeight, width: cellWidth, height: cellHeight)
    guard isNumbered else { return canvas.fill(cell, color) }
    canvas.fill(cell.inset(1), color)
    canvas.frame(cell.inset(1), Palette.frame)
    let ink = color.contrastingText
    var line = PixelRect(x: cell.x + 3, y: cell.y + 3, width: cellWidth - 6, height: 10)
    canvas.draw("\(index)", in: line, color: color.mixed(with: ink, amount: 0.85))
    line.y += 10
    canvas.draw(texts[index], in: line, alignment: .right, color: ink)
  }

  /// The index of the first cell of every few rows.
  func drawRowStarts(on canvas: inout Canvas, _ body: PixelRect) {
    if isNumbered { return }
    let step = (12 + cellHeight - 1) / cellHeight
    for row in stride(from: 0, to: rows, by: step) {
      let box = PixelRect(x: body.x, y: body.y + row * cellHeight, width: rowLabelWidth - 4, height: 8)
      canvas.draw("\(row * columns)", in: box, alignment: .right, color: Palette.mutedInk)
    }
  }
}
