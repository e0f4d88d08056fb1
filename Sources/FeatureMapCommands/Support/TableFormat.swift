import ArgumentParser
import FeatureMap

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How a command prints its results.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
  case jsonl
  case csv
}

/// Values as JSON: keys sorted, so that equal results print equal bytes.
func json(_ value: some Encodable, pretty: Bool) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// A line of CSV (RFC 4180): cells with commas, quotes or line ends are quoted.
func csvLine(_ cells: [String]) -> String {
  cells.map { cell in
    cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      ? "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
      : cell
  }.joined(separator: ",")
}
