import KernelAPI
import Layers
import LeNet
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Networks

@Suite("Prepared networks")
struct PreparedNetworkTests {
  /// Layer by layer, one example at a time.
  private func plain(_ network: Network, _ input: Tensor) throws -> Tensor {
    let last = try #require(network.nodes.last).name
    let outputs = try (0..<input.shape.batch).map { n in
      let answers = try network.activations(of: [last], for: input.examples(n..<n + 1))
      return try #require(answers.first).output
    }
    return Tensor(
      shape: outputs[0].shape.with(batch: outputs.count), values: outputs.flatMap(\.values))
  }

  private func check(_ network: Network, _ shape: Shape) throws {
    let prepared = try network.prepared(for: shape)
    for batch in [1, 2, 8, 16, 37, 1] {
      let input = Tensor.random(shape.with(batch: batch), seed: UInt64(batch))
      let expected = try plain(network, input)
      expectClose(try prepared(input), expected, tolerance: 2e-5, "prepared, batch \(batch)")
      expectClose(try network(input), expected, tolerance: 2e-5, "network, batch \(batch)")
    }
  }

  @Test("LeNet answers as layer by layer, alone and in batches")
  func lenet() throws {
    try check(try makeLeNet(seed: 3), Shape(channels: 1, height: 28, width: 28))
  }

  @Test("a branching network answers as layer by layer")
  func branching() throws {
    try check(try branchingNetwork(), Shape(channels: 1, height: 6, width: 6))
  }

  @Test("a result that two layers read is not changed by an activation behind it")
  func sharedBeforeActivation() throws {
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(inputChannels: 1, outputChannels: 2, kernelSize: Extent(3), using: &generator)
    let network = try Network(
      name: "n",
      nodes: [
        .init("conv", layer, inputs: [Network.inputName]),
        .init("relu", ActivationLayer(.relu), inputs: ["conv"]),
        .init("sum", Add(), inputs: ["conv", "relu"]),
      ])
    try check(network, Shape(channels: 1, height: 7, width: 9))
  }

  @Test("kernels that know no tiles work among those that do")
  func foreignKernels() throws {
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(inputChannels: 1, outputChannels: 2, kernelSize: Extent(3), using: &generator)
    let network = try Network(
      name: "n",
      chain: [
        ("conv", layer), ("doubled", Doubled()), ("tanh", ActivationLayer(.tanh)), ("flatten", Flatten()),
      ])
    try check(network, Shape(channels: 1, height: 5, width: 5))
  }

  @Test("a network that only flattens gives its input back")
  func onlyFlatten() throws {
    try check(
      try Network(name: "n", chain: [("flatten", Flatten())]), Shape(channels: 2, height: 3, width: 3))
  }

  @Test("pictures too large for sixteen side by side go one by one")
  func largePictures() throws {
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(inputChannels: 3, outputChannels: 4, kernelSize: Extent(3), using: &generator)
    let network = try Network(name: "n", chain: [("conv", layer), ("relu", ActivationLayer(.relu))])
    let shape = Shape(channels: 3, height: 250, width: 250)
    let input = Tensor.random(shape.with(batch: 9), seed: 4)
    expectClose(
      try network.prepared(for: shape)(input), try plain(network, input), tolerance: 2e-5)
  }

