/// Where text stands in its box.
package enum TextAlignment: Sendable {
  case left, center, right
}

extension Canvas {
  /// One line of text, vertically in the middle of `box` by the height of its capitals; text too wide for the
  /// box ends in "...".
  package mutating func draw(
    _ text: String, in box: PixelRect, alignment: TextAlignment = .left, scale: Int = 1, color: RGBColor
  ) {
    let shown = TextSize.truncated(text, width: box.width, scale: scale)
    let free = box.width - TextSize.width(shown, scale: scale)
    let x: Int
    switch alignment {
    case .left: x = box.x
    case .center: x = box.x + free / 2
    case .right: x = box.x + free
    }
    draw(shown, x: x, y: box.y + (box.height - BitmapFont.capHeight * scale) / 2, scale: scale, color: color)
  }

  /// One line of text whose capitals begin at (x, y).
  mutating func draw(_ text: String, x: Int, y: Int, scale: Int, color: RGBColor) {
    for (index, character) in text.enumerated() {
      let left = x + index * BitmapFont.advance * scale
      for (row, bits) in BitmapFont.rows(character).enumerated() where bits != 0 {
        for column in 0..<FontDrawings.width where bits >> (FontDrawings.width - 1 - column) & 1 == 1 {
          fill(
            PixelRect(x: left + column * scale, y: y + row * scale, width: scale, height: scale), color)
        }
      }
    }
  }
}
