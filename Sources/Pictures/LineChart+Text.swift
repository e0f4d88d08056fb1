extension LineChart {
  /// The chart in characters, for a terminal: a letter for each line, `*` where several meet.
  ///
  /// - Parameters:
  ///   - width: characters of a row, at least 40.
  ///   - rows: of the area within the axes.
  public func text(width: Int = 80, rows: Int = 16) -> String {
    let axes = ChartAxes(self, plotWidth: 280, plotHeight: rows * 25)
    let labelWidth = axes.vertical.labels.map(\.count).max() ?? 0
    let rightWidth = axes.right.map { ($0.labels.map(\.count).max() ?? 0) + 2 } ?? 0
    let columns = max(40, width) - labelWidth - 3 - rightWidth
    let rows = max(4, rows)
    let plot = PixelRect(x: 0, y: 0, width: columns, height: rows)
    func cell(_ point: Point, _ side: Side) -> (x: Int, y: Int) {
      let place = axes.place(point, plot, side)
      return (min(max(Int(place.x), 0), columns - 1), min(max(Int(place.y), 0), rows - 1))
    }
    var cells = Array(repeating: Array(repeating: Character(" "), count: columns), count: rows)
    for (index, line) in series.enumerated() {
      let mark = Self.mark(index)
      for point in line.points where point.x.isFinite && point.y.isFinite {
        let (x, y) = cell(point, line.side)
        cells[y][x] = cells[y][x] == " " || cells[y][x] == mark ? mark : "*"
      }
    }
    func rowLabels(_ ticks: AxisTicks?, _ side: Side) -> [String] {
      var labels = Array(repeating: "", count: rows)
      guard let ticks else { return labels }
      for (value, label) in zip(ticks.values, ticks.labels) {
        labels[cell(Point(x: 0, y: value), side).y] = label
      }
      return labels
    }
    let (lowest, highest) = axes.horizontalRange
    let (lefts, rights) = (rowLabels(axes.vertical, .left), rowLabels(axes.right, .right))
    let body = cells.indices.map { row in
      let padding = String(repeating: " ", count: labelWidth - lefts[row].count)
      let end = axes.right == nil ? "" : "| " + rights[row]
      return (padding + lefts[row] + " |" + String(cells[row]) + end).trimmedAtEnd
    }
    let legend = series.enumerated().map { "\(Self.mark($0)) \($1.name)" }.joined(separator: "   ")
    let (first, last) = ("\(Int(lowest))", "\(Int(highest))")
    let gap = max(1, columns - first.count - last.count - xLabel.count - 1)
    let indent = String(repeating: " ", count: labelWidth + 2)
    return
      ([legend] + axisNames(width: labelWidth + 2 + columns + rightWidth) + body + [
        String(repeating: " ", count: labelWidth + 1) + "+" + String(repeating: "-", count: columns),
        indent + first + " " + xLabel + String(repeating: " ", count: gap) + last,
      ]).joined(separator: "\n")
  }

  /// A line with the names of the vertical axes at its ends; none where they have no names.
  private func axisNames(width: Int) -> [String] {
    let (first, last) = (left.label, right?.label ?? "")
    if first.isEmpty && last.isEmpty { return [] }
    let gap = String(repeating: " ", count: max(1, width - first.count - last.count))
    return [(first + gap + last).trimmedAtEnd]
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
