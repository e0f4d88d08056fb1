import ImageCodecs
import TensorCore

/// The drawing of kernels [1, kernels, height, width] as tiles with numbers in their cells.
struct KernelTiles: Sendable {
  let kernels: Tensor
  let layer: LayerColoring
  let captions: [[String]]
  /// The kernels from place to place.
  let order: [Int]
  private let zoom: TileZoom
  private let layout: TileLayout

  init(
    kernels: Tensor, layer: LayerColoring, captions: [[String]], order: [Int], columns: Int?,
    padding: Int, zoom: Int?
  ) {
    self.kernels = kernels
    self.layer = layer
    self.captions = captions
    self.order = order
    let shape = kernels.shape
    let tileZoom =
      zoom.map(TileZoom.init(enlargement:))
      ?? TileZoom(
        width: shape.width, height: shape.height, target: KernelTiles.target(shape), limit: 1024)
    self.zoom = tileZoom
    func layout(_ columns: Int) -> TileLayout {
      TileLayout(
        count: shape.channels, columns: columns, tileWidth: tileZoom.pixels(shape.width),
        tileHeight: tileZoom.pixels(shape.height), padding: padding, captions: captions)
    }
    let one = layout(1)
    self.layout = layout(
      columns
        ?? TileLayout.columns(
          count: shape.channels, slotWidth: one.slotWidth, slotHeight: one.slotHeight))
  }

  /// The size of a tile: larger for a single kernel, so that its numbers can be read with ease.
  private static func target(_ shape: Shape) -> Int {
    let longest = max(shape.width, shape.height)
    if shape.channels == 1 {
      let cell = longest <= 7 ? 84 : longest <= 11 ? 64 : longest <= 32 ? 24 : 8
      return min(960, max(224, longest * cell))
    }
    if shape.channels <= 32 { return max(96, longest <= 7 ? longest * 34 : longest * 8) }
    return shape.channels <= 128 ? 96 : 48
  }

  func render(title: String, footer: [String]) -> RasterImage {
    let sheet = Sheet(
      title: title, bodyWidth: layout.width, bodyHeight: layout.height, colorBar: layer.colorBar,
      footer: footer)
    let digits = fittingDigits
    return sheet.render { canvas, body in
      for (place, index) in order.enumerated() {
        let tile = layout.tile(place, x: body.x, y: body.y)
        canvas.frame(tile.inset(-1), Palette.frame)
        let shape = kernels.shape
        let plane = Plane(width: shape.width, height: shape.height, values: Array(kernels.plane(index)))
          .reduced(by: zoom.reduction)
        let colors = plane.values.map(layer.coloring(index).color)
        canvas.blit(colors, columns: plane.width, x: tile.x, y: tile.y, zoom: zoom.enlargement)
        if let digits { drawNumbers(plane, colors, digits, tile, on: &canvas) }
        for (line, text) in captions[index].enumerated() {
          canvas.draw(
            text, in: layout.captionBox(place, line: line, x: body.x, y: body.y), alignment: .center,
            scale: layout.captionScale, color: Palette.ink)
        }
      }
    }
  }

  /// How the weights are written, the same way in all cells.
  struct NumberStyle: Equatable {
    /// `nil`: as many digits after the point as give the largest weight two that count.
    var significantDigits: Int?
    var fractionDigits: Int
    var scale: Int

    func text(_ value: Float) -> String {
      significantDigits.map { formatted(value, significantDigits: $0) }
        ?? formatted(Double(value), fractionDigits: fractionDigits)
    }
  }

  /// The largest and most exact style in which every weight fits into its cell; `nil` where none does.
  var fittingDigits: NumberStyle? {
    guard zoom.enlargement >= 16, kernels.values.count <= 4096 else { return nil }
    var largest = max(abs(layer.whole.minimum ?? 0), abs(layer.whole.maximum ?? 0))
    var fraction = 1
    while largest < 1 && largest > 0 && fraction < 4 {
      largest *= 10
      fraction += 1
    }
    let styles = [(3, 2), (2, 2), (3, 1), (2, 1), (nil, 1)].map { digits, scale in
      NumberStyle(significantDigits: digits, fractionDigits: fraction, scale: scale)
    }
    return styles.first { style in
      let room = zoom.enlargement - 4 * style.scale
      return kernels.values.allSatisfy { TextSize.width(style.text($0), scale: style.scale) <= room }
    }
  }

  private func drawNumbers(
    _ plane: Plane, _ colors: [RGBColor], _ style: NumberStyle, _ tile: PixelRect, on canvas: inout Canvas
  ) {
    let size = zoom.enlargement
    for (i, value) in plane.values.enumerated() {
      let cell = PixelRect(
        x: tile.x + i % plane.width * size, y: tile.y + i / plane.width * size, width: size, height: size)
      canvas.draw(
        style.text(value), in: cell, alignment: .center, scale: style.scale,
        color: colors[i].contrastingText)
    }
  }
}
