import FeatureMap

/// The answers for pictures that follow each other, in the form in which they are printed.
struct ClassificationOutput: Sendable {
  private let format: TableFormat
  /// What is printed at once: lines with their ends; for JSON elements of a list, with commas between them.
  private(set) var text = ""

  init(_ format: TableFormat) {
    self.format = format
  }

  mutating func append(_ result: Classification) {
    switch format {
    case .text:
      result.append(to: &text)
      text += "\n"
    case .jsonl:
      result.appendJSON(to: &text)
      text += "\n"
    case .csv: result.appendCSV(to: &text)
    case .json:
      if !text.isEmpty { text += ",\n" }
      result.appendPrettyJSON(to: &text)
    }
  }
}
