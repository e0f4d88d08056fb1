import ImageCodecs
import TensorCore
import Testing

@testable import Pictures

@Suite("Differences of maps")
struct ComparisonTests {
  @Test("the mean size and the largest size of differences, by hand")
  func sizes() {
    let difference = MapDifference([1, -3, 0, 2] as [Float])
    #expect(difference.meanAbsolute == 1.5 && difference.largest == 3 && difference.notFiniteCount == 0)
    let odd = MapDifference([.nan, -2, .infinity] as [Float])
    #expect(odd.meanAbsolute == 2 && odd.largest == 2 && odd.notFiniteCount == 2)
    #expect(MapDifference([.nan] as [Float]).meanAbsolute == nil)
  }

  private let first = Tensor(planes: [[[0, 1], [2, 3]], [[1, 1], [1, 1]]])
  private let second = Tensor(planes: [[[1, 1], [2, -3]], [[1, 1], [1, 1]]])

  @Test("the difference is the second less the first, on limits symmetric around zero")
  func direction() {
    let grid = ComparisonGrid(title: "", first: first, second: second)
    #expect(grid.difference.values == [1, 0, 0, -6, 0, 0, 0, 0])
    let result = grid.render()
    #expect(result.range == ValueRange(-6, 6))
    #expect(result.channels[0].minimum == -6 && result.constantChannels == [1])
  }

  @Test("whatever the scale, shape and values, something is drawn")
  func robust() {
    for scale in [ValueScale.each, .layer, .fixed(-1...1)] {
      for shape in [
        Shape(channels: 3, height: 1, width: 1), Shape(channels: 1, height: 700, width: 900),
        Shape(channels: 70, height: 3, width: 3), Shape(channels: 0, height: 2, width: 2),
      ] {
        let values = Tensor(shape: shape, repeating: .nan)
        let grid = ComparisonGrid(title: "t", first: values, second: values, scale: scale)
        #expect(grid.render().image.width > 200)
      }
    }
  }

  @Test("golden: two maps, one that differs and one that does not")
  func golden() throws {
    let grid = ComparisonGrid(
      title: "conv1  2x2x2", first: first, second: second, firstName: "shoe", secondName: "boot", zoom: 20)
    try Golden.expect(grid.render().image, "comparison")
  }
}
