import KernelAPI
import Layers
import LeNet
import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("Network gradients")
struct GradientTests {
  /// Compares with central differences of sum(factors * output) by every weight.
  private func check(_ network: Network, _ input: Tensor, step: Float, tolerance: Float) throws {
    let factors = Tensor.random(try network(input).shape, seed: 77)
    func loss(_ network: Network) throws -> Double {
      zip(try network(input).values, factors.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let gradients = try network.gradients(for: input) { _ in factors }
    let weights = network.weights
    #expect(gradients.map(\.count) == weights.map(\.values.count))
    for (index, array) in weights.enumerated() {
      let differences = try array.values.indices.map { place in
        func moved(by distance: Float) throws -> Double {
          var changed = weights
          changed[index].values[place] += distance
          return try loss(try network.with(weights: changed))
        }
        return Float((try moved(by: step) - (try moved(by: -step))) / Double(2 * step))
      }
      expectClose(gradients[index], differences, tolerance: tolerance, "\(array.name)")
    }
  }

  @Test("a graph whose outputs are used several times has the gradients of the differences")
  func branching() throws {
    let picture = Tensor.random(Shape(batch: 2, channels: 1, height: 6, width: 6), seed: 4)
    try check(try branchingNetwork(), picture, step: 0.02, tolerance: 2e-3)
  }

  @Test("an input added to itself counts twice")
  func twice() throws {
    var generator = SplitMix64(seed: 2)
    let network = try Network(
      name: "n",
      nodes: [
        .init(
          "a", Linear(inputs: 3, outputs: 2, using: &generator), inputs: ["input"]),
        .init("sum", Add(), inputs: ["a", "a"]),
      ])
    let input = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [1, 2, 3])
    let gradients = try network.gradients(for: input) { $0.map { _ in 1 } }
    #expect(gradients == [[2, 4, 6, 2, 4, 6], [2, 2]])
    try check(network, input, step: 0.5, tolerance: 1e-4)
  }

  @Test("a layer that the output does not depend on has gradients of zero")
  func unused() throws {
    var generator = SplitMix64(seed: 2)
    let network = try Network(
      name: "n",
      nodes: [
        .init("dead", Linear(inputs: 2, outputs: 1, using: &generator), inputs: ["input"]),
        .init("out", Linear(inputs: 2, outputs: 1, using: &generator), inputs: ["input"]),
      ])
    let input = Tensor(shape: Shape(channels: 2, height: 1, width: 1), values: [3, 5])
    #expect(try network.gradients(for: input) { $0.map { _ in 1 } } == [[0, 0], [0], [3, 5], [1]])
  }

  @Test("kernels without a backward pass may stand before all that learns, in a branch too")
  func fixedKernels() throws {
    var generator = SplitMix64(seed: 2)
    let convolution = Convolution2D(
      inputChannels: 1, outputChannels: 1, kernelSize: Extent(3), padding: .same, using: &generator)
    let network = try Network(
      name: "n",
      nodes: [
        .init("fixed", Doubled(), inputs: ["input"]),
        .init("conv", convolution, inputs: ["fixed"]),
        .init("sum", Add(), inputs: ["fixed", "conv"]),
      ])
    try check(
      network, Tensor.random(Shape(channels: 1, height: 4, width: 4), seed: 1), step: 0.5, tolerance: 1e-4)
  }

  @Test("behind a layer that learns they are refused by name")
  func notTrainable() throws {
    var generator = SplitMix64(seed: 2)
    let network = try Network(
      name: "n",
      chain: [("fc", Linear(inputs: 2, outputs: 2, using: &generator)), ("fixed", Doubled())])
    let input = Tensor(shape: Shape(channels: 2, height: 1, width: 1))
    #expect(throws: NetworkError.notTrainable(node: "fixed")) {
      try network.gradients(for: input) { $0 }
    }
    #expect(
      "\(NetworkError.notTrainable(node: "fixed"))"
        == "layer 'fixed' has no backward pass, so the network cannot be trained")
  }
}
