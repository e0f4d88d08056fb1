extension LineChart {
  /// The chart as a self-contained SVG file: the same axes, lines and colours as `render`.
  public func svg() -> String {
    let axes = ChartAxes(self, plotWidth: plotWidth, plotHeight: plotHeight)
    let start = axes.labelWidth + 16
    let top = 24 + 20 + axes.nameHeight
    let plot = PixelRect(x: start, y: top, width: plotWidth, height: plotHeight)
    let (width, height) = (start + plotWidth + max(24, axes.rightLabelWidth + 16), top + plotHeight + 44)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
        + "height=\"\(height)\" font-family=\"sans-serif\" font-size=\"11\">",
      "<title>\(escaped(title))</title>",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(Palette.paper.hex)\"/>",
      text(title, x: 8, y: 17, size: 13, color: Palette.ink),
      "<rect x=\"\(plot.x)\" y=\"\(plot.y)\" width=\"\(plot.width)\" height=\"\(plot.height)\" fill=\"#fff\"/>",
    ]
    lines += grid(axes, plot)
    for (index, line) in series.enumerated() {
      let color = Palette.series[index % Palette.series.count]
      lines += drawn(line, axes, plot, color)
    }
    lines += legend(x: start)
    lines += axisNames(plot, width: width)
    lines.append(
      text(xLabel, x: plot.x + plot.width / 2, y: height - 8, anchor: "middle", color: Palette.mutedInk))
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private func grid(_ axes: ChartAxes, _ plot: PixelRect) -> [String] {
    var lines: [String] = []
    for (value, label) in zip(axes.vertical.values, axes.vertical.labels) {
      let y = axes.place(Point(x: 0, y: value), plot).y
      lines.append(line(plot.x, y, plot.right, y))
      lines.append(text(label, x: plot.x - 6, y: Int(y) + 4, anchor: "end", color: Palette.ink))
    }
    for (value, label) in axes.right.map({ zip($0.values, $0.labels).map { ($0, $1) } }) ?? [] {
      let y = axes.place(Point(x: 0, y: value), plot, .right).y
      lines.append(line(plot.right, y, plot.right + 4, y))
      lines.append(text(label, x: plot.right + 7, y: Int(y) + 4, color: Palette.ink))
    }
    let (lowest, highest) = axes.horizontalRange
    for (value, label) in zip(axes.horizontal.values, axes.horizontal.labels)
    where value >= lowest - 1e-9 && value <= highest + 1e-9 {
      let x = axes.place(Point(x: value, y: 0), plot).x
      lines.append(line(x, plot.y, x, plot.bottom))
      lines.append(text(label, x: Int(x), y: plot.bottom + 16, anchor: "middle", color: Palette.ink))
    }
    return lines
  }

  private func drawn(
    _ line: Series, _ axes: ChartAxes, _ plot: PixelRect, _ color: RGBColor
  ) -> [String] {
    // Points that are no numbers interrupt the line.
    let runs = line.points.split { !$0.x.isFinite || !$0.y.isFinite }.map { run in
      run.map { axes.place($0, plot, line.side) }
    }
    return runs.flatMap { run in
      let points = run.map { "\(rounded($0.x)),\(rounded($0.y))" }.joined(separator: " ")
      let path =
        "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(color.hex)\" stroke-width=\"2\" "
        + "stroke-linejoin=\"round\"/>"
      guard line.points.count <= 40 || run.count == 1 else { return [path] }
      return [path]
        + run.map {
          "<circle cx=\"\(rounded($0.x))\" cy=\"\(rounded($0.y))\" r=\"3\" fill=\"\(color.hex)\"/>"
        }
    }
  }

  /// Above the ends of the vertical axes, at the edges of the picture.
  private func axisNames(_ plot: PixelRect, width: Int) -> [String] {
    [(left.label, 8, "start"), (right?.label ?? "", width - 8, "end")].filter { !$0.0.isEmpty }.map {
      text($0.0, x: $0.1, y: plot.y - 7, anchor: $0.2, color: Palette.mutedInk)
    }
  }

  private func legend(x: Int) -> [String] {
    var x = x
    return series.enumerated().flatMap { index, line in
      defer { x += 30 + 7 * line.name.count + 14 }
      let color = Palette.series[index % Palette.series.count]
      return [
        "<rect x=\"\(x)\" y=\"31\" width=\"20\" height=\"3\" fill=\"\(color.hex)\"/>",
        text(line.name, x: x + 25, y: 36, color: Palette.ink),
      ]
    }
  }

  private func line(_ x1: some Numeric, _ y1: some Numeric, _ x2: some Numeric, _ y2: some Numeric) -> String
  {
    "<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" stroke=\"\(Palette.gridLine.hex)\"/>"
  }

  private func text(
    _ content: String, x: Int, y: Int, size: Int = 11, anchor: String = "start", color: RGBColor
  ) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\" text-anchor=\"\(anchor)\" fill=\"\(color.hex)\">"
      + "\(escaped(content))</text>"
  }

  private func rounded(_ value: Float) -> String { formatted(Double(value), fractionDigits: 1) }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}

extension RGBColor {
  /// `#rrggbb`
  var hex: String {
    "#"
      + [red, green, blue].map { value in
        let digits = String(value, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }
}
