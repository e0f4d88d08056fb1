import FeatureMap

/// Rows of text in aligned columns.
struct TextTable {
  enum Alignment { case left, right }

  var header: [String]
  var alignments: [Alignment]
  var rows: [[String]] = []

  init(_ columns: [(String, Alignment)]) {
    header = columns.map(\.0)
    alignments = columns.map(\.1)
  }

  /// The table, columns two spaces apart, no blanks at the ends of lines.
  var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { line += "  " }
        line += alignments[column] == .left ? cell + space : space + cell
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

/// `61,706`
func grouped(_ number: Int) -> String {
  var digits = ""
  for (place, digit) in String(abs(number)).reversed().enumerated() {
    if place > 0 && place % 3 == 0 { digits.append(",") }
    digits.append(digit)
  }
  return (number < 0 ? "-" : "") + String(digits.reversed())
}

/// `97.6 %`
func percent(_ share: Double, digits: Int = 1) -> String {
  if digits == 1, let text = tenthsOfPercent(share) { return text }
  return formatted(share * 100, fractionDigits: digits) + " %"
}

/// The same by whole numbers, eight times as fast; `nil` where the value is so close to the middle between two
/// tenths that its decimal digits decide.
private func tenthsOfPercent(_ share: Double) -> String? {
  let value = share * 1000
  guard value >= 0, value < 1_000_000 else { return nil }
  let tenths = Int(value)
  let rest = value - Double(tenths)
  guard (rest - 0.5).magnitude > 1e-6 else { return nil }
  let rounded = rest > 0.5 ? tenths + 1 : tenths
  return rounded < tenthTexts.count ? tenthTexts[rounded] : tenthText(rounded)
}

private func tenthText(_ tenths: Int) -> String { "\(tenths / 10).\(tenths % 10) %" }

/// Those of shares up to the whole, made once.
private let tenthTexts = (0...1000).map(tenthText)

/// A text broken into lines of at most `width` characters, each beginning with `indent`.
func wrapped(_ text: String, width: Int, indent: String = "") -> String {
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    var line = indent
    for word in paragraph.split(separator: " ") {
      if line.count > indent.count && line.count + 1 + word.count > width {
        lines.append(line)
        line = indent
      }
      line += (line.count == indent.count ? "" : " ") + word
    }
    lines.append(line)
  }
  return lines.joined(separator: "\n")
}
