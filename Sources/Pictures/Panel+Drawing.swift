import TensorCore

extension Panel {
  /// Draws the panel's values, hatching, numbers and box with its upper left corner at (x, y).
  func draw(on canvas: inout Canvas, x: Int, y: Int) {
    let frame = PixelRect(x: x, y: y, width: width, height: height)
    canvas.frame(frame.inset(-1), Palette.frame)
    canvas.hatch(frame)
    drawValues(on: &canvas, frame)
    if isNumbered { drawNumbers(on: &canvas, frame) }
    if let box, box != shown { drawBox(pixels(box, frame), on: &canvas, frame) }
  }

  /// Where a part of the map lies on the canvas.
  private func pixels(_ part: PlaneBox, _ frame: PixelRect) -> PixelRect {
    func position(_ place: Int, _ first: Int) -> Int {
      let steps = place - first
      // Down, so that a box never loses a pixel of what it holds.
      return zoom.reduction > 1
        ? Int((Double(steps) / Double(zoom.reduction)).rounded(.down)) : steps * zoom.enlargement
    }
    let left = position(part.columns.lowerBound, shown.columns.lowerBound)
    let top = position(part.rows.lowerBound, shown.rows.lowerBound)
    let right = position(part.columns.upperBound + zoom.reduction - 1, shown.columns.lowerBound)
    let bottom = position(part.rows.upperBound + zoom.reduction - 1, shown.rows.lowerBound)
    return PixelRect(x: frame.x + left, y: frame.y + top, width: right - left, height: bottom - top)
  }

  private func drawValues(on canvas: inout Canvas, _ frame: PixelRect) {
    let factor = zoom.reduction
    for row in 0..<height / zoom.enlargement {
      for column in 0..<width / zoom.enlargement {
        let rows = shown.rows.lowerBound + row * factor..<shown.rows.lowerBound + (row + 1) * factor
        let columns =
          shown.columns.lowerBound + column * factor..<shown.columns.lowerBound + (column + 1) * factor
        guard let color = color(rows, columns) else { continue }
        let cell = PixelRect(
          x: frame.x + column * zoom.enlargement, y: frame.y + row * zoom.enlargement,
          width: zoom.enlargement, height: zoom.enlargement)
        canvas.fill(cell, color)
        if hatched.contains(rows.lowerBound * values.shape.width + columns.lowerBound) {
          canvas.hatchLines(cell)
        }
      }
    }
  }

  /// The mean colour of a square of values; `nil` where it lies beyond the border.
  private func color(_ rows: Range<Int>, _ columns: Range<Int>) -> RGBColor? {
    let shape = values.shape
    let inRows = rows.clamped(to: 0..<shape.height)
    let inColumns = columns.clamped(to: 0..<shape.width)
    guard !inRows.isEmpty, !inColumns.isEmpty else { return nil }
    func mean(_ channel: Int) -> Float {
      var sum = 0.0
      for y in inRows { for x in inColumns { sum += Double(values[0, channel, y, x]) } }
      return Float(sum / Double(inRows.count * inColumns.count))
    }
    var color: RGBColor
    if shape.channels == 3 {
      func level(_ value: Float) -> UInt8 { UInt8((min(max(value.isNaN ? 0 : value, 0), 1) * 255).rounded()) }
      color = RGBColor(level(mean(0)), level(mean(1)), level(mean(2)))
    } else {
      color = ValueColoring(map: colorMap, range: range).color(mean(0))
    }
    if dimsOutside, let box, !box.rows.overlaps(inRows) || !box.columns.overlaps(inColumns) {
      color = color.mixed(with: RGBColor(128, 128, 128), amount: 0.65)
    }
    return color
  }

  private func drawNumbers(on canvas: inout Canvas, _ frame: PixelRect) {
    let size = zoom.enlargement
    guard isReadable else { return }
    let coloring = ValueColoring(map: colorMap, range: range)
    let scaling = numberScaling
    for row in shown.rows.clamped(to: 0..<values.shape.height) {
      for column in shown.columns.clamped(to: 0..<values.shape.width) {
        let value = values[0, 0, row, column]
        guard let text = scaling.text(value, width: size - 3) else { continue }
        let cell = PixelRect(
          x: frame.x + (column - shown.columns.lowerBound) * size,
          y: frame.y + (row - shown.rows.lowerBound) * size, width: size, height: size)
        canvas.draw(text, in: cell, alignment: .center, color: coloring.color(value).contrastingText)
      }
    }
  }

  /// A frame that is seen on dark and on light ground, outside of the values that it holds where there is room.
  private func drawBox(_ rect: PixelRect, on canvas: inout Canvas, _ frame: PixelRect) {
    for (inset, color) in [(-2, RGBColor.black), (-1, Palette.mark), (0, Palette.mark), (1, RGBColor.black)] {
      let line = rect.inset(min(rect.width, rect.height) < 8 ? inset - 1 : inset)
      canvas.frame(line.kept(within: frame.inset(-2)), color)
    }
  }
}

extension PixelRect {
  /// The part that lies within another rectangle.
  fileprivate func kept(within other: PixelRect) -> PixelRect {
    let part = intersection(other)
    return part.width > 0 && part.height > 0 ? part : self
  }
}

extension Canvas {
  /// What is no value: paper with slanted lines.
  mutating func hatch(_ rect: PixelRect) {
    fill(rect, Palette.gridLine)
    hatchLines(rect)
  }

  mutating func hatchLines(_ rect: PixelRect) {
    let inside = rect.intersection(bounds)
    for y in inside.y..<inside.bottom {
      for x in inside.x..<inside.right where (x + y) % 6 == 0 { self[x, y] = Palette.frame }
    }
  }
}

extension Palette {
  /// Boxes and marked units: the orange of Okabe and Ito, which no map of signed values has.
  static let mark = RGBColor(230, 159, 0)
}
