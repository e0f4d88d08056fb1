import ImageCodecs
import TensorCore

/// Small tiles of many maps in rows: one layer for many pictures, or many layers of one picture.
///
/// Every row has a name and its range at the left, and a tile for each of its maps. Rows of one group share a
/// range. A vector [1, features, 1, 1] is a strip of cells, with their values and names where these are given.
public struct ContactSheet: Sendable {
  /// One row: the maps of one layer for one picture.
  public struct Row: Sendable {
    public let name: String
    /// What it shares its range with.
    let group: String
    /// What the maps were made of, in grey.
    let picture: ContactTile?
    /// Already as small as they are drawn.
    let tiles: [ContactTile]
    /// What all its values are like.
    public let values: ValueStatistics

    /// - Parameters:
    ///   - maps: one example.
    ///   - group: rows of one group share their range.
    ///   - picture: what they were made of, values 0...1, drawn in grey before them.
    ///   - cellNames: of a vector's values, as many as it has, such as classes.
    /// - Complexity: O(number of values); only the tiles are kept.
    public init(
      name: String, maps: Tensor, group: String, picture: Tensor? = nil, cellNames: [String]? = nil
    ) {
      self.name = name
      self.group = group
      self.picture = picture.map { ContactTile(luma(of: $0), channel: 0) }
      values = ValueStatistics(maps)
      tiles =
        maps.shape.planeCount == 1
        ? [ContactTile(vector: maps.values, names: cellNames)]
        : (0..<maps.shape.channels).map { ContactTile(maps, channel: $0) }
    }
  }

  public var title: String
  /// Names above the columns of maps; fewer than there are leave the others without.
  public var columnNames: [String]
  public var rows: [Row] = []
  /// `each`: every tile by itself; `fixed`: as given; all others: the rows of a group share a range.
  public var scale: ValueScale
  public var colorMap: ColorMap?
  /// Values that the ranges cover as well, such as those of other sheets.
  public var sharedValues: ValueStatistics?

  public init(
    title: String, columnNames: [String] = [], scale: ValueScale = .layer, colorMap: ColorMap? = nil
  ) {
    self.title = title
    self.columnNames = columnNames
    self.scale = scale
    self.colorMap = colorMap
  }

  /// How many tiles may stand side by side; a row with more goes on below.
  private static let widestRow = 16

  private static let captionHeight = TextSize.lineHeight(scale: 1)
  private static let space = 3

  /// The column of the first map: behind the pictures where there are any.
  private var firstColumn: Int { rows.contains { $0.picture != nil } ? 1 : 0 }

  private var columns: Int {
    firstColumn + min(ContactSheet.widestRow, max(1, rows.map(\.tiles.count).max() ?? 1))
  }

  private var cellWidth: Int {
    let tiles = rows.flatMap { $0.tiles + ($0.picture.map { [$0] } ?? []) }
    // A strip of cells may be wider than its column: nothing stands beside it.
    let widest = tiles.filter { !$0.isStrip }.map(\.width).max() ?? 1
    return max(widest, 56) + ContactSheet.space
  }

  private var widestStrip: Int { rows.flatMap(\.tiles).filter(\.isStrip).map(\.width).max() ?? 0 }

  private var labelWidth: Int {
    let texts = rows.flatMap { [$0.name, $0.values.rangeText] }
    return min(240, (texts.map { TextSize.width($0, scale: 1) }.max() ?? 0)) + 10
  }

  private func height(of row: Row) -> Int {
    let lines = (row.tiles.count + ContactSheet.widestRow - 1) / ContactSheet.widestRow
    let tile = row.tiles.map(\.height).max() ?? 0
    let picture = (row.picture?.height ?? 0) + ContactSheet.space
    return max(
      lines * (tile + ContactSheet.space), picture, 2 * ContactSheet.captionHeight + ContactSheet.space)
  }

  /// Draws the sheet.
  public func render() -> GridResult {
    let colorings = colorings
    let common = Set(rows.map(\.group)).count == 1 ? colorings.values.first : nil
    let head = columnNames.isEmpty && firstColumn == 0 ? 0 : ContactSheet.captionHeight + 2
    var all = ValueStatistics()
    for row in rows { all.merge(row.values) }
    var footer = [common?.scaleText ?? scaleText]
    if let most = rows.flatMap({ $0.tiles.map(\.reduction) }).max(), most > 1 {
      footer.append("maps are shrunk, at most to 1/\(most): a pixel is the mean of its values")
    }
    if let note = all.notFiniteNote { footer.append("magenta: \(note)") }
    let sheet = Sheet(
      title: title, bodyWidth: labelWidth + max(columns * cellWidth, firstColumn * cellWidth + widestStrip),
      bodyHeight: head + rows.reduce(0) { $0 + height(of: $1) }, colorBar: common?.colorBar, footer: footer,
      wordScale: 1)
    let image = sheet.render { canvas, body in
      drawHeads(on: &canvas, body)
      var y = body.y + head
      for row in rows {
        draw(row, colorings[row.group], on: &canvas, x: body.x, y: y)
        y += height(of: row)
      }
    }
    return GridResult(
      image: image, range: common?.range, scaleText: footer[0], channels: rows.map(\.values))
  }