  @Test("pictures of another shape are refused, as are networks that do not fit")
  func refusals() throws {
    let network = try makeLeNet(seed: 3)
    let prepared = try network.prepared(for: Shape(channels: 1, height: 28, width: 28))
    #expect(
      throws: NetworkError.inputShape(got: "1x28x29", expected: "1x28x28", network: "lenet")
    ) {
      try prepared(Tensor(shape: Shape(channels: 1, height: 28, width: 29)))
    }
    let error = #expect(throws: NetworkError.self) {
      try network.prepared(for: Shape(channels: 3, height: 28, width: 28))
    }
    #expect("\(try #require(error))".hasPrefix("layer 'conv1': "))
  }

  @Test("memory is shared by values that do not live at the same time")
  func memory() throws {
    let program = try TileProgram(try makeLeNet(seed: 1), input: Shape(channels: 1, height: 28, width: 28))
    let plan = TilePlan(program, .single)
    #expect(Set(plan.values).count < plan.values.count)
    let training = TilePlan(program, .lanes, training: true)
    #expect(Set(training.values + training.gradients.dropFirst()).count == 2 * training.values.count - 1)
  }

  /// Gradients by the program, of sixteen examples and of a part of a tile.
  private func gradients(_ network: Network, _ shape: Shape, loops: InnerLoops = .best) throws {
    let program = try TileProgram(network, input: shape)
    let memory = TileMemory(TilePlan(program, .lanes, training: true), of: program)
    let weights = network.weights.flatMap(\.values)
    for examples in [16, 5] {
      let input = Tensor.random(shape.with(batch: examples), seed: 5)
      let factors = Tensor.random(try network(input).shape, seed: 6)
      let expected = try network.gradients(for: input) { _ in factors }
      var sums = [Float](repeating: 0, count: weights.count)
      let tile = TensorTile(0, of: examples)
      tile.pack(input.values, size: shape.count, into: memory.input, loops)
      _ = try program.forward(memory, weights: weights, loops: loops)
      tile.pack(factors.values, size: program.outputShape.count, into: memory.outputGradient, loops)
      try program.backward(memory, weights: weights, into: &sums, loops: loops)
      expectClose(sums, expected.flatMap { $0 }, tolerance: 2e-4, "\(examples) examples")
    }
  }

  @Test("gradients are those of layer by layer: LeNet")
  func lenetGradients() throws {
    try gradients(try makeLeNet(seed: 3), Shape(channels: 1, height: 28, width: 28))
  }

  @Test("gradients are those of layer by layer: a branching network")
  func branchingGradients() throws {
    try gradients(try branchingNetwork(), Shape(channels: 1, height: 6, width: 6))
  }

  /// Correlation, activation and averages of 2x2, which are done together, behind a layer that needs a gradient.
  private func pooledNetwork(_ activation: Activation?, groups: Int, bias: Bool, pool: Pooling2D) throws
    -> Network
  {
    var generator = SplitMix64(seed: 7)
    let first = Convolution2D(inputChannels: 1, outputChannels: 4, kernelSize: Extent(1), using: &generator)
    let layer = Convolution2D(
      inputChannels: 4, outputChannels: 6, kernelSize: Extent(height: 3, width: 5), padding: .same,
      groups: groups, bias: bias, using: &generator)
    var chain: [(String, any Kernel)] = [("first", first), ("conv", layer)]
    if let activation { chain.append(("act", ActivationLayer(activation))) }
    chain += [("pool", pool), ("flatten", Flatten())]
    return try Network(name: "n", chain: chain)
  }

  @Test(
    "gradients are those of layer by layer: correlation, activation and pooling in one",
    arguments: InnerLoops.available.map(\.name), [nil, .sigmoid, .relu, .tanh] as [Activation?])
  func pooledGradients(set: String, activation: Activation?) throws {
    let loops = try #require(InnerLoops(named: set))
    for (groups, bias) in [(1, true), (2, false)] {
      for pool in [Pooling2D(.average, kernelSize: 2), Pooling2D(.max, kernelSize: 2)] {
        let network = try pooledNetwork(activation, groups: groups, bias: bias, pool: pool)
        try check(network, Shape(channels: 1, height: 6, width: 8))
        try gradients(network, Shape(channels: 1, height: 6, width: 8), loops: loops)
        try gradients(network, Shape(channels: 1, height: 7, width: 9), loops: loops)
      }
    }
  }

  @Test(
    "a correlation with its activation and pooling is one step, unless another layer reads what lies between")
  func fusedSteps() throws {
    let shape = Shape(channels: 1, height: 6, width: 6)
    let network = try pooledNetwork(.relu, groups: 1, bias: true, pool: Pooling2D(.average, kernelSize: 2))
    #expect(try TileProgram(network, input: shape).steps.map(\.layer) == ["first", "conv"])
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(inputChannels: 1, outputChannels: 2, kernelSize: Extent(3), using: &generator)
    let shared = try Network(
      name: "n",
      nodes: [
        .init("conv", layer, inputs: [Network.inputName]),
        .init("relu", ActivationLayer(.relu), inputs: ["conv"]),
        .init("pool", Pooling2D(.average, kernelSize: 2), inputs: ["relu"]),
        .init("again", Pooling2D(.average, kernelSize: 2), inputs: ["relu"]),
        .init("sum", Add(), inputs: ["pool", "again"]), .init("flatten", Flatten(), inputs: ["sum"]),
      ])
    #expect(
      try TileProgram(shared, input: shape).steps.map(\.layer) == ["conv", "pool", "again", "sum"])
    try check(shared, shape)
    try gradients(shared, shape)
  }

  @Test("gradients are those of layer by layer: a layer that knows no tiles")
  func foreignGradients() throws {
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(inputChannels: 1, outputChannels: 2, kernelSize: Extent(3), using: &generator)
    let network = try Network(
      name: "n",
      chain: [
        ("conv", layer), ("scale", LearntFactor(factor: 1.5)), ("pool", Pooling2D(.max, kernelSize: 3)),
        ("flatten", Flatten()),
      ])
    try gradients(network, Shape(channels: 1, height: 5, width: 5))
  }

  @Test("a kernel without backward pass is named")
  func notTrainable() throws {
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(inputChannels: 1, outputChannels: 1, kernelSize: Extent(1), using: &generator)
    let network = try Network(name: "n", chain: [("conv", layer), ("odd", Doubled())])
    #expect(throws: NetworkError.notTrainable(node: "odd")) {
      try gradients(network, Shape(channels: 1, height: 2, width: 2))
    }
  }
}

/// A differentiable kernel with a weight, written without any knowledge of tiles.
private struct LearntFactor: DifferentiableKernel {
  var factor: Float

  var window: Window { .pointwise }
  func outputShape(for input: Shape) throws -> Shape { input }
  func callAsFunction(_ input: Tensor) throws -> Tensor { input.map { $0 * factor } }

  var weights: [NamedArray] {
    get { [NamedArray(name: "weight", dimensions: [1], values: [factor])] }
    set { factor = newValue[0].values[0] }
  }

  func backward(
    _ outputGradient: Tensor, input: Tensor, output: Tensor, needsInput: Bool
  ) throws -> KernelGradients {
    KernelGradients(
      input: outputGradient.map { $0 * factor },
      weights: [[zip(outputGradient.values, input.values).reduce(0) { $0 + $1.0 * $1.1 }]])
  }
}
