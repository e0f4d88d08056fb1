import FeatureMap

/// The differences of maps as a table, printed layer by layer; text and a JSON array at the end.
struct ComparisonTable {
  let format: TableFormat
  let printLine: ResultPrinter
  private var rows: [ComparisonRow] = []

  init(format: TableFormat, printLine: ResultPrinter) {
    self.format = format
    self.printLine = printLine
  }

  mutating func add(_ added: [ComparisonRow]) throws {
    if format == .csv && rows.isEmpty { printLine(ComparisonRow.csvHeader) }
    rows += added
    for row in added {
      if format == .jsonl { printLine(try json(row, pretty: false)) }
      if format == .csv { printLine(row.csv) }
    }
  }

  func finish() throws {
    if format == .json { printLine(try json(rows, pretty: true)) }
    if format == .text { printLine(text) }
  }

  private var text: String {
    let hasNotFinite = rows.contains { $0.difference.notFiniteCount > 0 }
    var table = TextTable(
      [("layer", .left), ("map", .left), ("mean |d|", .right), ("largest", .right)]
        + (hasNotFinite ? [("not finite", .right)] : []) + [("file", .left)])
    table.rows = rows.map { row in
      [
        row.layer, row.map, row.difference.meanAbsolute.map { formatted($0) } ?? "-",
        row.difference.largest.map { formatted($0) } ?? "-",
      ] + (hasNotFinite ? [grouped(row.difference.notFiniteCount)] : [])
        + [row.channel == nil ? row.file : ""]
    }
    return table.text
  }
}

/// How a map, or a whole layer, differs.
struct ComparisonRow: Encodable {
  let layer: String
  let map: String
  /// `nil` for all channels of the layer together.
  let channel: Int?
  let difference: MapDifference
  /// The layer's picture.
  let file: String

  private enum Field: String, CodingKey, CaseIterable {
    case layer, map, channel, meanAbsolute, largest, notFinite, file
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(layer, forKey: .layer)
    try fields.encode(map, forKey: .map)
    try fields.encode(channel, forKey: .channel)
    try fields.encode(difference.meanAbsolute, forKey: .meanAbsolute)
    try fields.encode(difference.largest, forKey: .largest)
    try fields.encode(difference.notFiniteCount, forKey: .notFinite)
    try fields.encode(file, forKey: .file)
  }

  static var csvHeader: String { csvLine(Field.allCases.map(\.rawValue)) }

  var csv: String {
    csvLine([
      layer, map, channel.map { "\($0)" } ?? "", difference.meanAbsolute.map { "\($0)" } ?? "",
      difference.largest.map { "\($0)" } ?? "", "\(difference.notFiniteCount)", file,
    ])
  }
}
