import TestSupport
import Testing

@testable import Pictures

@Suite("Charts as SVG and text")
struct LineChartTextTests {
  private let chart = LineChart(
    title: "a < b", xLabel: "epoch",
    series: [
      LineChart.Series(name: "loss", values: [2, 1, .nan, 0.5]),
      LineChart.Series(name: "accuracy", values: [0.1, 0.6, 0.8, 0.5]),
    ])

  @Test("an SVG is well-formed, has a line for each run of numbers and its words escaped")
  func svg() {
    let text = chart.svg()
    #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(text.hasSuffix("</svg>\n"))
    #expect(text.contains("a &lt; b") && !text.contains("a < b"))
    #expect(text.components(of: "<polyline") == 3, "the NaN cuts one line in two")
    #expect(text.components(of: "<text") == text.components(of: "</text>"))
    #expect(!text.contains("nan"))
    #expect(text.contains(">accuracy</text>") && text.contains(">epoch</text>"))
  }

  @Test("the chart in characters shows every line with its own mark, no row is wider than asked")
  func text() {
    let text = chart.text(width: 60, rows: 8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "o loss   x accuracy")
    #expect(lines.count == 1 + 8 + 2)
    #expect(lines.allSatisfy { $0.count <= 60 })
    let body = lines[1...8].joined()
    // Two of loss and three of accuracy; the last points meet.
    #expect(body.count { $0 == "o" } == 2)
    #expect(body.count { $0 == "x" } == 3)
    #expect(body.count { $0 == "*" } == 1)
  }

  @Test("two vertical axes stand with their names at both sides, each line on its own")
  func axes() throws {
    let chart = LineChart(
      title: "", xLabel: "epoch",
      series: [
        LineChart.Series(name: "loss", values: [60, 0]),
        LineChart.Series(name: "accuracy", values: [1, 0.5], side: .right),
      ], left: .init(label: "loss"), right: .init(label: "accuracy", range: 0...1))
    let lines = chart.text(width: 60, rows: 8).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(lines[1].hasPrefix("loss ") && lines[1].hasSuffix(" accuracy"))
    // Both begin at the top, each at its own number.
    #expect(lines[2].hasPrefix("60 |*") && lines[2].hasSuffix("| 1.0"))
    let last = try #require(lines.firstIndex { $0.hasSuffix("o| 0") || $0.contains("o|") })
    #expect(lines[last].hasPrefix(" 0 |"))
    #expect(lines.contains { $0.contains("x| 0.5") || $0.hasSuffix("x|") })
    let svg = chart.svg()
    #expect(svg.components(of: ">loss</text>") == 2 && svg.components(of: ">accuracy</text>") == 2)
    #expect(svg.contains(">0.4</text>") && svg.contains(">60</text>"))
  }

  @Test("a chart without any point is drawn all the same")
  func empty() {
    let empty = LineChart(title: "t", xLabel: "x", series: [])
    #expect(!empty.text().isEmpty && empty.svg().hasSuffix("</svg>\n"))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of part: String) -> Int {
    var (count, rest) = (0, self[...])
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
