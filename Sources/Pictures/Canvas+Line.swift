/// A point of a drawing, in pixels.
struct DrawingPoint: Sendable, Equatable {
  var x: Float
  var y: Float
}

extension Canvas {
  /// A straight line with soft edges and round ends.
  mutating func line(from a: DrawingPoint, to b: DrawingPoint, width lineWidth: Float, color: RGBColor) {
    let reach = lineWidth / 2 + 1
    let left = max(0, Int((min(a.x, b.x) - reach).rounded(.down)))
    let right = min(width - 1, Int((max(a.x, b.x) + reach).rounded(.up)))
    let top = max(0, Int((min(a.y, b.y) - reach).rounded(.down)))
    let bottom = min(height - 1, Int((max(a.y, b.y) + reach).rounded(.up)))
    guard left <= right, top <= bottom else { return }
    for y in top...bottom {
      for x in left...right {
        let pixel = DrawingPoint(x: Float(x) + 0.5, y: Float(y) + 0.5)
        let coverage = lineWidth / 2 + 0.5 - distance(pixel, a, b)
        if coverage > 0 { self[x, y] = self[x, y].mixed(with: color, amount: coverage) }
      }
    }
  }

  /// A line from corner to corner, dark on light so that every colour shows it: the mark of a map whose values
  /// are all the same.
  mutating func strikeOut(_ rect: PixelRect) {
    let from = DrawingPoint(x: Float(rect.x) + 2, y: Float(rect.bottom) - 2)
    let to = DrawingPoint(x: Float(rect.right) - 2, y: Float(rect.y) + 2)
    line(from: from, to: to, width: 3, color: Palette.paper)
    line(from: from, to: to, width: 1, color: Palette.ink)
  }

  /// A disc with a soft edge.
  mutating func dot(_ center: DrawingPoint, diameter: Float, color: RGBColor) {
    line(from: center, to: center, width: diameter, color: color)
  }
}

/// The distance of `p` from the segment between `a` and `b`.
private func distance(_ p: DrawingPoint, _ a: DrawingPoint, _ b: DrawingPoint) -> Float {
  let dx = b.x - a.x
  let dy = b.y - a.y
  let squared = dx * dx + dy * dy
  let along = squared == 0 ? 0 : min(max(((p.x - a.x) * dx + (p.y - a.y) * dy) / squared, 0), 1)
  let ex = p.x - a.x - along * dx
  let ey = p.y - a.y - along * dy
  return (ex * ex + ey * ey).squareRoot()
}
