import CReportPage
import FeatureMap

/// The page of a report with its data in it.
struct ReportPage {
  let title: String
  let data: ReportData

  /// The HTML file.
  func html() throws -> String {
    var count = 0
    let start = fm_report_page(&count)
    let page = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    // The data may hold the title's mark; so it goes in last. A script ends at the first "<" of its kind.
    let json = replaced(try json(data, pretty: false), "<", by: "\\u003c")
    return replaced(replaced(page, "{{TITLE}}", by: escaped(title)), "{{DATA}}", by: json)
  }

  private func escaped(_ text: String) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")].reduce(text) {
      replaced($0, $1.0, by: $1.1)
    }
  }
}

/// The text with every `old` as `new`.
private func replaced(_ text: String, _ old: String, by new: String) -> String {
  text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
}
