import ImageCodecs
import TensorCore

/// The drawing of a comparison of maps as tiles.
struct ComparisonTiles {
  private let grid: ComparisonGrid
  private let difference: Tensor
  /// Of the first maps and then the second.
  private let values: LayerColoring
  private let differences: LayerColoring
  private let zoom: TileZoom
  /// A slot holds the three tiles of a channel.
  private let layout: TileLayout
  private let tileWidth: Int
  private let captions: [[String]]
  private let textScale: Int
  /// Of the names above the maps: small where they would not fit above narrow ones.
  private let headScale: Int

  init(_ grid: ComparisonGrid) {
    self.grid = grid
    let shape = grid.first.shape
    // Once: it is computed.
    let difference = grid.difference
    self.difference = difference
    let both = Tensor(
      shape: Shape(channels: 2 * shape.channels, height: shape.height, width: shape.width),
      values: grid.first.values + grid.second.values)
    values = LayerColoring(maps: both, scale: grid.scale, colorMap: grid.colorMap, sharedValues: nil)
    differences = LayerColoring(
      maps: difference, scale: grid.scale == .each ? .each : .layer, colorMap: .rdBu, sharedValues: nil)
    let count = shape.channels
    let captions = (0..<count).map { channel in
      ComparisonTiles.caption(grid.labels, channel, MapDifference(difference.plane(channel)))
    }
    self.captions = captions
    func zoomed(_ limit: Int) -> TileZoom {
      grid.zoom.map(TileZoom.init(enlargement:))
        ?? TileZoom(
          width: shape.width, height: shape.height, target: count <= 4 ? 192 : count <= 16 ? 112 : 96,
          limit: limit)
    }
    func layout(_ zoom: TileZoom, _ columns: Int) -> TileLayout {
      TileLayout(
        count: count, columns: columns,
        tileWidth: 3 * zoom.pixels(shape.width) + 2 * ComparisonTiles.gap(grid.padding),
        tileHeight: zoom.pixels(shape.height), padding: grid.padding + 2, captions: captions)
    }
    var zoom = zoomed(1024)
    let one = layout(zoom, 1)
    let columns =
      grid.columns ?? TileLayout.columns(count: count, slotWidth: one.slotWidth, slotHeight: one.slotHeight)
    if one.slotWidth * columns > 4096 { zoom = zoomed(max(96, 4096 / (3 * columns))) }
    self.zoom = zoom
    self.layout = layout(zoom, columns)
    tileWidth = zoom.pixels(shape.width)
    let textScale = Sheet.textScale(bodyWidth: self.layout.width)
    let tileWidth = tileWidth
    let names = [grid.firstName, grid.secondName, ComparisonGrid.differenceName]
    headScale = names.allSatisfy { TextSize.width($0, scale: textScale) <= tileWidth } ? textScale : 1
    self.textScale = textScale
  }

  private static func gap(_ padding: Int) -> Int { 2 * padding + 1 }

  private static func caption(_ labels: [String]?, _ channel: Int, _ difference: MapDifference) -> [String] {
    let name = labels.flatMap { $0.indices.contains(channel) ? $0[channel] : nil } ?? "ch \(channel)"
    guard let mean = difference.meanAbsolute, let largest = difference.largest else {
      return ["\(name): no finite difference"]
    }
    if largest == 0 && difference.notFiniteCount == 0 { return ["\(name): the same"] }
    let note = difference.notFiniteCount > 0 ? ", \(difference.notFiniteCount) not finite" : ""
    return ["\(name): differs by \(formatted(mean)), at most \(formatted(largest))\(note)"]
  }

  private var headHeight: Int { TextSize.lineHeight(scale: headScale) + 2 }
  private var lineHeight: Int { TextSize.lineHeight(scale: textScale) + 1 }

  /// The colour bars and what they are of.
  private var bars: [(text: String, bar: ColorBar)] {
    let named = [("\(grid.firstName) and \(grid.secondName)", values), (differenceText, differences)]
    return named.compactMap { text, coloring in
      coloring.range.map { (text, ColorBar(map: coloring.map, range: $0, scale: textScale)) }
    }
  }

