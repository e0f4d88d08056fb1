import KernelAPI
import LeNet
import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("Weights of a network")
struct WeightsTests {
  private func error(_ change: (inout [NamedArray]) -> Void) throws -> NetworkError {
    let network = try makeLeNet(seed: 1)
    var arrays = network.weights
    change(&arrays)
    return try #require(throws: NetworkError.self) { try network.with(weights: arrays) }
  }

  @Test("names and dimensions are PyTorch's")
  func names() throws {
    let weights = try makeLeNet(seed: 1).weights
    #expect(
      weights.map(\.name) == [
        "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight",
        "fc2.bias", "fc3.weight", "fc3.bias",
      ])
    #expect(
      weights.map(\.dimensions) == [
        [6, 1, 5, 5], [6], [16, 6, 5, 5], [16], [120, 400], [120], [84, 120], [84], [10, 84], [10],
      ])
  }

  @Test("given weights are taken, in any order")
  func taken() throws {
    let other = try makeLeNet(seed: 2)
    let network = try makeLeNet(seed: 1).with(weights: other.weights.reversed())
    #expect(network.weights == other.weights)
    #expect(try makeLeNet(seed: 1).weights != other.weights)
    #expect(try makeLeNet(seed: 2).weights == other.weights)
  }

  @Test("missing, superfluous, misshapen and non-finite arrays are refused by name")
  func refusals() throws {
    #expect(
      try error { $0.remove(at: 2) } == .weights(name: "conv2.weight", problem: "not in the file"))
    #expect(
      try error { $0.append(NamedArray(name: "fc4.bias", dimensions: [1], values: [0])) }
        == .weights(name: "fc4.bias", problem: "the network lenet has no such array"))
    #expect(
      try error { $0[0] = NamedArray(name: "conv1.weight", dimensions: [6, 25], values: $0[0].values) }
        == .weights(name: "conv1.weight", problem: "dimensions [6, 25], expected [6, 1, 5, 5]"))
    for value in [Float.nan, .infinity] {
      #expect(
        try error { $0[7].values[3] = value }
          == .weights(name: "fc2.bias", problem: "holds a value that is not finite"))
    }
    #expect(try error { $0 = [] } == .weights(name: "conv1.weight", problem: "not in the file"))
  }

  @Test("the numbered names of a PyTorch Sequential are taken, in the order of their numbers")
  func sequential() throws {
    let other = try makeLeNet(seed: 2)
    // The tutorial's Sequential: Conv Sigmoid Pool Conv Sigmoid Pool Flatten Linear Sigmoid Linear ...
    let numbers = ["conv1": 0, "conv2": 3, "fc1": 7, "fc2": 9, "fc3": 11]
    var arrays = other.weights
    for index in arrays.indices {
      let parts = arrays[index].name.split(separator: ".")
      arrays[index].name = "\(try #require(numbers[String(parts[0])])).\(parts[1])"
    }
    // Files list names as text does: 0, 11, 3, 7, 9.
    arrays.sort { $0.name < $1.name }
    let network = try makeLeNet(seed: 1).with(weights: arrays)
    #expect(network.weights == other.weights)

    arrays.removeAll { $0.name == "7.bias" }
    #expect(throws: NetworkError.weights(name: "fc1.bias", problem: "not in the file")) {
      try makeLeNet(seed: 1).with(weights: arrays)
    }
    arrays.removeAll { $0.name.hasPrefix("7") }
    #expect(throws: NetworkError.weights(name: "conv1.weight", problem: "not in the file")) {
      try makeLeNet(seed: 1).with(weights: arrays)
    }
  }
}

@Suite("Chains as networks")
struct ChainTests {
  private func chain(_ text: String, border: String? = nil) throws -> Network {
    try Network(
      chain: text, registry: try KernelRegistry([SamplePlugin()]),
      defaults: border.map { [.init("border", $0)] } ?? [])
  }

  @Test("nodes are called like their kernels, a second one of a name gets a number")
  func names() throws {
    let network = try chain("doubled,mean:size=5,doubled|mean,-1,0,1;-2,0,2;-1,0,1,doubled")
    #expect(
      network.layerNames == ["doubled", "mean", "doubled-2", "mean-2", "kernel-3x3", "doubled-3"])
    #expect(network.name == "doubled+mean+doubled-2+mean-2+kernel-3x3+doubled-3")
    #expect(network.inputShape == nil && network.classes.isEmpty)
    #expect(network.nodes.map(\.inputs).prefix(2) == [["input"], ["doubled"]])
  }

  @Test("kernels work one after the other, with the settings given")
  func works() throws {
    let picture = Tensor(rows: [[0, 0, 0], [0, 9, 0], [0, 0, 0]])
    expectClose(
      try chain("mean:border=zero,doubled")(picture), Tensor(shape: picture.shape, repeating: 2),
      tolerance: 1e-6)
  }

  @Test("a default border goes to filters that have one and were given none")
  func defaults() throws {
    let ones = Tensor(shape: Shape(channels: 1, height: 4, width: 4), repeating: 1)
    #expect(try chain("mean,doubled", border: "valid")(ones).shape.extent == Extent(2))
    #expect(try chain("mean:border=zero,doubled", border: "valid")(ones).shape.extent == Extent(4))
    #expect(try chain("1,1,1", border: "valid")(ones).shape.extent == Extent(height: 4, width: 2))
    #expect(try chain("mean", border: "zero")(ones)[0, 0, 0, 0] < 0.5)
    expectClose(try chain("mean")(ones), ones, tolerance: 1e-6)
  }

  @Test("paths go to the kernel that reads files; short names leave folder and extension out")
  func files() throws {
    #expect(throws: KernelError.unusable(kernel: "file", problem: "a/edge.json")) {
      try chain("doubled,a/edge.json")
    }
    #expect(try KernelSpecification(parsing: "a/edge.json:channel=0").shortName == "edge")
    #expect(try KernelSpecification(parsing: "2x3: 1,2 3,4 5,6").shortName == "kernel-3x2")
  }

  @Test("unknown kernels and settings, and missing ones, are refused")
  func refusals() {
    #expect(
      throws: KernelError.unknownName("doublet", what: "kernel", known: ["doubled", "learned", "mean"])
    ) { try chain("doublet") }
    #expect(throws: KernelError.unknownParameter("sise", kernel: "mean", known: ["size", "border"])) {
      try chain("mean:sise=3")
    }
    #expect(
      throws: KernelError.syntax("mean,,doubled", problem: "a kernel is missing between two commas")
    ) { try chain("mean,,doubled") }
  }
}
