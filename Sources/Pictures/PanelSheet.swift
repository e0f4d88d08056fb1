import ImageCodecs
import TensorCore

/// Panels in rows, with words and signs between them: a receptive field, or how a value came about.
public struct PanelSheet: Sendable {
  public enum Item: Sendable {
    case panel(Panel)
    /// A sign between two panels, such as `x` or `=`.
    case sign(String)
    /// Lines of text, vertically in the middle.
    case text([String])
  }

  public var title: String
  public var rows: [[Item]]
  /// Lines of small print.
  public var footer: [String]
  /// Colours and the range that they stand for; `nil` for none.
  public var scale: (map: ColorMap, range: ValueRange)?

  public init(
    title: String, rows: [[Item]], footer: [String] = [], scale: (map: ColorMap, range: ValueRange)? = nil
  ) {
    self.title = title
    self.rows = rows
    self.footer = footer
    self.scale = scale
  }

  private static let gap = 14
  /// Words of wide sheets are twice as large: such a picture is seen shrunk.
  private static let wideSheet = 1000

  public func render() -> RasterImage {
    let natural = layout(1)
    let layout = natural.width > Self.wideSheet ? self.layout(2) : natural
    let sheet = Sheet(
      title: title, bodyWidth: layout.width, bodyHeight: layout.height,
      colorBar: scale.map { ColorBar(map: $0.map, range: $0.range) }, footer: footer)
    return sheet.render { canvas, body in
      var y = body.y
      for (row, height) in zip(rows, layout.heights) {
        var x = body.x
        for (item, width) in zip(row, layout.columns) {
          layout.words.draw(item, in: PixelRect(x: x, y: y, width: width, height: height), on: &canvas)
          x += width + layout.gap
        }
        y += height + Self.gap
      }
    }
  }

  private struct Layout {
    let words: ItemDrawing
    let columns: [Int]
    let heights: [Int]

    /// Between columns.
    var gap: Int { PanelSheet.gap * words.scale }
    var width: Int { columns.reduce(0, +) + gap * max(0, columns.count - 1) }
    var height: Int { heights.reduce(0, +) + PanelSheet.gap * max(0, heights.count - 1) }
  }

  private func layout(_ wordScale: Int) -> Layout {
    let words = ItemDrawing(scale: wordScale)
    let columns = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { column < $0.count ? words.width($0[column]) : 0 }.max() ?? 0
    }
    return Layout(words: words, columns: columns, heights: rows.map { $0.map(words.height).max() ?? 0 })
  }
}

/// Draws what stands on a sheet, with words of one size.
private struct ItemDrawing {
  let scale: Int

  private var titleHeight: Int { 5 + 10 * scale }
  private var lineHeight: Int { TextSize.lineHeight(scale: scale) }

  func width(_ item: PanelSheet.Item) -> Int {
    switch item {
    case .panel(let panel):
      panel.lines.map { TextSize.width($0, scale: scale) }.reduce(panel.width + 4, max)
    case .sign(let sign): TextSize.width(sign, scale: 2)
    case .text(let lines): lines.map { TextSize.width($0, scale: scale) }.max() ?? 0
    }
  }

  func height(_ item: PanelSheet.Item) -> Int {
    switch item {
    case .panel(let panel): titleHeight + panel.height + 6 + (panel.lines.count - 1) * lineHeight
    case .sign: TextSize.height(scale: 2)
    case .text(let lines): lines.count * lineHeight
    }
  }

  func draw(_ item: PanelSheet.Item, in box: PixelRect, on canvas: inout Canvas) {
    switch item {
    case .panel(let panel):
      let line = PixelRect(x: box.x, y: box.y, width: box.width, height: 10 * scale)
      canvas.draw(panel.heading, in: line, scale: scale, color: Palette.ink)
      panel.draw(on: &canvas, x: box.x + 2, y: box.y + titleHeight)
      var caption = line
      caption.y = box.y + titleHeight + panel.height + 5
      for text in panel.lines.dropFirst() {
        canvas.draw(text, in: caption, scale: scale, color: Palette.mutedInk)
        caption.y += lineHeight
      }
    case .sign(let sign):
      canvas.draw(sign, in: box, alignment: .center, scale: 2, color: Palette.ink)
    case .text(let lines):
      var line = PixelRect(
        x: box.x, y: box.y + (box.height - lines.count * lineHeight) / 2, width: box.width,
        height: lineHeight)
      for text in lines {
        canvas.draw(text, in: line, scale: scale, color: Palette.ink)
        line.y += lineHeight
      }
    }
  }
}
