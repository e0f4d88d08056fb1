import FileAccess
import Glibc
import ImageCodecs
import TensorCore
import Testing

@testable import Pictures

@Test func gallery() throws {
  guard let named = getenv("GALLERY") else { return }
  let folder = String(cString: named)
  func save(_ name: String, _ image: RasterImage) throws {
    try writeFile(try encodePNG(image), to: "\(folder)/\(name).png")
  }
  func s(_ c: Int, _ h: Int, _ w: Int) -> Shape { Shape(channels: c, height: h, width: w) }
  try save(
    "signed",
    FeatureMapGrid(title: "conv1  6x28x28", maps: Samples.smooth(s(6, 28, 28), -1...2, seed: 1)).render()
      .image)
  try save(
    "positive",
    FeatureMapGrid(title: "pool1  6x14x14", maps: Samples.smooth(s(6, 14, 14), 0...1, seed: 2)).render().image
  )
  try save(
    "each",
    FeatureMapGrid(
      title: "conv2  16x10x10", maps: Samples.smooth(s(16, 10, 10), -1...1, seed: 3), scale: .each
    ).render().image)
  try save(
    "kernels16",
    KernelGrid(
      title: "conv2.weight  16x1x5x5",
      weights: Samples.numbers(Shape(batch: 16, channels: 1, height: 5, width: 5), -0.4...0.4, seed: 4)
    ).render().image)
  try save(
    "kernels16x6",
    KernelGrid(
      title: "conv2.weight  16x6x5x5",
      weights: Samples.numbers(Shape(batch: 16, channels: 6, height: 5, width: 5), -0.4...0.4, seed: 4)
    ).render().image)
  try save(
    "kernels64x64",
    KernelGrid(
      title: "layer  256x128x3x3",
      weights: Samples.numbers(Shape(batch: 256, channels: 128, height: 3, width: 3), -0.4...0.4, seed: 4)
    ).render().image)
  try save(
    "kernel1x1",
    KernelGrid(
      title: "point  24x12x1x1",
      weights: Samples.numbers(Shape(batch: 24, channels: 12, height: 1, width: 1), -0.4...0.4, seed: 4)
    ).render().image)
  try save(
    "sobel",
    KernelGrid(title: "sobel  3x3", weights: Tensor(rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])).render()
      .image)
  try save(
    "gauss",
    KernelGrid(
      title: "gaussian  5x5",
      weights: Tensor(rows: [
        [0.003, 0.0133, 0.0219, 0.0133, 0.003], [0.0133, 0.0596, 0.0983, 0.0596, 0.0133],
        [0.0219, 0.0983, 0.162, 0.0983, 0.0219], [0.0133, 0.0596, 0.0983, 0.0596, 0.0133],
        [0.003, 0.0133, 0.0219, 0.0133, 0.003],
      ])
    ).render().image)
  try save(
    "vector10",
    FeatureMapGrid(
      title: "fc3  10", maps: Samples.numbers(s(10, 1, 1), -6...9, seed: 5), labels: Samples.fashion
    ).render().image)
  try save(
    "softmax10",
    FeatureMapGrid(
      title: "softmax  10", maps: Samples.numbers(s(10, 1, 1), 0...0.4, seed: 6), labels: Samples.fashion
    ).render().image)
  try save(
    "vector120",
    FeatureMapGrid(title: "fc1  120", maps: Samples.numbers(s(120, 1, 1), -1...1, seed: 7)).render().image)
  try save(
    "vector25088",
    FeatureMapGrid(title: "flatten  25088", maps: Samples.numbers(s(25088, 1, 1), 0...1, seed: 7)).render()
      .image)
  try save(
    "maps64",
    FeatureMapGrid(title: "conv1  64x112x112", maps: Samples.smooth(s(64, 112, 112), -1...1, seed: 8))
      .render().image)
  try save(
    "maps512",
    FeatureMapGrid(title: "conv5  512x7x7", maps: Samples.smooth(s(512, 7, 7), 0...1, seed: 8)).render().image
  )
  try save("tiny", FeatureMapGrid(title: "tiny  1x1x1", maps: Tensor(rows: [[0.5]])).render().image)
  try save("tiny2", FeatureMapGrid(title: "tiny  1x1x2", maps: Tensor(rows: [[0.5, -1]])).render().image)
  try save(
    "wide",
    FeatureMapGrid(title: "sobel  2x300x1500", maps: Samples.smooth(s(2, 300, 1500), -1...1, seed: 9))
      .render().image)
  var special = Samples.smooth(s(4, 12, 12), -1...1, seed: 10)
  for i in 0..<144 { special.values[144 + i] = 0.5 }
  for i in 0..<5 { special.values[288 + i * 13] = .nan }
  special.values[300] = .infinity
  for i in 0..<144 { special.values[432 + i] = .nan }
  try save("special", FeatureMapGrid(title: "special  4x12x12", maps: special).render().image)
  try save(
    "constant",
    FeatureMapGrid(title: "constant  2x12x12", maps: Tensor(shape: s(2, 12, 12), repeating: 0.5)).render()
      .image)
  try save(
    "labels",
    FeatureMapGrid(
      title: "edges  4x12x12", maps: Samples.smooth(s(4, 12, 12), -1...1, seed: 11), scale: .fixed(-0.5...1),
      labels: ["horizontal gradient", "vertical", "magnitude", "direction"]
    ).render().image)
  var g = SplitMix64(seed: 3)
  var counts = (0..<10).map { _ in (0..<10).map { _ in g.index(below: 60) * g.index(below: 3) / 2 } }
  for i in 0..<10 { counts[i][i] = 780 + g.index(below: 200) }
  counts[4][2] = 190
  try save(
    "confusion",
    ConfusionMatrixPicture(title: "LeNet on Fashion-MNIST", counts: counts, labels: Samples.fashion).render())
  let epochs = (1...20).map(Double.init)
  try save(
    "chart",
    LineChart(
      title: "LeNet, learning rate 0.9", xLabel: "epoch",
      series: [
        .init(name: "train loss", values: epochs.map { 2.3 / $0 + 0.3 }),
        .init(name: "train accuracy", values: epochs.map { 0.9 - 0.8 / $0 }),
        .init(name: "test accuracy", values: epochs.map { 0.87 - 0.75 / $0 + (Int($0) % 3 == 0 ? 0.02 : 0) }),
      ]
    ).render())
  var canvas = Canvas(width: 400, height: 150, background: .white)
  for (i, line) in FontDrawings.blocks.enumerated() {
    canvas.draw(
      String(line.split(separator: "\n")[0].enumerated().filter { $0.offset % 6 == 0 }.map(\.element)), x: 5,
      y: 5 + i * 22, scale: 2, color: .black)
  }
  canvas.draw(
    "The quick brown fox jumps over the lazy dog. 3.14 \u{e9}", x: 210, y: 5, scale: 1, color: .black)
  try save("font", canvas.image)
}
