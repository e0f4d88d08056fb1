import TensorCore
import Testing

@testable import Pictures

@Suite("Histograms of maps")
struct HistogramTests {
  @Test("each part holds its lower bound, the last the upper one, too; what is beyond counts as the ends")
  func parts() {
    let range = ValueRange(0, 4)
    #expect(MapHistogram([0, 0.9, 1, 2.5, 3, 4] as [Float], range: range, bins: 4).counts == [2, 1, 1, 2])
    #expect(MapHistogram([-9, 5, .nan, .infinity] as [Float], range: range, bins: 4).counts == [1, 0, 0, 1])
    let tiny = ValueRange(0, .leastNormalMagnitude)
    #expect(MapHistogram([-3e38, 3e38] as [Float], range: tiny, bins: 2).counts == [1, 1])
    #expect(MapHistogram([7] as [Float], range: ValueRange(7, 7), bins: 3).counts == [0, 1, 0])
    #expect(MapHistogram([] as [Float], range: range, bins: 2).counts == [0, 0])
  }

  @Test("the count of all finite values is kept for any range")
  func total() {
    let values = Samples.numbers(Shape(channels: 1, height: 20, width: 20), -3...3, seed: 4).values
    for range in [ValueRange(-3, 3), ValueRange(-1, 0), ValueRange(0.1, 0.2)] {
      #expect(MapHistogram(values, range: range, bins: 64).counts.reduce(0, +) == 400)
    }
  }

  @Test("vectors, constant maps and maps without finite values can be drawn")
  func robust() {
    for maps in [
      Tensor(shape: Shape(channels: 20, height: 1, width: 1), repeating: 2),
      Tensor(shape: Shape(channels: 3, height: 2, width: 2), repeating: .nan),
      Tensor(shape: Shape(channels: 0, height: 2, width: 2)),
    ] {
      #expect(HistogramGrid(title: "t", maps: maps, scale: .each).render().image.height > 30)
    }
  }

  @Test("golden: a map of few values and one of many")
  func golden() throws {
    let spread = (0..<64).map { Float($0) / 8 - 4 }
    let few = (0..<64).map { Float($0 < 60 ? 0 : 3) }
    let maps = Tensor(shape: Shape(channels: 2, height: 8, width: 8), values: spread + few)
    try Golden.expect(HistogramGrid(title: "conv1  2x8x8", maps: maps).render().image, "histogram")
  }
}
