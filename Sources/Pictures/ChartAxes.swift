/// The axes of a chart with their names, numbers and grid lines, which are those of the left axis.
struct ChartAxes: Sendable {
  let horizontal: AxisTicks
  let vertical: AxisTicks
  /// The axis at the right, where there is one.
  let right: AxisTicks?
  private let leftLabel: String
  private let rightLabel: String
  private let lowestX: Double
  private let highestX: Double

  /// The room under the plot: marks, numbers, the axis' name.
  static let heightBelow = 5 + 14 + 14

  init(_ chart: LineChart, plotWidth: Int, plotHeight: Int) {
    let xs = chart.finitePoints.map(\.x)
    // The horizontal axis ends where the lines end; its numbers are those within.
    lowestX = xs.min() ?? 0
    highestX = max(xs.max() ?? 1, lowestX + (xs.min() == xs.max() ? 1 : 0))
    // There is nothing between two epochs.
    let isWhole = xs.allSatisfy { $0 == $0.rounded() }
    horizontal = AxisTicks(
      low: lowestX, high: highestX, wanted: max(2, plotWidth / 70), whole: isWhole)
    let steps = max(2, plotHeight / 50)
    vertical = Self.ticks(chart.left, chart.finitePoints(at: .left).map(\.y), steps)
    right = chart.right.map { Self.ticks($0, chart.finitePoints(at: .right).map(\.y), steps) }
    leftLabel = chart.left.label
    rightLabel = chart.right?.label ?? ""
  }

  private static func ticks(_ axis: LineChart.VerticalAxis, _ values: [Double], _ steps: Int) -> AxisTicks {
    let low = values.min() ?? axis.range?.lowerBound ?? 0
    let high = values.max() ?? axis.range?.upperBound ?? 1
    if let range = axis.range {
      return AxisTicks(low: min(range.lowerBound, low), high: max(range.upperBound, high), wanted: steps)
    }
    // Zero belongs to the axis, unless the lines vary little and far from it.
    let isFar = low > 0 && high - low < low / 2
    return AxisTicks(low: isFar ? low : min(0, low), high: high, wanted: steps)
  }

  /// Where the horizontal axis begins and ends.
  var horizontalRange: (Double, Double) { (lowestX, highestX) }

  /// The room at the left of the plot.
  var labelWidth: Int {
    (vertical.labels.map { TextSize.width($0, scale: 1) }.max() ?? 0) + 8
  }

  /// The room at the right of the plot.
  var rightLabelWidth: Int {
    right.map { ($0.labels.map { TextSize.width($0, scale: 1) }.max() ?? 0) + 9 } ?? 0
  }

  /// The room of the vertical axes' names above the plot.
  var nameHeight: Int { leftLabel.isEmpty && rightLabel.isEmpty ? 0 : 15 }

  /// - Parameter side: the axis that y is of; the left one where there is none at the right.
  func place(_ point: LineChart.Point, _ plot: PixelRect, _ side: LineChart.Side = .left) -> DrawingPoint {
    let x = (point.x - lowestX) / (highestX - lowestX)
    let vertical = side == .right ? right ?? vertical : vertical
    return DrawingPoint(
      x: Float(plot.x) + Float(x) * Float(plot.width - 1) + 0.5,
      y: Float(plot.bottom) - Float(vertical.position(point.y)) * Float(plot.height - 1) - 0.5)
  }

