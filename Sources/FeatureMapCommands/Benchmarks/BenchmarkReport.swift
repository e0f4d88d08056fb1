import FeatureMap

/// What `bench` prints.
struct BenchmarkReport: Encodable {
  let machine: Machine
  let rows: [BenchmarkRow]
  let isQuick: Bool

  func print(_ format: TableFormat) throws {
    switch format {
    case .text: Swift.print(text)
    case .json: Swift.print(try json(self, pretty: true))
    case .jsonl:
      Swift.print(try json(machine, pretty: false))
      for row in rows { Swift.print(try json(row, pretty: false)) }
    case .csv:
      Swift.print(BenchmarkRow.csvHeader)
      for row in rows { Swift.print(csvLine(row.csv)) }
    }
  }

  /// At most 80 columns wide, but for the names of machines.
  var text: String {
    var table = TextTable([
      ("benchmark", .left), ("median", .right), ("fastest", .right), ("spread", .right), ("rate", .right),
      ("peak", .right), ("memcpy", .right), ("memory", .right),
    ])
    for row in rows {
      table.rows.append([
        row.name, timeText(row.seconds.median), timeText(row.seconds.minimum),
        percent(row.seconds.spread), rateText(row), row.shareOfPeak.map { percent($0, digits: 0) } ?? "",
        row.timesMemcpy.map { "\(threeDigits($0)) x" } ?? "",
        row.peakMemoryBytes.map { "\(threeDigits(Double($0) / 1e6)) MB" } ?? "",
      ])
    }
    var parts = [machine.text, table.text, legend]
    if isQuick {
      parts.append("Quick: little work and few runs; the figures say only that everything works.")
    }
    return parts.joined(separator: "\n\n")
  }

  /// What each row does.
  private var legend: String {
    var table = TextTable([("", .left), ("", .left)])
    for row in rows {
      let size = row.outputBytes.map { "; \(threeDigits(Double($0) / 1e6)) MB" } ?? ""
      table.rows.append([row.name, row.what + size])
    }
    return String(table.text.drop { $0.isNewline })
  }

  private func rateText(_ row: BenchmarkRow) -> String {
    guard let rate = row.rate, let unit = row.rateUnit else { return "" }
    return "\(rate < 100 ? threeDigits(rate) : grouped(Int(rate.rounded()))) \(unit)"
  }
}

/// `12.3`, `231`, `8,412`: three digits, or all before the point.
func threeDigits(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  if value >= 999.5 { return grouped(Int(value.rounded())) }
  return formatted(value, fractionDigits: value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)
}
