import ImageCodecs

/// The page every picture is drawn on: a title, a body, a colour bar and lines of small print.
struct Sheet: Sendable {
  var title: String
  /// The size of what is drawn between the title and the colour bar.
  var bodyWidth: Int
  var bodyHeight: Int
  var colorBar: ColorBar?
  var footer: [String] = []
  /// The size of words; `nil` chooses by the size of the body.
  var wordScale: Int?

  static let margin = 12
  private static let gap = 10
  /// A sheet is never narrower than this within its margins, so that a colour bar and words have room ...
  private static let smallestWidth = 220
  /// ... and its words make it at most this wide; longer ones end in "...".
  private static let widestText = 1200

  /// The sheet with its body drawn by `drawBody` into the rectangle it is given.
  func render(_ drawBody: (inout Canvas, PixelRect) -> Void) -> RasterImage {
    var canvas = Canvas(
      width: contentWidth + 2 * Sheet.margin, height: contentHeight + 2 * Sheet.margin,
      background: Palette.paper)
    var y = Sheet.margin
    canvas.draw(title, in: row(y, height: 7 * titleScale), scale: titleScale, color: Palette.ink)
    y += titleHeight
    // A body narrower than its title stands at the left, under the title's beginning.
    drawBody(&canvas, PixelRect(x: Sheet.margin, y: y, width: bodyWidth, height: bodyHeight))
    y += bodyHeight
    if let bar {
      y += Sheet.gap
      bar.draw(on: &canvas, x: Sheet.margin + 1, y: y, width: min(contentWidth, 360 * textScale) - 2)
      y += bar.totalHeight
    }
    if !footer.isEmpty { y += Sheet.gap - 4 }
    for line in footer {
      canvas.draw(line, in: row(y, height: 11 * textScale), scale: textScale, color: Palette.mutedInk)
      y += footerLineHeight
    }
    return canvas.image
  }

  private func row(_ y: Int, height: Int) -> PixelRect {
    PixelRect(x: Sheet.margin, y: y, width: contentWidth, height: height)
  }

  /// Large sheets are looked at from further away: their words, captions and colour bar are twice as large.
  static func textScale(bodyWidth: Int) -> Int { bodyWidth >= 800 ? 2 : 1 }

  private var textScale: Int { wordScale ?? Sheet.textScale(bodyWidth: bodyWidth) }
  private var titleScale: Int { textScale + 1 }
  private var footerLineHeight: Int { TextSize.lineHeight(scale: textScale) + 1 }
  private var bar: ColorBar? {
    colorBar.map { ColorBar(map: $0.map, range: $0.range, scale: textScale) }
  }
  private var titleHeight: Int { title.isEmpty ? 0 : TextSize.height(scale: titleScale) + Sheet.gap }

  private var contentWidth: Int {
    let texts =
      footer.map { TextSize.width($0, scale: textScale) } + [TextSize.width(title, scale: titleScale)]
    return max(bodyWidth, Sheet.smallestWidth, min(texts.max() ?? 0, Sheet.widestText * textScale))
  }

  private var contentHeight: Int {
    var height = titleHeight + bodyHeight
    if let bar { height += Sheet.gap + bar.totalHeight }
    if !footer.isEmpty {
      height += Sheet.gap - 4 + footer.count * footerLineHeight
    }
    return height
  }
}
