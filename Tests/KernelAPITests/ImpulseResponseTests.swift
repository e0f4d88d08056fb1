import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("The weights of a filter, from what it makes of one bright pixel")
struct ImpulseResponseTests {
  @Test("a matrix comes back as it is, whatever its size, border and bias")
  func matrix() throws {
    for size in [Extent(1), Extent(height: 1, width: 2), Extent(height: 3, width: 4), Extent(5)] {
      let weights = Tensor.random(Shape(channels: 1, height: size.height, width: size.width), seed: 1)
      for border in BorderMode.allCases.map({ FilterBorder($0) }) + [.valid] {
        let found = impulseResponse(of: MatrixFilter(weights, bias: 0.25, border: border))
        expectClose(try #require(found), weights, tolerance: 1e-6, "\(size) \(border)")
      }
    }
  }

  @Test("a separable filter shows the product of its column and row")
  func separable() throws {
    let row = Tensor(rows: [[1, 2, 1]])
    let filter = MatrixFilter([row, row.transposed()], border: FilterBorder(.zero))
    #expect(impulseResponse(of: filter) == Tensor(rows: [[1, 2, 1], [2, 4, 2], [1, 2, 1]]))
  }

  @Test("what is no weighted sum has no weights")
  func notLinear() {
    #expect(impulseResponse(of: Largest()) == nil)
  }
}

/// The largest of three neighbours.
private struct Largest: Kernel {
  let window = Window.centered(Extent(height: 1, width: 3))

  func outputShape(for input: Shape) throws -> Shape { input }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try pooling(
      input, kind: .max,
      options: PoolingOptions(
        kernelSize: Extent(height: 1, width: 3), stride: .one, padding: Edges(vertical: 0, horizontal: 1)))
  }
}
