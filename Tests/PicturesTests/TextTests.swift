import Testing

@testable import Pictures

@Suite("Text and drawing")
struct TextTests {
  /// The pixels that differ from the background.
  private func ink(_ canvas: Canvas) -> [PixelRect] {
    (0..<canvas.height).flatMap { y in
      (0..<canvas.width).compactMap { x in
        canvas[x, y] == .white ? nil : PixelRect(x: x, y: y, width: 1, height: 1)
      }
    }
  }

  @Test("text never leaves its box", arguments: [TextAlignment.left, .center, .right], 1...3)
  func insideTheBox(alignment: TextAlignment, scale: Int) {
    for width in [0, 3, 5, 6, 17, 40, 99] {
      let box = PixelRect(x: 20, y: 20, width: width, height: 11 * scale)
      var canvas = Canvas(width: 160, height: 80, background: .white)
      canvas.draw("gjpqy|[_@ [-0.812, 1.42]", in: box, alignment: alignment, scale: scale, color: .black)
      let outside = ink(canvas).filter { $0.intersection(box) != $0 }
      #expect(outside.isEmpty, "\(outside.count) pixels outside a box \(width) wide")
      if width >= 17 * scale { #expect(!ink(canvas).isEmpty) }
    }
  }

  @Test("text that does not fit ends in dots, and text that fits is whole")
  func truncation() {
    #expect(TextSize.truncated("ankle boot", width: 59, scale: 1) == "ankle boot")
    #expect(TextSize.truncated("ankle boot", width: 58, scale: 1) == "ankle ...")
    #expect(TextSize.truncated("ankle boot", width: 58, scale: 2) == "an...")
    #expect(TextSize.truncated("ankle boot", width: 11, scale: 1) == "..")
    #expect(TextSize.truncated("ankle boot", width: 4, scale: 1) == "")
    #expect(TextSize.truncated("", width: 0, scale: 1) == "")
  }

  @Test("all printable characters have drawings of their own, others are boxes")
  func glyphs() {
    var seen: Set<[UInt8]> = []
    for code in UInt8(32)...126 {
      seen.insert(BitmapFont.rows(Character(UnicodeScalar(code))))
    }
    #expect(seen.count == 95)
    #expect(BitmapFont.rows(" ") == Array(repeating: 0, count: 9))
    #expect(BitmapFont.rows("L") == [16, 16, 16, 16, 16, 16, 31, 0, 0])
    let box = BitmapFont.rows("\u{e9}")
    #expect(!seen.contains(box))
    #expect(BitmapFont.rows("×") != box)
  }

  @Test("a scale of two makes every pixel a square of four")
  func scaled() {
    var small = Canvas(width: 30, height: 12, background: .white)
    small.draw("Ag4", x: 2, y: 1, scale: 1, color: .black)
    var large = Canvas(width: 60, height: 24, background: .white)
    large.draw("Ag4", x: 4, y: 2, scale: 2, color: .black)
    for y in 0..<24 {
      for x in 0..<60 { #expect(large[x, y] == small[x / 2, y / 2]) }
    }
  }

  @Test("drawing outside the canvas is left out")
  func clipping() {
    var canvas = Canvas(width: 4, height: 3, background: .white)
    canvas.fill(PixelRect(x: -5, y: 2, width: 7, height: 90), .black)
    canvas.frame(PixelRect(x: 50, y: 50, width: 3, height: 3), .black)
    canvas.draw("W", x: 30, y: -30, scale: 3, color: .black)
    canvas.line(
      from: DrawingPoint(x: -9, y: -9), to: DrawingPoint(x: -2, y: -9), width: 2, color: .black)
    #expect(
      ink(canvas) == [PixelRect(x: 0, y: 2, width: 1, height: 1), PixelRect(x: 1, y: 2, width: 1, height: 1)])
  }

  @Test("colours are enlarged to squares, nearest neighbour")
  func blit() {
    var canvas = Canvas(width: 8, height: 6, background: .white)
    let colors = [RGBColor(1, 0, 0), RGBColor(2, 0, 0), RGBColor(3, 0, 0), RGBColor(4, 0, 0)]
    canvas.blit(colors, columns: 2, x: 1, y: 1, zoom: 2)
    for y in 0..<4 {
      for x in 0..<4 { #expect(canvas[1 + x, 1 + y] == colors[y / 2 * 2 + x / 2]) }
    }
    #expect(canvas[0, 1] == .white && canvas[5, 1] == .white && canvas[1, 5] == .white)
  }
}
