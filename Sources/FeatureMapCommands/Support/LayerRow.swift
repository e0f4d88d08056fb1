import FeatureMap

/// One layer as JSON; sizes are [height, width]; `size` is `null` where a value sees the whole input, `jump` and
/// `start` also where values do not lie in rows and columns.
struct LayerRow: Encodable {
  let layer: String
  let kind: String
  let shape: [Int]
  let parameters: Int
  let multiplyAdds: Int
  let size: [Int]?
  let jump: [Int]?
  let start: [Double]?

  static let csvHeader = "layer,kind,shape,parameters,multiplyAdds,size,jump,start"

  init(_ row: LayerSummary) {
    let field = row.receptiveField
    layer = row.layer
    kind = row.kind
    shape =
      row.shape.extent == .one
      ? [row.shape.channels] : [row.shape.channels, row.shape.height, row.shape.width]
    parameters = row.parameters
    multiplyAdds = row.multiplyAdds
    size = row.fieldSize.map { [$0.height, $0.width] }
    jump = field.isGlobal ? nil : [field.jump.height, field.jump.width]
    start = field.isGlobal ? nil : [field.start.y, field.start.x]
  }

  static func csv(_ row: LayerSummary) -> String {
    let field = row.receptiveField
    return csvLine([
      row.layer, row.kind, "\(row.shape)", "\(row.parameters)", "\(row.multiplyAdds)",
      row.fieldSize.map { "\($0)" } ?? "all", field.isGlobal ? "" : "\(field.jump)",
      field.isGlobal ? "" : field.startText,
    ])
  }
}

/// Prints rows as JSON, JSON lines or CSV; `text` prints what people read.
func printLayers(_ rows: [LayerSummary], _ format: TableFormat, text: () -> Void) throws {
  switch format {
  case .text: text()
  case .json: print(try json(rows.map(LayerRow.init), pretty: true))
  case .jsonl: for row in rows { print(try json(LayerRow(row), pretty: false)) }
  case .csv:
    print(LayerRow.csvHeader)
    for row in rows { print(LayerRow.csv(row)) }
  }
}

/// `5` for a square, `1x2` otherwise.
func side(_ extent: Extent) -> String {
  extent.height == extent.width ? "\(extent.height)" : "\(extent)"
}

extension ReceptiveField {
  /// The centre of the first value's field: `4.5`, or `4.5,0` for different axes (down, right).
  var startText: String {
    let y = formatted(start.y, significantDigits: 6)
    let x = formatted(start.x, significantDigits: 6)
    return y == x ? y : "\(y),\(x)"
  }

  /// From the first to the last pixel that a map of this size looks at, `-2..29`; beyond the picture where the
  /// map looks at padding.
  func coverText(of map: Extent) -> String {
    func cover(_ first: Int, _ count: Int, _ jump: Int, _ size: Int) -> String {
      "\(first)..\(first + (count - 1) * jump + size - 1)"
    }
    let rows = cover(first.y, map.height, jump.height, size.height)
    let columns = cover(first.x, map.width, jump.width, size.width)
    return rows == columns ? rows : "\(rows),\(columns)"
  }
}
