import TensorCore
import Testing

@testable import Pictures

@Suite("Golden pictures")
struct GoldenTests {
  /// -4, -3, ... 4 in a row of three, and their negatives.
  private static let signed = Tensor(planes: [
    [[-4, -3, -2], [-1, 0, 1], [2, 3, 4]], [[4, 3, 2], [1, 0, -1], [-2, -3, -4]],
  ])

  @Test("signed maps")
  func signedMaps() throws {
    let grid = FeatureMapGrid(title: "conv1  2x3x3", maps: Self.signed, zoom: 24)
    try Golden.expect(grid.render().image, "signed")
  }

  @Test("a constant map and one with NaN and infinity")
  func specialMaps() throws {
    let maps = Tensor(planes: [[[0.5, 0.5], [0.5, 0.5]], [[0, .nan], [.infinity, 1]]])
    try Golden.expect(FeatureMapGrid(title: "odd  2x2x2", maps: maps, zoom: 40).render().image, "special")
  }

  @Test("a vector with names")
  func vector() throws {
    let vector = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [-1.5, 0.25, 3])
    let grid = FeatureMapGrid(title: "fc3  3", maps: vector, labels: ["coat", "bag", "sandal"])
    try Golden.expect(grid.render().image, "vector")
  }

  @Test("a single kernel with its numbers")
  func kernel() throws {
    let sobel = Tensor(rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    try Golden.expect(KernelGrid(title: "sobel  3x3", weights: sobel, zoom: 32).render().image, "kernel")
  }

  @Test("a chart")
  func chart() throws {
    let chart = LineChart(
      title: "training", xLabel: "epoch",
      series: [
        .init(name: "loss", values: [2.3, 1.1, .nan, 0.6, 0.5]),
        .init(name: "accuracy", values: [0.1, 0.6, 0.75, 0.8, 0.82]),
      ], plotWidth: 200, plotHeight: 120)
    try Golden.expect(chart.render(), "chart")
  }

  @Test("a chart with two vertical axes")
  func chartOfTwoAxes() throws {
    let chart = LineChart(
      title: "training", xLabel: "epoch",
      series: [
        .init(name: "train loss", values: [2.3, 1.1, .nan, 0.6, 0.5]),
        .init(name: "test accuracy", values: [0.1, 0.6, 0.75, 0.8, 0.82], side: .right),
      ], left: .init(label: "loss"), right: .init(label: "accuracy", range: 0...1), plotWidth: 240,
      plotHeight: 160)
    try Golden.expect(chart.render(), "chart-axes")
  }

  @Test("a confusion matrix")
  func confusion() throws {
    let picture = ConfusionMatrixPicture(
      title: "test", counts: [[8, 2, 0], [1, 9, 0], [0, 0, 0]], labels: ["coat", "bag", "sandal"])
    try Golden.expect(picture.render(), "confusion")
  }

  @Test("all characters of the font")
  func font() throws {
    var canvas = Canvas(width: 200, height: 100, background: .white)
    for row in 0..<6 {
      let codes = (32 + row * 16..<48 + row * 16).filter { $0 < 127 }
      let text = String(String.UnicodeScalarView(codes.compactMap { UnicodeScalar($0) }))
      canvas.draw(text + (row == 5 ? "×\u{e9}" : ""), x: 3, y: 3 + row * 16, scale: 1, color: .black)
    }
    try Golden.expect(canvas.image, "font")
  }
}
