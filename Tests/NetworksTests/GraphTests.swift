import KernelAPI
import Layers
import LeNet
import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("Network as a graph")
struct GraphTests {
  private let picture = Tensor.random(Shape(batch: 2, channels: 1, height: 6, width: 6), seed: 4)

  @Test("a graph without nodes is refused")
  func empty() {
    #expect(throws: NetworkError.empty(network: "n")) { try Network(name: "n", nodes: []) }
    #expect(throws: NetworkError.empty(network: "n")) { try Network(name: "n", chain: []) }
    #expect("\(NetworkError.empty(network: "n"))" == "the network 'n' has no layers")
  }

  @Test("a name used twice is refused, that of the input too")
  func duplicates() {
    #expect(throws: NetworkError.duplicateNode("a", network: "n")) {
      try Network(name: "n", chain: [("a", Doubled()), ("a", Doubled())])
    }
    #expect(throws: NetworkError.duplicateNode("input", network: "n")) {
      try Network(name: "n", chain: [("input", Doubled())])
    }
    #expect(
      "\(NetworkError.duplicateNode("a", network: "n"))" == "the network 'n' has two layers called 'a'")
  }

  @Test("a convolution, its activation and its pooling are one block; joins and other layers begin one")
  func blocks() throws {
    let lenet = try makeLeNet(seed: 1).blocks()
    #expect(["conv1", "sigmoid1", "pool1"].allSatisfy { lenet[$0] == "conv1" })
    #expect(["conv2", "sigmoid2", "pool2"].allSatisfy { lenet[$0] == "conv2" })
    #expect(lenet["flatten"] == "flatten" && lenet["sigmoid3"] == "fc1" && lenet["fc3"] == "fc3")
    let branched = try Network(
      name: "n",
      nodes: [
        .init("relu0", ActivationLayer(.relu), inputs: ["input"]),
        .init("relu1", ActivationLayer(.relu), inputs: ["relu0"]),
        .init("add", Add(), inputs: ["relu0", "relu1"]),
        .init("relu2", ActivationLayer(.relu), inputs: ["add"]),
      ]
    ).blocks()
    #expect(branched == ["relu0": "relu0", "relu1": "relu0", "add": "add", "relu2": "add"])
  }

  @Test("an input that does not come before its layer is refused")
  func missingInput() {
    let expected = NetworkError.missingInput("b", node: "a", known: ["input"])
    #expect(throws: expected) {
      try Network(
        name: "n",
        nodes: [.init("a", Doubled(), inputs: ["b"]), .init("b", Doubled(), inputs: ["input"])])
    }
    #expect(
      "\(expected)"
        == "layer 'a' takes its input from 'b', which does not come before it; there is: input")
    #expect(throws: NetworkError.missingInput("a", node: "a", known: ["input"])) {
      try Network(name: "n", nodes: [.init("a", Add(), inputs: ["a", "input"])])
    }
  }

  @Test("several inputs into a kernel with one are refused, and no input at all", arguments: [0, 2, 3])
  func inputCount(count: Int) {
    #expect(throws: NetworkError.inputCount(count, node: "a")) {
      try Network(
        name: "n",
        nodes: [.init("a", Doubled(), inputs: Array(repeating: Network.inputName, count: count))])
    }
    if count == 0 {
      #expect(throws: NetworkError.inputCount(0, node: "a")) {
        try Network(name: "n", nodes: [.init("a", Add(), inputs: [])])
      }
    }
  }

  @Test("named layers are captured in the order of the network, each with its own output")
  func capture() throws {
    let network = try Network(
      name: "n", chain: [("a", Doubled()), ("b", Doubled()), ("c", Doubled())])
    let input = Tensor(rows: [[1, -2]])
    let captured = try network.activations(of: ["c", "a", "a"], for: input)
    #expect(captured.map(\.layer) == ["a", "c"])
    #expect(captured.map(\.output) == [Tensor(rows: [[2, -4]]), Tensor(rows: [[8, -16]])])
    #expect(try network.activations(of: [], for: input).isEmpty)
    #expect(try network(input) == Tensor(rows: [[8, -16]]))
    #expect(network.layerNames == ["a", "b", "c"])
  }

  @Test("layers behind the last one asked for do not run")
  func stopsEarly() throws {
    let network = try makeLeNet(seed: 1)
    // flatten would give 64 features here, which fc1 refuses.
    let small = Tensor.random(Shape(channels: 1, height: 20, width: 20), seed: 1)
    #expect(try network.activations(of: ["pool2"], for: small)[0].output.shape.description == "16x3x3")
    #expect(
      throws: NetworkError.layer(
        "fc1",
        problem: "a linear layer needs 400 features (flatten feature maps first), got shape 144")
    ) { try network(small) }
    #expect(
      network.convolutionalPart.map(\.name) == [
        "conv1", "sigmoid1", "pool1", "conv2", "sigmoid2", "pool2",
      ])
  }

  @Test("an unknown layer is answered with the nearest names")
  func unknownLayer() throws {
    let network = try makeLeNet(seed: 1)
    let expected = KernelError.unknownName("conv3", what: "layer", known: network.layerNames)
    #expect(throws: expected) { try network.node(named: "conv3") }
    #expect(throws: expected) {
      try network.activations(of: ["conv1", "conv3"], for: Tensor(rows: [[0]]))
    }
    #expect("\(expected)".hasPrefix("there is no layer 'conv3'; did you mean 'conv1' or 'conv2'?"))
  }

  @Test("a branching graph is its layers called by hand")
  func branching() throws {
    let network = try branchingNetwork()
    func call(_ name: String, _ input: Tensor) throws -> Tensor {
      try network.node(named: name).kernel(input)
    }
    let tanh = try call("tanh", try call("stem", picture))
    let body = try call("body", tanh)
    var sum = body
    for i in sum.values.indices { sum.values[i] += tanh.values[i] + tanh.values[i] }
    let both = try Concatenate()([sum, try call("side", picture)])
    let out = try call("out", try call("flatten", try call("pool", both)))

    let captured = try network.activations(of: ["tanh", "sum", "both", "out"], for: picture)
    #expect(captured.map(\.layer) == ["tanh", "sum", "both", "out"])
    #expect(captured[0].output == tanh)
    expectClose(captured[1].output, sum, tolerance: 1e-6)
    expectClose(captured[2].output, both, tolerance: 1e-6)
    expectClose(captured[3].output, out, tolerance: 1e-5)
    #expect(try network(picture) == captured[3].output)

    let shapes = try network.shapes(for: picture.shape)
    #expect(shapes["sum"]?.description == "2x3x6x6")
    #expect(shapes["both"]?.description == "2x5x6x6")
    #expect(shapes["out"] == out.shape)
  }

  @Test("a join of shapes that do not fit names its layer")
  func badJoin() throws {
    let network = try Network(
      name: "n",
      nodes: [
        .init("pool", Pooling2D(.max, kernelSize: 2), inputs: ["input"]),
        .init("sum", Add(), inputs: ["pool", "input"]),
      ])
    let expected = NetworkError.layer(
      "sum", problem: "addition needs a tensor of shape 2x1x3x3, got shape 2x1x6x6")
    #expect(throws: expected) { try network(picture) }
    #expect(throws: expected) { try network.shapes(for: picture.shape) }
  }
}