  private var differenceText: String {
    "\(ComparisonGrid.differenceName): \(grid.secondName) - \(grid.firstName)"
  }

  private func height(of bar: ColorBar) -> Int { 8 + lineHeight + bar.totalHeight }

  func render() -> GridResult {
    let bars = bars
    var footer = [String]()
    if grid.scale == .each { footer = [values.scaleText, differenceText] }
    if let note = values.whole.notFiniteNote { footer.append("magenta: \(note)") }
    if let note = zoom.note { footer.append("maps \(grid.first.shape.extent), \(note)") }
    let sheet = Sheet(
      title: grid.title, bodyWidth: layout.width,
      bodyHeight: headHeight + layout.height + bars.reduce(0) { $0 + height(of: $1.bar) }, footer: footer)
    let image = sheet.render { canvas, body in
      drawHeads(on: &canvas, body)
      for channel in 0..<layout.count { draw(channel, on: &canvas, x: body.x, y: body.y + headHeight) }
      var y = body.y + headHeight + layout.height + 8
      for (text, bar) in bars {
        let line = PixelRect(x: body.x, y: y, width: max(body.width, 220), height: lineHeight)
        canvas.draw(text, in: line, scale: textScale, color: Palette.ink)
        bar.draw(
          on: &canvas, x: body.x + 1, y: y + lineHeight, width: min(max(body.width, 220), 360 * textScale) - 2
        )
        y += height(of: bar)
      }
    }
    return GridResult(
      image: image, range: differences.range, scaleText: differences.scaleText,
      channels: differences.channels)
  }

  /// The places of a channel's three tiles.
  private func tiles(_ channel: Int, x: Int, y: Int) -> [PixelRect] {
    let slot = layout.tile(channel, x: x, y: y)
    return (0..<3).map { place in
      PixelRect(
        x: slot.x + place * (tileWidth + ComparisonTiles.gap(grid.padding)), y: slot.y, width: tileWidth,
        height: slot.height)
    }
  }

  /// The names above the first row of tiles.
  private func drawHeads(on canvas: inout Canvas, _ body: PixelRect) {
    for column in 0..<layout.columns {
      let names = [grid.firstName, grid.secondName, ComparisonGrid.differenceName]
      for (name, tile) in zip(names, tiles(column, x: body.x, y: body.y)) {
        let box = PixelRect(x: tile.x, y: body.y, width: tile.width, height: headHeight - 2)
        canvas.draw(name, in: box, alignment: .center, scale: headScale, color: Palette.ink)
      }
    }
  }

  private func draw(_ channel: Int, on canvas: inout Canvas, x: Int, y: Int) {
    let shape = grid.first.shape
    let pair = pairColoring(channel)
    let maps = [(grid.first, pair), (grid.second, pair), (difference, differences.coloring(channel))]
    for ((maps, coloring), tile) in zip(maps, tiles(channel, x: x, y: y)) {
      let plane = Plane(width: shape.width, height: shape.height, values: Array(maps.plane(channel)))
        .reduced(by: zoom.reduction)
      canvas.frame(tile.inset(-1), Palette.frame)
      canvas.blit(
        coloring.colors(plane.values), columns: plane.width, x: tile.x, y: tile.y, zoom: zoom.enlargement)
    }
    for (line, text) in captions[channel].enumerated() {
      canvas.draw(
        text, in: layout.captionBox(channel, line: line, x: x, y: y), alignment: .center,
        scale: layout.captionScale, color: Palette.ink)
    }
  }

  /// The colours of a channel in both: with the scale `each` by the values of the pair.
  private func pairColoring(_ channel: Int) -> ValueColoring {
    guard grid.scale == .each else { return values.coloring(channel) }
    var pair = values.channels[channel]
    pair.merge(values.channels[layout.count + channel])
    return values.coloring(of: pair)
  }
}
