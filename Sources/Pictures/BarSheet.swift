import ImageCodecs

/// Named numbers as bars from zero, a row each, with small print beneath.
public struct BarSheet: Sendable {
  public var title: String
  public var names: [String]
  /// As many as names.
  public var values: [Float]
  /// Lines under the bars.
  public var notes: [String]

  public init(title: String, names: [String], values: [Float], notes: [String] = []) {
    precondition(names.count == values.count, "\(names.count) names for \(values.count) bars")
    self.title = title
    self.names = names
    self.values = values
    self.notes = notes
  }

  public func render() -> RasterImage {
    let scale = values.count <= 16 ? 2 : 1
    let numbers = values.map { formatted($0, significantDigits: 4) }
    func widest(_ texts: [String]) -> Int { texts.map { TextSize.width($0, scale: scale) }.max() ?? 0 }
    let statistics = ValueStatistics(values)
    let isSigned = (statistics.minimum ?? 0) < 0
    let range = ValueRange(covering: statistics, symmetric: isSigned)
    let chart = BarChart(
      values: values, coloring: ValueColoring(map: isSigned ? .rdBu : .viridis, range: range),
      scaleRange: isSigned ? nil : range, width: 260)
    let nameWidth = widest(names)
    let rowHeight = 13 * scale
    let sheet = Sheet(
      title: title, bodyWidth: nameWidth + 16 + chart.width + 8 + widest(numbers),
      bodyHeight: values.count * rowHeight, footer: notes)
    return sheet.render { canvas, body in
      for (row, value) in values.enumerated() {
        var box = PixelRect(x: body.x, y: body.y + row * rowHeight, width: nameWidth, height: rowHeight)
        canvas.draw(names[row], in: box, alignment: .right, scale: scale, color: Palette.ink)
        box.x += nameWidth + 8
        box.width = chart.width
        chart.draw(value, on: &canvas, in: box)
        box.x += chart.width + 8
        box.width = widest(numbers)
        canvas.draw(numbers[row], in: box, alignment: .right, scale: scale, color: Palette.mutedInk)
      }
    }
  }
}
