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
  var line = ""
  for (place, cell) in cells.enumerated() {
    if place > 0 { line += "," }
    appendCSVCell(cell, to: &line)
  }
  return line
}

/// Appends a cell of CSV, quoted where it needs to be; by its bytes, because tables may have many thousand rows.
func appendCSVCell(_ cell: String, to line: inout String) {
  guard needsQuotes(cell) else {
    line += cell
    return
  }
  line += "\""
  for scalar in cell.unicodeScalars {
    if scalar == "\"" { line += "\"" }
    line.unicodeScalars.append(scalar)
  }
  line += "\""
}

/// Whether a cell holds a comma, a quote or one of Unicode's line ends: U+000A to U+000D, and U+0085, U+2028 and
/// U+2029, which are C2 85, E2 80 A8 and E2 80 A9 in UTF-8.
private func needsQuotes(_ cell: String) -> Bool {
  var (last, beforeLast): (UInt8, UInt8) = (0, 0)
  for byte in cell.utf8 {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A...0x0D: return true
    case 0x85 where last == 0xC2: return true
    case 0xA8, 0xA9: if last == 0x80, beforeLast == 0xE2 { return true }
    default: break
    }
    (beforeLast, last) = (last, byte)
  }
  return false
}
