import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Layers

@Suite("Linear layer and flatten")
struct LinearLayerTests {
  private func vector(_ values: [Float]) -> Tensor {
    Tensor(shape: Shape(channels: values.count, height: 1, width: 1), values: values)
  }

  private func random(_ shape: Shape, seed: UInt64) -> Tensor { Tensor.random(shape, seed: seed) }

  @Test("y = weight x + bias")
  func handNumbers() throws {
    let weight = Tensor(
      shape: Shape(batch: 2, channels: 3, height: 1, width: 1), values: [1, 2, 3, -1, 0, 4])
    #expect(try Linear(weight: weight, bias: [10, 20])(vector([1, -1, 2])) == vector([15, 27]))
    #expect(try Linear(weight: weight, bias: nil)(vector([1, -1, 2])) == vector([5, 7]))
  }

  @Test("forward is the reference", arguments: [1, 5, 16, 33])
  func forward(batch: Int) throws {
    var generator = SplitMix64(seed: 8)
    let layer = Linear(inputs: 37, outputs: 11, using: &generator)
    let input = random(Shape(batch: batch, channels: 37, height: 1, width: 1), seed: 2)
    expectClose(
      try layer(input), try Reference.linear(input, weight: layer.weight, bias: layer.bias), tolerance: 1e-5)
    #expect(try layer.outputShape(for: input.shape).batch == batch)
  }

  @Test("backward is the central differences", arguments: [1, 3, 17], [true, false])
  func backward(batch: Int, bias: Bool) throws {
    var generator = SplitMix64(seed: 8)
    let layer = Linear(inputs: 5, outputs: 7, bias: bias, using: &generator)
    let input = random(Shape(batch: batch, channels: 5, height: 1, width: 1), seed: 2)
    try expectBackwardMatchesDifferences(layer, input: input, step: 0.5, tolerance: 2e-5)
  }

  @Test("weights have PyTorch's names and dimensions, and what is set comes back")
  func weights() {
    var generator = SplitMix64(seed: 8)
    var layer = Linear(inputs: 3, outputs: 2, using: &generator)
    let arrays = [
      NamedArray(name: "weight", dimensions: [2, 3], values: [1, 2, 3, 4, 5, 6]),
      NamedArray(name: "bias", dimensions: [2], values: [7, 8]),
    ]
    #expect(layer.weights.map(\.dimensions) == [[2, 3], [2]])
    layer.weights = arrays
    #expect(layer.weights == arrays)
    #expect(layer.window == .global)
  }

  @Test("feature maps are refused, with the advice to flatten them")
  func refusal() {
    var generator = SplitMix64(seed: 8)
    let layer = Linear(inputs: 4, outputs: 2, using: &generator)
    let expected = OperationError.shape(
      operation: "a linear layer", got: "shape 1x2x2", expected: "4 features (flatten feature maps first)")
    #expect(throws: expected) { try layer.outputShape(for: Shape(channels: 1, height: 2, width: 2)) }
    #expect(throws: expected) { try layer(Tensor(shape: Shape(channels: 1, height: 2, width: 2))) }
  }

  @Test("flatten keeps the order channel, row, column for every example, and backward undoes it")
  func flattening() throws {
    let input = Tensor(
      shape: Shape(batch: 2, channels: 2, height: 1, width: 3), values: (0..<12).map(Float.init))
    let output = try Flatten()(input)
    #expect(output.shape == Shape(batch: 2, channels: 6, height: 1, width: 1))
    #expect(output.values == input.values)
    #expect(try Flatten().outputShape(for: input.shape) == output.shape)
    try expectBackwardMatchesDifferences(Flatten(), input: input, step: 0.5, tolerance: 1e-5)
  }
}

@Suite("Xavier initialisation")
struct InitializationTests {
  @Test("convolution: within sqrt(6 / (fan in + fan out)), both ends nearly reached, bias zero")
  func convolution() {
    var generator = SplitMix64(seed: 3)
    let layer = Convolution2D(
      inputChannels: 8, outputChannels: 16, kernelSize: Extent(height: 3, width: 5), groups: 2,
      using: &generator)
    // One output sees 4 * 15 values; one input of a group goes to 16 * 15, as PyTorch counts it.
    let bound = (6 / Float(60 + 240)).squareRoot()
    expectUniform(layer.weight.values, bound: bound)
    #expect(layer.bias == [Float](repeating: 0, count: 16))
  }

  @Test("linear: within sqrt(6 / (inputs + outputs))")
  func linear() {
    var generator = SplitMix64(seed: 3)
    let layer = Linear(inputs: 50, outputs: 30, using: &generator)
    expectUniform(layer.weight.values, bound: (6 / Float(80)).squareRoot())
    #expect(layer.bias == [Float](repeating: 0, count: 30))
  }

  private func expectUniform(_ values: [Float], bound: Float) {
    #expect(values.allSatisfy { abs($0) <= bound })
    #expect((values.max() ?? 0) > bound * 0.98)
    #expect((values.min() ?? 0) < -bound * 0.98)
    let mean = values.reduce(0, +) / Float(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    #expect(abs(mean) < bound * 0.06)
    #expect(abs(variance / (bound * bound / 3) - 1) < 0.08)
  }

  @Test("the same seed gives the same weights, another one others")
  func seeds() {
    func weights(_ seed: UInt64) -> [Float] {
      var generator = SplitMix64(seed: seed)
      return Linear(inputs: 9, outputs: 9, using: &generator).weight.values
    }
    #expect(weights(1) == weights(1))
    #expect(weights(1) != weights(2))
  }
}
