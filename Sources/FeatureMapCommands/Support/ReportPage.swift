import CWebPages
import FeatureMap

/// The page that shows a network at work: the file of `report`, and what `serve` begins with.
struct ReportPage {
  let title: String
  /// `nil` for a page that gets its data from a server.
  let data: ReportData?

  /// What a page may do: run its own script and show its own pictures, with a server also ask that one.
  private static func policy(withServer: Bool) -> String {
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
      + (withServer ? "; connect-src 'self'" : "")
  }

  /// The HTML file.
  func html() throws -> String {
    var parts = [
      "TITLE": escaped(title), "POLICY": Self.policy(withServer: data == nil), "CONTROLS": "",
      "STYLE": text(fm_page_css), "SCRIPT": text(fm_page_js), "DATA": "",
    ]
    if let data {
      // A script ends at the first "<" of its kind.
      parts["DATA"] = replaced(try json(data, pretty: false), "<", by: "\\u003c")
    } else {
      parts["CONTROLS"] = text(fm_serve_html)
      parts["STYLE"] = text(fm_page_css) + text(fm_serve_css)
      parts["SCRIPT"] = text(fm_page_js) + text(fm_serve_js)
    }
    return filled(text(fm_page_html), with: parts)
  }

  /// The template with each `{{NAME}}` as its part; marks within the parts stay as they are.
  private func filled(_ template: String, with parts: [String: String]) -> String {
    var pieces = template.split(separator: "{{", omittingEmptySubsequences: false)
    var page = String(pieces.removeFirst())
    for piece in pieces {
      let halves = piece.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
      page += parts[String(halves[0])] ?? ""
      page += halves[1]
    }
    return page
  }

  private func escaped(_ text: String) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")].reduce(text) {
      replaced($0, $1.0, by: $1.1)
    }
  }

  /// A file that is compiled in.
  private func text(_ file: (UnsafeMutablePointer<Int>?) -> UnsafePointer<UInt8>?) -> String {
    var count = 0
    let start = file(&count)
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}

/// The text with every `old` as `new`.
private func replaced(_ text: String, _ old: String, by new: String) -> String {
  text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
}
