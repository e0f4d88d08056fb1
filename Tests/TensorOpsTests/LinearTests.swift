import TensorCore
import TestSupport
import Testing

@testable import TensorOps

@Suite("Linear layer")
struct LinearTests {
  private func vectors(_ batch: Int, _ features: Int, seed: UInt64) -> Tensor {
    .integers(Shape(batch: batch, channels: features, height: 1, width: 1), seed: seed)
  }

  @Test("two features and three outputs by hand")
  func byHand() throws {
    let input = Tensor(shape: Shape(batch: 2, channels: 2, height: 1, width: 1), values: [1, 2, -1, 0])
    let weight = Tensor(
      shape: Shape(batch: 3, channels: 2, height: 1, width: 1), values: [1, 0, 10, 100, -1, 1])
    let expected: [Float] = [1, 211, 4, -1, -9, 4]
    #expect(try linear(input, weight: weight, bias: [0, 1, 3]).values == expected)
    #expect(try Reference.linear(input, weight: weight, bias: [0, 1, 3]).values == expected)
  }

  @Test("equals the reference bit by bit for all sizes", arguments: instructionSets)
  func allSizes(set: String) throws {
    let all = try loops(set)
    for batch in [0, 1, 3, 4, 8, 16, 17, 33] {
      for inputs in [1, 2, 5, 16] {
        for outputs in [1, 3, 4, 7, 16, 17, 37, 85] where inputs < 5 || outputs < 20 {
          let input = vectors(batch, inputs, seed: UInt64(batch + inputs))
          let weight = vectors(outputs, inputs, seed: UInt64(outputs))
          let bias = vectors(1, outputs, seed: 9).values
          let comment: Comment = "\(batch) x \(inputs) -> \(outputs)"
          let output = try Reference.linear(input, weight: weight, bias: bias)
          let forward = try linear(input, weight: weight, bias: bias, loops: all)
          let expected = try Reference.linearGradients(output, input: input, weight: weight)
          let fast = try linearGradients(
            output, input: input, weight: weight, needsInput: true, loops: all)
          let problem =
            firstDifference(forward.values, output.values)
            ?? firstDifference(fast.input?.values ?? [], expected.input?.values ?? [])
            ?? firstDifference(fast.weight.values, expected.weight.values)
            ?? firstDifference(fast.bias, expected.bias)
          #expect(problem == nil, comment)
        }
      }
    }
  }

  @Test("is the cross-correlation with a 1x1 kernel, with and without a bias")
  func pointwise() throws {
    let input = vectors(3, 4, seed: 1)
    let weight = vectors(5, 4, seed: 2)
    #expect(try linear(input, weight: weight) == crossCorrelation(input, weight: weight))
  }

  @Test("a linear layer after flattening equals a correlation whose kernel is the whole map")
  func flattened() throws {
    let maps = Tensor.integers(Shape(batch: 2, channels: 3, height: 2, width: 4), seed: 3)
    let weight = Tensor.integers(Shape(batch: 5, channels: 3, height: 2, width: 4), seed: 4)
    #expect(
      try linear(flatten(maps), weight: flatten(weight)) == crossCorrelation(maps, weight: weight))
  }

  @Test("the derivative by the input is left out when it is not needed")
  func withoutInput() throws {
    let input = vectors(2, 3, seed: 1)
    let weight = vectors(2, 3, seed: 2)
    let output = try linear(input, weight: weight)
    #expect(
      try linearGradients(output, input: input, weight: weight, needsInput: false).input == nil)
    #expect(try linearGradients(output, input: input, weight: weight).input != nil)
  }

  @Test("feature maps, wrong counts, weights with planes and wrong gradients are refused")
  func wrongShapes() {
    let weight = vectors(2, 3, seed: 2)
    let maps = Tensor(shape: Shape(channels: 3, height: 2, width: 2))
    let notFlat = OperationError.shape(
      operation: "a linear layer", got: "shape 3x2x2",
      expected: "3 features (flatten feature maps first)")
    #expect(throws: notFlat) { try linear(maps, weight: weight) }
    #expect(throws: notFlat) { try Reference.linear(maps, weight: weight) }
    #expect("\(notFlat)" == "a linear layer needs 3 features (flatten feature maps first), got shape 3x2x2")
    #expect(
      throws: OperationError.shape(
        operation: "a linear layer", got: "shape 4", expected: "3 features (flatten feature maps first)")
    ) { try linear(vectors(1, 4, seed: 1), weight: weight) }
    #expect(
      throws: OperationError.shape(
        operation: "a linear layer", got: "shape 2x3x2x2", expected: "a weight of shape [out, in, 1, 1]")
    ) {
      try linear(
        vectors(1, 3, seed: 1), weight: Tensor(shape: Shape(batch: 2, channels: 3, height: 2, width: 2)))
    }
    #expect(throws: OperationError.self) { try linear(vectors(1, 3, seed: 1), weight: weight, bias: [1]) }
    #expect(
      throws: OperationError.shape(
        operation: "the backward pass of a linear layer", got: "shape 3", expected: "a tensor of shape 2")
    ) {
      try linearGradients(vectors(1, 3, seed: 1), input: vectors(1, 3, seed: 1), weight: weight)
    }
  }
}
