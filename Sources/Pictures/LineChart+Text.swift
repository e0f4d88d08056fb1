extension LineChart {
  /// The chart in characters, for a terminal: a letter for each line, `*` where several meet.
  ///
  /// - Parameters:
  ///   - width: characters of a row, at least 40.
  ///   - rows: of the area within the axes.
  public func text(width: Int = 80, rows: Int = 16) -> String {
    let axes = ChartAxes(points: series.flatMap(\.points), plotWidth: 280, plotHeight: rows * 25)
    let labels = zip(axes.vertical.values, axes.vertical.labels)
    let labelWidth = axes.vertical.labels.map(\.count).max() ?? 0
    let columns = max(40, width) - labelWidth - 3
    let rows = max(4, rows)
    let plot = PixelRect(x: 0, y: 0, width: columns, height: rows)
    func cell(_ point: Point) -> (x: Int, y: Int) {
      let place = axes.place(point, plot)
      return (min(max(Int(place.x), 0), columns - 1), min(max(Int(place.y), 0), rows - 1))
    }
    var cells = Array(repeating: Array(repeating: Character(" "), count: columns), count: rows)
    for (index, line) in series.enumerated() {
      let mark = Self.mark(index)
      for point in line.points where point.x.isFinite && point.y.isFinite {
        let (x, y) = cell(point)
        cells[y][x] = cells[y][x] == " " || cells[y][x] == mark ? mark : "*"
      }
    }
    var rowLabels = Array(repeating: "", count: rows)
    for (value, label) in labels { rowLabels[cell(Point(x: 0, y: value)).y] = label }
    let (lowest, highest) = axes.horizontalRange
    let body = zip(rowLabels, cells).map { label, row in
      let padding = String(repeating: " ", count: labelWidth - label.count)
      return (padding + label + " |" + String(row)).trimmedAtEnd
    }
    let legend = series.enumerated().map { "\(Self.mark($0)) \($1.name)" }.joined(separator: "   ")
    let (first, last) = ("\(Int(lowest))", "\(Int(highest))")
    let gap = max(1, columns - first.count - last.count - xLabel.count - 1)
    let indent = String(repeating: " ", count: labelWidth + 2)
    return
      ([legend] + body + [
        String(repeating: " ", count: labelWidth + 1) + "+" + String(repeating: "-", count: columns),
        indent + first + " " + xLabel + String(repeating: " ", count: gap) + last,
      ]).joined(separator: "\n")
  }

  private static func mark(_ index: Int) -> Character {
    let marks: [Character] = ["o", "x", "+", "#", "@", "%", "="]
    return marks[index % marks.count]
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