  func draw(on canvas: inout Canvas, _ plot: PixelRect, xLabel: String) {
    canvas.fill(plot, .white)
    for (value, label) in zip(vertical.values, vertical.labels) {
      let y = Int(place(LineChart.Point(x: lowestX, y: value), plot).y)
      canvas.fill(PixelRect(x: plot.x, y: y, width: plot.width, height: 1), Palette.gridLine)
      let box = PixelRect(x: plot.x - labelWidth, y: y - 5, width: labelWidth - 5, height: 11)
      canvas.draw(label, in: box, alignment: .right, color: Palette.ink)
    }
    if let right { draw(right, on: &canvas, plot) }
    for (value, label) in zip(horizontal.values, horizontal.labels) {
      if value < lowestX - 1e-9 || value > highestX + 1e-9 { continue }
      let x = Int(place(LineChart.Point(x: value, y: 0), plot).x)
      canvas.fill(PixelRect(x: x, y: plot.y, width: 1, height: plot.height), Palette.gridLine)
      canvas.fill(PixelRect(x: x, y: plot.bottom, width: 1, height: 4), Palette.mutedInk)
      let box = PixelRect(x: x - 34, y: plot.bottom + 6, width: 70, height: 11)
      canvas.draw(label, in: box, alignment: .center, color: Palette.ink)
    }
    canvas.fill(PixelRect(x: plot.x, y: plot.y, width: 1, height: plot.height), Palette.mutedInk)
    canvas.fill(PixelRect(x: plot.x, y: plot.bottom - 1, width: plot.width, height: 1), Palette.mutedInk)
    let name = PixelRect(x: plot.x, y: plot.bottom + 20, width: plot.width, height: 11)
    canvas.draw(xLabel, in: name, alignment: .center, color: Palette.mutedInk)
    drawNames(on: &canvas, plot)
  }

  private func draw(_ right: AxisTicks, on canvas: inout Canvas, _ plot: PixelRect) {
    canvas.fill(PixelRect(x: plot.right - 1, y: plot.y, width: 1, height: plot.height), Palette.mutedInk)
    for (value, label) in zip(right.values, right.labels) {
      let y = Int(place(LineChart.Point(x: lowestX, y: value), plot, .right).y)
      canvas.fill(PixelRect(x: plot.right, y: y, width: 4, height: 1), Palette.mutedInk)
      let box = PixelRect(x: plot.right + 7, y: y - 5, width: rightLabelWidth - 7, height: 11)
      canvas.draw(label, in: box, color: Palette.ink)
    }
  }

  /// Above the ends of the axes.
  private func drawNames(on canvas: inout Canvas, _ plot: PixelRect) {
    let y = plot.y - nameHeight
    let all = PixelRect(
      x: plot.x - labelWidth, y: y, width: labelWidth + plot.width + rightLabelWidth, height: 11)
    canvas.draw(leftLabel, in: all, color: Palette.mutedInk)
    canvas.draw(rightLabel, in: all, alignment: .right, color: Palette.mutedInk)
  }
}

extension LineChart {
  var finitePoints: [Point] { series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite } }

  /// Those that belong to an axis.
  func finitePoints(at side: Side) -> [Point] {
    series.filter { right == nil || $0.side == side }.flatMap(\.points)
      .filter { $0.x.isFinite && $0.y.isFinite }
  }
}

/// The names of a chart's lines beside a piece of each, above the plot.
struct ChartLegend: Sendable {
  private struct Entry: Sendable {
    var name: String
    var x: Int
    var row: Int
  }
  private var entries: [Entry] = []
  private let width: Int
  private static let rowHeight = 14
  private static let mark = 20

  init(names: [String], width: Int) {
    self.width = width
    var x = 0
    var row = 0
    for name in names {
      let needed = ChartLegend.mark + TextSize.width(name, scale: 1)
      if x > 0 && x + needed > width {
        x = 0
        row += 1
      }
      entries.append(Entry(name: name, x: x, row: row))
      x += needed + 18
    }
  }

  var height: Int { ((entries.last?.row ?? -1) + 1) * ChartLegend.rowHeight + 6 }

  func draw(on canvas: inout Canvas, x: Int, y: Int) {
    for (index, entry) in entries.enumerated() {
      let top = y + entry.row * ChartLegend.rowHeight
      let mark = PixelRect(x: x + entry.x, y: top + 3, width: 14, height: 4)
      canvas.fill(mark, Palette.series[index % Palette.series.count])
      let box = PixelRect(
        x: x + entry.x + ChartLegend.mark, y: top, width: width - entry.x - ChartLegend.mark, height: 11)
      canvas.draw(entry.name, in: box, color: Palette.ink)
    }
  }
}
