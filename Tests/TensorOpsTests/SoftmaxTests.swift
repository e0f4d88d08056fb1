import TensorCore
import TestSupport
import Testing

@testable import TensorOps

@Suite("Softmax")
struct SoftmaxTests {
  private func vectors(_ rows: [[Double]]) -> NumericTensor<Double> {
    NumericTensor(
      shape: Shape(batch: rows.count, channels: rows[0].count, height: 1, width: 1),
      values: rows.flatMap { $0 })
  }

  @Test("equal values share evenly; one more is e times as likely")
  func byHand() {
    let result = Reference.softmax(vectors([[3, 3, 3, 3], [0, 1, 0, 0]]))
    let e = 2.718281828459045
    expectClose(
      result.values, [0.25, 0.25, 0.25, 0.25, 1 / (e + 3), e / (e + 3), 1 / (e + 3), 1 / (e + 3)],
      tolerance: 1e-15)
  }

  @Test("probabilities sum to 1 at every place, over the channels")
  func sums() {
    let shape = Shape(batch: 2, channels: 3, height: 2, width: 2)
    let result = softmax(Tensor.random(shape, in: -10...10, seed: 2))
    for n in 0..<2 {
      for y in 0..<2 {
        for x in 0..<2 {
          let sum = (0..<3).reduce(Float(0)) { $0 + result[n, $1, y, x] }
          #expect(abs(sum - 1) < 1e-6)
        }
      }
    }
  }

  @Test(
    "within 4 units in the last place of the true value, for few and many classes", arguments: instructionSets
  )
  func accuracy(set: String) throws {
    for (channels, width, range) in [(10, 1, Float(5)), (3, 37, 80), (1000, 2, 20), (1, 3, 100)] {
      let shape = Shape(batch: 2, channels: channels, height: 1, width: width)
      let input = Tensor.random(shape, in: -range...range, seed: UInt64(channels))
      let exact = Reference.softmax(input.converted(to: Double.self))
      let result = softmax(input, loops: try loops(set))
      var worst = 0.0
      for (value, truth) in zip(result.values, exact.values) where truth > Double(Float.leastNormalMagnitude)
      {
        let rounded = Float(truth)
        worst = max(worst, abs(Double(value) - Double(rounded)) / Double(rounded.ulp))
      }
      #expect(worst <= 4, "\(channels) classes: \(worst)")
    }
  }

  @Test("a batch of vectors gets the bits that each gets alone", arguments: instructionSets)
  func batches(set: String) throws {
    for count in [2, 15, 16, 37] {
      let input = Tensor.random(
        Shape(batch: count, channels: 10, height: 1, width: 1), in: -8...8, seed: UInt64(count))
      let together = softmax(input, loops: try loops(set))
      for n in 0..<count {
        #expect(softmax(input.examples(n..<n + 1), loops: try loops(set)) == together.examples(n..<n + 1))
      }
    }
  }

  @Test("logits of minus infinity are impossible classes", arguments: instructionSets)
  func infinity(set: String) throws {
    let input = Tensor(
      shape: Shape(channels: 3, height: 1, width: 1), values: [-.infinity, 1, 1])
    #expect(softmax(input, loops: try loops(set)).values == [0, 0.5, 0.5])
  }

  @Test("a constant added to all logits changes nothing, even where exponentials overflow")
  func shift() {
    let logits = vectors([[1, -2, 0.5]])
    for constant in [-1e4, 800, 1e4] {
      expectClose(
        Reference.softmax(logits.map { $0 + constant }), Reference.softmax(logits), tolerance: 1e-11)
    }
    let large = softmax(Tensor(shape: Shape(channels: 2, height: 1, width: 1), values: [3e38, -3e38]))
    #expect(large.values == [1, 0])
  }

  @Test("a NaN among the logits is not hidden", arguments: 0..<3)
  func nan(place: Int) {
    var logits = vectors([[1, 2, 3]])
    logits.values[place] = .nan
    #expect(Reference.softmax(logits).values.allSatisfy { $0.isNaN })
  }

  @Test("the backward pass refuses another shape")
  func wrongShape() {
    #expect(
      throws: OperationError.shape(
        operation: "the backward pass of softmax", got: "shape 3", expected: "a tensor of shape 2")
    ) {
      try Reference.softmaxGradient(vectors([[1, 2, 3]]), output: vectors([[1, 2]]))
    }
  }
}
