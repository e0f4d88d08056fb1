import TensorCore
import TestSupport
import Testing

@testable import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Cross-entropy")
struct CrossEntropyTests {
  private func logits(_ rows: [[Double]]) -> NumericTensor<Double> {
    NumericTensor(
      shape: Shape(batch: rows.count, channels: rows[0].count, height: 1, width: 1),
      values: rows.flatMap { $0 })
  }

  @Test("an undecided network of ten classes loses log 10")
  func undecided() throws {
    let result = try crossEntropy(logits([[Double](repeating: 2, count: 10)]), labels: [7])
    #expect(abs(result.loss - log(10)) < 1e-15)
    var expected = [Double](repeating: 0.1, count: 10)
    expected[7] = -0.9
    expectClose(result.gradient.values, expected, tolerance: 1e-15)
  }

  @Test("the loss is the mean over the examples, or the sum by a given divisor")
  func divisor() throws {
    let rows = [[1.0, 2, 3], [0, 0, 5]]
    let each = try [(0, 2), (1, 0)].map { try crossEntropy(logits([rows[$0.0]]), labels: [$0.1]) }
    let both = try crossEntropy(logits(rows), labels: [2, 0])
    #expect(abs(both.loss - (each[0].loss + each[1].loss) / 2) < 1e-15)
    let part = try crossEntropy(logits(rows), labels: [2, 0], divisor: 8)
    #expect(abs(part.loss - both.loss / 4) < 1e-15)
    expectClose(part.gradient, both.gradient.map { $0 / 4 }, tolerance: 1e-16)
  }

  @Test("right answers are counted; of equal logits the first counts")
  func correct() throws {
    let rows = logits([[0, 1], [1, 0], [3, 3], [3, 3]])
    #expect(try crossEntropy(rows, labels: [1, 1, 0, 1]).correct == 2)
  }

  @Test("logits far apart neither overflow nor lose the loss")
  func farApart() throws {
    let result = try crossEntropy(logits([[1000, -1000]]), labels: [1])
    #expect(result.loss == 2000)
    #expect(result.gradient.values == [1, -1])
    let float = try crossEntropy(
      Tensor(shape: Shape(channels: 2, height: 1, width: 1), values: [1000, -1000]), labels: [0])
    #expect(float.loss == 0)
  }

  @Test("an empty batch loses nothing")
  func empty() throws {
    let result = try crossEntropy(
      Tensor(shape: Shape(batch: 0, channels: 3, height: 1, width: 1)), labels: [])
    #expect(result.loss == 0)
    #expect(result.correct == 0)
  }

  @Test("labels outside of the classes are refused", arguments: [-1, 3])
  func label(label: Int) {
    let expected = OperationError.setting(
      operation: "cross-entropy", problem: "label \(label) is not one of 3 classes")
    #expect(throws: expected) { try crossEntropy(logits([[1, 2, 3]]), labels: [label]) }
    #expect("\(expected)" == "cross-entropy: label \(label) is not one of 3 classes")
  }

  @Test("too few labels and maps instead of vectors are refused")
  func shapes() {
    #expect(
      throws: OperationError.shape(
        operation: "cross-entropy", got: "shape 2x3", expected: "one vector for each of 1 labels")
    ) { try crossEntropy(logits([[1, 2, 3], [1, 2, 3]]), labels: [0]) }
    #expect(throws: OperationError.self) {
      try crossEntropy(Tensor(shape: Shape(channels: 3, height: 2, width: 1)), labels: [0])
    }
  }

  @Test("label smoothing is PyTorch's, for tensors and tiles")
  func smoothing() throws {
    let logits = Tensor(
      shape: Shape(batch: 2, channels: 4, height: 1, width: 1), values: [1, -2, 0.5, 3, 0, 0, 0, 0])
    // torch.nn.functional.cross_entropy(logits, [1, 2], label_smoothing=0.1)
    let expected: [Float] = [
      0.04277686, -0.45974791, 0.02102711, 0.39594388, 0.1125, 0.1125, -0.3375, 0.1125,
    ]
    let result = try crossEntropy(logits, labels: [1, 2], smoothing: 0.1)
    #expect(abs(result.loss - 3.1630237) < 1e-6)
    expectClose(result.gradient.values, expected, tolerance: 1e-6)
    var lanes = [Float](repeating: 0, count: 4 * 16)
    for n in 0..<2 {
      for c in 0..<4 { lanes[c * 16 + n] = logits[n, c, 0, 0] }
    }
    var gradient = lanes
    let tile = [UInt8(1), 2].withUnsafeBufferPointer {
      crossEntropy(logits: lanes, classes: 4, labels: $0, scale: 0.5, smoothing: 0.1, gradient: &gradient)
    }
    #expect(abs(tile.loss - 3.1630237) < 1e-6)
    expectClose((0..<8).map { gradient[$0 % 4 * 16 + $0 / 4] }, expected, tolerance: 1e-6)
  }
}