  /// What rows of several groups share.
  private var scaleText: String {
    switch scale {
    case .each: "scale each: every map by itself"
    case .fixed(let range): "scale fixed \(ValueRange(range.lowerBound, range.upperBound))"
    case .block: "scale block: one range for a convolution, its activation and its pooling"
    case .layer, .all: "scale layer: every row by itself"
    }
  }

  /// The colours of each group.
  private var colorings: [String: LayerColoring] {
    var values: [String: [ValueStatistics]] = [:]
    for row in rows { values[row.group, default: []].append(row.values) }
    return values.mapValues {
      LayerColoring(channels: $0, scale: scale, colorMap: colorMap, sharedValues: sharedValues)
    }
  }

  private func drawHeads(on canvas: inout Canvas, _ body: PixelRect) {
    let names = (firstColumn == 1 ? ["input"] : []) + columnNames
    for (column, name) in names.prefix(columns).enumerated() {
      let box = PixelRect(
        x: body.x + labelWidth + column * cellWidth, y: body.y, width: cellWidth - ContactSheet.space,
        height: ContactSheet.captionHeight)
      canvas.draw(name, in: box, alignment: .center, color: Palette.mutedInk)
    }
  }

  private func draw(_ row: Row, _ group: LayerColoring?, on canvas: inout Canvas, x: Int, y: Int) {
    let line = PixelRect(x: x, y: y, width: labelWidth - 8, height: ContactSheet.captionHeight)
    canvas.draw(row.name, in: line, color: Palette.ink)
    let second = PixelRect(x: x, y: y + line.height, width: line.width, height: line.height)
    canvas.draw(row.values.rangeText, in: second, color: Palette.mutedInk)
    if let picture = row.picture {
      picture.draw(ValueColoring(map: .gray, range: ValueRange(0, 1)), on: &canvas, x: x + labelWidth, y: y)
    }
    for (index, tile) in row.tiles.enumerated() {
      guard let group else { continue }
      let left = x + labelWidth + (firstColumn + index % ContactSheet.widestRow) * cellWidth
      let top = y + index / ContactSheet.widestRow * (tile.height + ContactSheet.space)
      tile.draw(group.coloring(of: tile.values), on: &canvas, x: left, y: top)
      if tile.values.constant != nil {
        canvas.strikeOut(PixelRect(x: left, y: top, width: tile.width, height: tile.height))
      }
    }
  }
}

/// One map as small as a contact sheet shows it.
struct ContactTile: Sendable {
  let plane: Plane
  let enlargement: Int
  /// A pixel is the mean of so many values each way.
  let reduction: Int
  /// Whether it is the cells of a vector.
  let isStrip: Bool
  /// Those cells with their names, where they have any.
  let namedCells: NamedCells?
  /// Of all values, not of the means that are drawn.
  let values: ValueStatistics

  var width: Int { namedCells?.width ?? plane.width * enlargement }
  var height: Int { namedCells?.height ?? plane.height * enlargement }

  /// About 64 pixels, at most 96.
  init(_ maps: Tensor, channel: Int) {
    let shape = maps.shape
    let zoom = TileZoom(width: shape.width, height: shape.height, target: 56, limit: 96)
    plane = Plane(width: shape.width, height: shape.height, values: Array(maps.plane(channel)))
      .reduced(by: zoom.reduction)
    enlargement = zoom.enlargement
    reduction = zoom.reduction
    isStrip = false
    namedCells = nil
    values = ValueStatistics(maps.plane(channel))
  }

  /// So many cells are named.
  private static let mostNames = 64

  /// A strip of cells, 64 in a row; the last row may be shorter.
  ///
  /// - Parameter names: as many as values; not for more than 64.
  init(vector: [Float], names: [String]? = nil) {
    let width = min(vector.count, 64)
    let rows = width == 0 ? 0 : (vector.count + width - 1) / width
    plane = Plane(width: max(1, width), height: rows, values: vector)
    enlargement = vector.count <= 16 ? 12 : 5
    reduction = 1
    isStrip = true
    namedCells = names.flatMap {
      $0.count == vector.count && $0.count <= Self.mostNames ? NamedCells(vector, names: $0) : nil
    }
    values = ValueStatistics(vector)
  }

  func draw(_ coloring: ValueColoring, on canvas: inout Canvas, x: Int, y: Int) {
    if let namedCells { return namedCells.draw(coloring, on: &canvas, x: x, y: y) }
    canvas.frame(PixelRect(x: x, y: y, width: width, height: height).inset(-1), Palette.frame)
    canvas.blit(coloring.colors(plane.values), columns: plane.width, x: x, y: y, zoom: enlargement)
    let missing = plane.width * plane.height - plane.values.count
    guard missing > 0 else { return }
    // A last row that is shorter ends where its values end.
    let rest = PixelRect(
      x: x + width - missing * enlargement, y: y + height - enlargement, width: missing * enlargement + 1,
      height: enlargement + 1)
    canvas.fill(rest, Palette.paper)
    canvas.fill(PixelRect(x: rest.x, y: rest.y, width: rest.width, height: 1), Palette.frame)
    canvas.fill(PixelRect(x: rest.x, y: rest.y, width: 1, height: rest.height), Palette.frame)
  }
}
