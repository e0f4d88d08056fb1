import Testing

@testable import Pictures

@Suite("Charts")
struct ChartTests {
  @Test("ticks are round numbers that cover the values")
  func ticks() {
    let loss = AxisTicks(low: 0, high: 2.31, wanted: 5)
    #expect(loss.labels == ["0", "0.5", "1.0", "1.5", "2.0", "2.5"])
    #expect(AxisTicks(low: 0, high: 1, wanted: 5).labels == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(AxisTicks(low: 1, high: 20, wanted: 4).labels == ["0", "5", "10", "15", "20"])
    #expect(
      AxisTicks(low: -0.03, high: 0.05, wanted: 4).labels == ["-0.04", "-0.02", "0", "0.02", "0.04", "0.06"])
  }

  @Test("there are no ticks between epochs")
  func wholeTicks() {
    #expect(AxisTicks(low: 1, high: 3, wanted: 8, whole: true).labels == ["1", "2", "3"])
    #expect(AxisTicks(low: 1, high: 3, wanted: 8).labels.count > 3)
  }

  @Test(
    "any range has a few ticks around it",
    arguments: [(0.0, 0.0), (5, 5), (-3, -3), (1e-12, 2e-12), (-1e12, 4e12), (0.999, 1.001)])
  func anyRange(low: Double, high: Double) {
    let ticks = AxisTicks(low: low, high: high, wanted: 5)
    #expect((2...12).contains(ticks.count))
    #expect(ticks.lower <= low + ticks.step * 1e-6 && ticks.upper >= high - ticks.step * 1e-6)
    #expect(Set(ticks.labels).count == ticks.count)
  }

  @Test("charts without points, with one and with nothing finite are drawn")
  func degenerate() {
    for values in [[], [0.5], [.nan, .infinity], [0, 0, 0]] as [[Double]] {
      let chart = LineChart(title: "t", xLabel: "epoch", series: [.init(name: "a", values: values)])
      #expect(chart.render().width > 560)
    }
    #expect(LineChart(title: "", xLabel: "", series: []).render().height > 320)
  }

  @Test("long names go to further rows of the legend, all of them within the width")
  func legend() {
    let names = (0..<9).map { "series number \($0)" }
    #expect(ChartLegend(names: names, width: 300).height > ChartLegend(names: names, width: 3000).height)
  }

  @Test("confusion matrices of 0, 1, 40 and 120 classes are drawn", arguments: [0, 1, 40, 120])
  func confusionSizes(classes: Int) {
    let counts = (0..<classes).map { row in (0..<classes).map { row == $0 ? 12345 : $0 } }
    let image = ConfusionMatrixPicture(title: "classes", counts: counts).render()
    #expect(image.width >= 220)
  }
}
