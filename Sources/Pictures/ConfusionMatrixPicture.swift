import ImageCodecs

/// What a classifier took each class for: a row for each true class, a column for each predicted one.
///
/// The number in a cell counts examples, its shade is the share of its row; the last column is the recall, the
/// share of each class that was recognised. With more than 40 classes the numbers are left out.
public struct ConfusionMatrixPicture: Sendable {
  public var title: String
  /// `counts[truth][prediction]`, as many rows as columns.
  public var counts: [[Int]]
  /// The names of the classes; their numbers where there are none.
  public var labels: [String]

  /// - Precondition: `counts` is square.
  public init(title: String, counts: [[Int]], labels: [String] = []) {
    precondition(
      counts.allSatisfy { $0.count == counts.count }, "a confusion matrix has as many rows as columns")
    self.title = title
    self.counts = counts
    self.labels = labels
  }

  public func render() -> RasterImage {
    let layout = MatrixLayout(counts: counts, names: counts.indices.map(name))
    let sheet = Sheet(
      title: title, bodyWidth: layout.width, bodyHeight: layout.height, footer: [summary])
    return sheet.render { canvas, body in
      drawHeadings(layout, on: &canvas, body)
      for row in counts.indices {
        drawRow(row, layout, on: &canvas, body)
      }
    }
  }

  private func name(_ index: Int) -> String {
    index < labels.count ? labels[index] : "\(index)"
  }

  private func total(_ row: Int) -> Int { counts[row].reduce(0, +) }

  private var summary: String {
    let all = counts.indices.map(total).reduce(0, +)
    let right = counts.indices.map { counts[$0][$0] }.reduce(0, +)
    return "\(right) of \(all) right" + (all > 0 ? ": accuracy \(percent(right, all))" : "")
  }

  private func percent(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "-" : formatted(Double(part) / Double(whole) * 100, fractionDigits: 1) + "%"
  }

  private func drawHeadings(_ layout: MatrixLayout, on canvas: inout Canvas, _ body: PixelRect) {
    let cells = layout.cell(0, 0, body)
    let heading = PixelRect(
      x: cells.x, y: body.y, width: max(layout.cellSize.width * counts.count, 60), height: 12)
    canvas.draw("predicted", in: heading, alignment: .center, color: Palette.mutedInk)
    let side = PixelRect(x: body.x, y: cells.y - 14, width: layout.nameWidth, height: 12)
    canvas.draw("true", in: side, alignment: .right, color: Palette.mutedInk)
    guard layout.isNumbered else { return }
    for column in counts.indices {
      var box = layout.cell(0, column, body)
      box.y -= 14
      box.height = 12
      canvas.draw(
        name(column), in: PixelRect(x: box.x + 2, y: box.y, width: box.width - 4, height: 12),
        alignment: .center, color: Palette.ink)
    }
    canvas.draw("recall", in: layout.recallBox(y: cells.y - 14), alignment: .right, color: Palette.mutedInk)
  }

  private func drawRow(_ row: Int, _ layout: MatrixLayout, on canvas: inout Canvas, _ body: PixelRect) {
    let first = layout.cell(row, 0, body)
    let whole = total(row)
    if layout.isNumbered || row % layout.nameStep == 0 {
      let box = PixelRect(x: body.x, y: first.y, width: layout.nameWidth, height: max(first.height, 9))
      canvas.draw(name(row), in: box, alignment: .right, color: Palette.ink)
    }
    for column in counts.indices {
      let cell = layout.cell(row, column, body)
      let count = counts[row][column]
      let color = ColorMap.blues.color(at: whole == 0 ? 0 : Float(count) / Float(whole))
      canvas.fill(layout.isNumbered ? cell.inset(1) : cell, color)
      guard layout.isNumbered else { continue }
      let ink = count == 0 ? Palette.frame : color.contrastingText
      canvas.draw(
        "\(count)", in: cell.inset(2), alignment: .center, scale: layout.numberScale, color: ink)
    }
    guard layout.isNumbered else { return }
    var box = layout.recallBox(y: first.y)
    box.height = first.height
    canvas.draw(percent(counts[row][row], whole), in: box, alignment: .right, color: Palette.ink)
  }
}
