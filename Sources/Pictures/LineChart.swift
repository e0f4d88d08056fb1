import ImageCodecs

/// Lines over a common axis, such as loss and accuracy over the epochs of a training; what is measured in another
/// unit has an axis of its own at the right.
public struct LineChart: Sendable {
  /// A point in the units of the axes.
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// The side of the vertical axis that a line belongs to.
  public enum Side: Sendable {
    case left, right
  }

  /// A vertical axis that is named and may have a fixed range.
  public struct VerticalAxis: Sendable, Equatable {
    public var label: String
    /// What the axis covers at least; the values' own range when `nil`.
    public var range: ClosedRange<Double>?

    public init(label: String, range: ClosedRange<Double>? = nil) {
      self.label = label
      self.range = range
    }
  }

  /// A named line; points that are not finite interrupt it.
  public struct Series: Sendable, Equatable {
    public var name: String
    public var points: [Point]
    public var side: Side

    public init(name: String, points: [Point], side: Side = .left) {
      self.name = name
      self.points = points
      self.side = side
    }

    /// Values at x = first, first + 1, ..., as for the epochs 1, 2, ...
    public init(name: String, values: [Double], first: Int = 1, side: Side = .left) {
      self.init(
        name: name, points: values.enumerated().map { Point(x: Double($0 + first), y: $1) }, side: side)
    }
  }

  public var title: String
  /// What the horizontal axis counts, such as `epoch`.
  public var xLabel: String
  public var series: [Series]
  public var left: VerticalAxis
  /// Without one all lines belong to the left axis.
  public var right: VerticalAxis?
  /// The size of the area within the axes, in pixels.
  public var plotWidth: Int
  public var plotHeight: Int

  public init(
    title: String, xLabel: String, series: [Series], left: VerticalAxis = VerticalAxis(label: ""),
    right: VerticalAxis? = nil, plotWidth: Int = 560, plotHeight: Int = 320
  ) {
    self.title = title
    self.xLabel = xLabel
    self.series = series
    self.left = left
    self.right = right
    self.plotWidth = max(80, plotWidth)
    self.plotHeight = max(60, plotHeight)
  }

  public func render() -> RasterImage {
    let axes = ChartAxes(self, plotWidth: plotWidth, plotHeight: plotHeight)
    let legend = ChartLegend(names: series.map(\.name), width: axes.labelWidth + plotWidth)
    let above = legend.height + axes.nameHeight
    let sheet = Sheet(
      title: title, bodyWidth: axes.labelWidth + plotWidth + max(16, axes.rightLabelWidth),
      bodyHeight: above + plotHeight + ChartAxes.heightBelow)
    return sheet.render { canvas, body in
      legend.draw(on: &canvas, x: body.x, y: body.y)
      let plot = PixelRect(
        x: body.x + axes.labelWidth, y: body.y + above, width: plotWidth, height: plotHeight)
      axes.draw(on: &canvas, plot, xLabel: xLabel)
      for (index, line) in series.enumerated() {
        draw(line, axes, plot, Palette.series[index % Palette.series.count], on: &canvas)
      }
    }
  }

  private func draw(
    _ line: Series, _ axes: ChartAxes, _ plot: PixelRect, _ color: RGBColor, on canvas: inout Canvas
  ) {
    var previous: DrawingPoint?
    for point in line.points {
      guard point.x.isFinite, point.y.isFinite else {
        previous = nil
        continue
      }
      let place = axes.place(point, plot, line.side)
      if let previous { canvas.line(from: previous, to: place, width: 2, color: color) }
      // Few points are shown as such; a lone one would otherwise not be seen at all.
      if line.points.count <= 40 || previous == nil { canvas.dot(place, diameter: 6, color: color) }
      previous = place
    }
  }
}
