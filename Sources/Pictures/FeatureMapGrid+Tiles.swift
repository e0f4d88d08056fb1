import ImageCodecs
import TensorCore

extension FeatureMapGrid {
  /// Maps with more than one value: a tile for each.
  func tileSheet(_ layer: LayerColoring) -> RasterImage {
    var captions = layer.channels.indices.map { caption($0, layer.channels[$0], oneLine: true) }
    var (tileZoom, layout) = tiles(captions)
    if layout.slotWidth > layout.tileWidth + 2 * padding {
      captions = layer.channels.indices.map { caption($0, layer.channels[$0], oneLine: false) }
      (tileZoom, layout) = tiles(captions)
    }
    var sheet = Sheet(
      title: title, bodyWidth: layout.width, bodyHeight: layout.height, colorBar: layer.colorBar,
      footer: layer.footer)
    if overlay != nil {
      sheet.footer.append(
        "maps \(maps.shape.extent) over the input: a strong value hides it, a weak one does not")
    }
    if let note = tileZoom.note {
      sheet.footer.append("\(overlay == nil ? "maps" : "input") \(tileExtent), \(note)")
    }
    return sheet.render { canvas, body in
      for channel in layer.channels.indices {
        let tile = layout.tile(channel, x: body.x, y: body.y)
        canvas.frame(tile.inset(-1), Palette.frame)
        draw(channel, layer.coloring(channel), tileZoom, on: &canvas, tile)
        if layer.channels[channel].constant != nil { canvas.strikeOut(tile) }
        for (line, text) in captions[channel].enumerated() {
          canvas.draw(
            text, in: layout.captionBox(channel, line: line, x: body.x, y: body.y), alignment: .center,
            scale: layout.captionScale, color: Palette.ink)
        }
      }
    }
  }

  /// The name and range of a channel, on two lines where one is wider than the tiles.
  func caption(_ channel: Int, _ statistics: ValueStatistics, oneLine: Bool) -> [String] {
    let name = label(channel) ?? "ch \(channel)"
    let values = statistics.constant == 0 ? "dead: all 0" : statistics.rangeText
    var lines = oneLine ? ["\(name) \(values)"] : [name, values]
    if let note = statistics.notFiniteNote { lines.append(note) }
    return lines
  }

  private func draw(
    _ channel: Int, _ coloring: ValueColoring, _ tileZoom: TileZoom, on canvas: inout Canvas,
    _ tile: PixelRect
  ) {
    let shape = maps.shape
    let plane = Plane(width: shape.width, height: shape.height, values: Array(maps.plane(channel)))
    let colors =
      overlay?.colors(of: plane, coloring, reduction: tileZoom.reduction)
      ?? coloring.colors(plane.reduced(by: tileZoom.reduction).values)
    canvas.blit(
      colors, columns: (tileExtent.width + tileZoom.reduction - 1) / tileZoom.reduction, x: tile.x, y: tile.y,
      zoom: tileZoom.enlargement)
  }

  /// What a tile shows before it is enlarged or shrunk.
  private var tileExtent: Extent { (overlay?.picture ?? maps).shape.extent }

  /// The zoom and the layout, which depend on each other through the number of columns.
  private func tiles(_ captions: [[String]]) -> (zoom: TileZoom, layout: TileLayout) {
    let count = maps.shape.channels
    let target = count <= 4 ? 224 : count <= 16 ? 144 : 96
    func layout(_ zoom: TileZoom, _ columns: Int) -> TileLayout {
      TileLayout(
        count: count, columns: columns, tileWidth: zoom.pixels(tileExtent.width),
        tileHeight: zoom.pixels(tileExtent.height), padding: padding, captions: captions)
    }
    func zoomed(_ limit: Int) -> TileZoom {
      zoom.map(TileZoom.init(enlargement:))
        ?? TileZoom(width: tileExtent.width, height: tileExtent.height, target: target, limit: limit)
    }
    var chosen = zoomed(1024)
    let first = layout(chosen, 1)
    let columns =
      self.columns.map { max(1, min($0, count)) }
      ?? TileLayout.columns(count: count, slotWidth: first.slotWidth, slotHeight: first.slotHeight)
    if first.slotWidth * columns > 4096 { chosen = zoomed(max(96, min(1024, 4096 / columns))) }
    return (chosen, layout(chosen, columns))
  }
}
