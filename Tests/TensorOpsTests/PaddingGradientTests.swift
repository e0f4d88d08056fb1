import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("The backward pass of padding")
struct PaddingGradientTests {
  @Test("a row by hand")
  func row() {
    let gradient = Tensor(rows: [[1, 2, 4, 8, 16, 32, 64]])
    let edges = Edges(top: 0, bottom: 0, left: 2, right: 2)
    func folded(_ border: BorderMode) -> [Float] {
      gradient.foldingPadding(edges, border: border).values
    }
    #expect(folded(.zero) == [4, 8, 16])
    #expect(folded(.replicate) == [7, 8, 112])
    #expect(folded(.reflect) == [68, 42, 17])
    #expect(folded(.symmetric) == [6, 73, 48])
    #expect(folded(.circular) == [36, 73, 18])
  }

  @Test("it is the transpose of padding", arguments: BorderMode.allCases)
  func transpose(border: BorderMode) {
    let edges = Edges(top: 3, bottom: 0, left: 1, right: 4)
    let x = Tensor.random(Shape(batch: 2, channels: 2, height: 2, width: 3), in: -1...1, seed: 1)
      .converted(to: Double.self)
    let padded = x.padded(by: edges, border: border)
    let g = Tensor.random(padded.shape, in: -1...1, seed: 2).converted(to: Double.self)
    let folded = g.foldingPadding(edges, border: border)
    let forward = zip(padded.values, g.values).reduce(0) { $0 + $1.0 * $1.1 }
    let backward = zip(x.values, folded.values).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(folded.shape == x.shape && abs(forward - backward) < 1e-12)
  }
}
