import TensorCore
import Testing

@testable import Pictures

@Suite("Grids of kernels")
struct KernelGridTests {
  private func tiles(_ weights: Tensor, zoom: Int) -> KernelTiles {
    KernelTiles(
      kernels: weights,
      layer: LayerColoring(maps: weights, scale: .layer, colorMap: .brBG, sharedValues: nil),
      captions: Array(repeating: [], count: weights.shape.channels),
      order: Array(0..<weights.shape.channels), columns: nil, padding: 2, zoom: zoom)
  }

  @Test("weights are centred at zero")
  func centred() {
    let result = KernelGrid(title: "k", weights: Tensor(rows: [[0.1, 0.2, 0.5]])).render()
    #expect(result.range == ValueRange(-0.5, 0.5))
  }

  @Test("numbers are written where all of them fit, the larger the cells the better")
  func numbers() {
    let sobel = Tensor(rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    #expect(tiles(sobel, zoom: 40).fittingDigits?.scale == 2)
    #expect(tiles(sobel, zoom: 20).fittingDigits?.scale == 1)
    #expect(tiles(sobel, zoom: 8).fittingDigits == nil)
    let long = Tensor(rows: [[-0.123456, 0.00123]])
    #expect(tiles(long, zoom: 30).fittingDigits == nil)
    let style = tiles(long, zoom: 34).fittingDigits
    #expect(style?.text(-0.123456) == "-0.12")
    #expect(style?.text(0.00123) == "0.00")
    #expect(tiles(long, zoom: 100).fittingDigits?.text(-0.123456) == "-0.123")
  }

  @Test("kernels of several inputs and outputs, of one, and of none are drawn")
  func shapes() {
    for shape in [
      Shape(batch: 16, channels: 6, height: 5, width: 5), Shape(batch: 2, channels: 8, height: 3, width: 3),
      Shape(batch: 6, channels: 1, height: 5, width: 5),
      Shape(batch: 120, channels: 400, height: 1, width: 1),
      Shape(batch: 1, channels: 1, height: 1, width: 1), Shape(batch: 1, channels: 1, height: 1, width: 9),
      Shape(batch: 0, channels: 1, height: 3, width: 3),
    ] {
      let weights = Samples.numbers(shape, -1...1, seed: 3)
      let result = KernelGrid(title: "weights \(shape)", weights: weights).render()
      let isMatrix = shape.planeCount == 1 && shape.batch * shape.channels > 1
      #expect(result.channels.count == (isMatrix ? 1 : shape.batch * shape.channels))
    }
  }

  @Test("of too many kernels the first are drawn")
  func many() {
    let weights = Samples.numbers(Shape(batch: 64, channels: 64, height: 3, width: 3), -1...1, seed: 4)
    let result = KernelGrid(title: "many", weights: weights).render()
    #expect(result.channels.count == 512)
    #expect(result.channels[16] == ValueStatistics(weights.plane(0, batch: 1)))
  }
}
