/// The answers for pictures that follow each other, in the form in which they are printed.
struct ClassificationOutput: Sendable {
  private let format: TableFormat
  /// What is printed at once: lines with their ends.
  private(set) var text = ""
  /// For JSON, which is one array of all.
  private(set) var results: [Classification] = []

  init(_ format: TableFormat) {
    self.format = format
  }

  /// - Throws: when a number has no form in JSON.
  mutating func append(_ result: Classification) throws {
    switch format {
    case .text:
      result.append(to: &text)
      text += "\n"
    case .jsonl: text += try json(result, pretty: false) + "\n"
    case .csv: for line in result.csv { text += line + "\n" }
    case .json: results.append(result)
    }
  }
}
