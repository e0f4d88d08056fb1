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
  private static let titleHeight = 15

  public func render() -> RasterImage {
    let columns = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { column < $0.count ? Self.width($0[column]) : 0 }.max() ?? 0
    }
    let heights = rows.map { row in row.map(Self.height).max() ?? 0 }
    let sheet = Sheet(
      title: title, bodyWidth: columns.reduce(0, +) + Self.gap * max(0, columns.count - 1),
      bodyHeight: heights.reduce(0, +) + Self.gap * max(0, rows.count - 1),
      colorBar: scale.map { ColorBar(map: $0.map, range: $0.range) }, footer: footer)
    return sheet.render { canvas, body in
      var y = body.y
      for (row, height) in zip(rows, heights) {
        var x = body.x
        for (item, width) in zip(row, columns) {
          Self.draw(item, in: PixelRect(x: x, y: y, width: width, height: height), on: &canvas)
          x += width + Self.gap
        }
        y += height + Self.gap
      }
    }
  }

  private static func width(_ item: Item) -> Int {
    switch item {
    case .panel(let panel):
      return ([panel.heading] + panel.captions).map { TextSize.width($0, scale: 1) }.reduce(
        panel.width + 4, max)
    case .sign(let sign): return TextSize.width(sign, scale: 2)
    case .text(let lines): return lines.map { TextSize.width($0, scale: 1) }.max() ?? 0
    }
  }

  private static func height(_ item: Item) -> Int {
    switch item {
    case .panel(let panel):
      return titleHeight + panel.height + 6 + panel.captions.count * TextSize.lineHeight(scale: 1)
    case .sign: return TextSize.height(scale: 2)
    case .text(let lines): return lines.count * TextSize.lineHeight(scale: 1)
    }
  }

  private static func draw(_ item: Item, in box: PixelRect, on canvas: inout Canvas) {
    switch item {
    case .panel(let panel):
      let line = PixelRect(x: box.x, y: box.y, width: box.width, height: 10)
      canvas.draw(panel.heading, in: line, color: Palette.ink)
      panel.draw(on: &canvas, x: box.x + 2, y: box.y + titleHeight)
      var caption = line
      caption.y = box.y + titleHeight + panel.height + 5
      for text in panel.captions {
        canvas.draw(text, in: caption, color: Palette.mutedInk)
        caption.y += TextSize.lineHeight(scale: 1)
      }
    case .sign(let sign):
      canvas.draw(sign, in: box, alignment: .center, scale: 2, color: Palette.ink)
    case .text(let lines):
      let height = TextSize.lineHeight(scale: 1)
      var line = PixelRect(
        x: box.x, y: box.y + (box.height - lines.count * height) / 2, width: box.width, height: height)
      for text in lines {
        canvas.draw(text, in: line, color: Palette.ink)
        line.y += height
      }
    }
  }
}
