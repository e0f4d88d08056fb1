import FeatureMap

/// The numbers of maps as a table, printed picture by picture; a JSON array at the end.
struct StatisticsTable {
  let format: TableFormat
  let printLine: ResultPrinter
  private var rows: [StatisticsRow] = []
  private var isFirst = true

  init(format: TableFormat, printLine: ResultPrinter) {
    self.format = format
    self.printLine = printLine
  }

  var isText: Bool { format == .text }

  /// - Parameters:
  ///   - names: of a layer's channels.
  ///   - headline: stands above a table in text where it is not empty.
  mutating func add(
    _ layers: [ShownLayer], file: String, names: (ShownLayer) -> [String]?, headline: String
  ) throws {
    let added = layers.flatMap { StatisticsRow.rows(of: $0, file: file, names: names($0)) }
    switch format {
    case .text:
      if !headline.isEmpty { printLine(headline) }
      printLine(Self.text(added))
    case .json: rows += added
    case .jsonl: for row in added { printLine(try json(row, pretty: false)) }
    case .csv:
      if isFirst { printLine(StatisticsRow.csvHeader) }
      for row in added { printLine(row.csv) }
    }
    isFirst = false
  }

  func finish() throws {
    if format == .json { printLine(try json(rows, pretty: true)) }
  }

  private static func text(_ rows: [StatisticsRow]) -> String {
    let hasNotFinite = rows.contains { $0.statistics.notFiniteCount > 0 }
    var table = TextTable(
      [("layer", .left), ("map", .left)]
        + ["min", "max", "mean", "std", "zeros"].map { ($0, TextTable.Alignment.right) }
        + (hasNotFinite ? [("not finite", .right)] : []))
    table.rows = rows.map { row in
      let statistics = row.statistics
      return [
        row.layer, row.map + (statistics.isDead ? " (dead)" : ""), cell(statistics.minimum.map(Double.init)),
        cell(statistics.maximum.map(Double.init)), cell(statistics.mean),
        cell(statistics.standardDeviation), percent(statistics.zeroShare),
      ] + (hasNotFinite ? [grouped(statistics.notFiniteCount)] : [])
    }
    return table.text
  }

  private static func cell(_ value: Double?) -> String { value.map { formatted($0) } ?? "-" }
}

/// One map's numbers.
struct StatisticsRow: Encodable {
  let file: String
  let layer: String
  /// `ch 3`, a class, a colour, or what was put together.
  let map: String
  /// Its number in the layer; `nil` for a vector and for channels that were put together.
  let channel: Int?
  let statistics: MapStatistics

  /// A row for each map shown of a layer; one for a vector.
  static func rows(of layer: ShownLayer, file: String, names: [String]?) -> [StatisticsRow] {
    let isVector = layer.maps.shape.planeCount == 1
    let maps = isVector ? ["\(layer.maps.shape.channels) values"] : layer.chosen.names(names)
    let hasNumbers = !isVector && layer.chosen.reduction == nil
    return MapStatistics.maps(of: layer.maps).enumerated().map { index, statistics in
      StatisticsRow(
        file: file, layer: layer.name, map: maps[index],
        channel: hasNumbers ? layer.chosen.numbers[index] : nil, statistics: statistics)
    }
  }

  private enum Field: String, CodingKey, CaseIterable {
    case file, layer, map, channel, min, max, mean, standardDeviation, zeroShare, notFinite
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(file, forKey: .file)
    try fields.encode(layer, forKey: .layer)
    try fields.encode(map, forKey: .map)
    try fields.encode(channel, forKey: .channel)
    try fields.encode(statistics.minimum, forKey: .min)
    try fields.encode(statistics.maximum, forKey: .max)
    try fields.encode(statistics.mean, forKey: .mean)
    try fields.encode(statistics.standardDeviation, forKey: .standardDeviation)
    try fields.encode(statistics.zeroShare, forKey: .zeroShare)
    try fields.encode(statistics.notFiniteCount, forKey: .notFinite)
  }

  static var csvHeader: String { csvLine(Field.allCases.map(\.rawValue)) }

  var csv: String {
    csvLine([
      file, layer, map, channel.map { "\($0)" } ?? "", statistics.minimum.map { "\($0)" } ?? "",
      statistics.maximum.map { "\($0)" } ?? "", statistics.mean.map { "\($0)" } ?? "",
      statistics.standardDeviation.map { "\($0)" } ?? "", "\(statistics.zeroShare)",
      "\(statistics.notFiniteCount)",
    ])
  }
}
