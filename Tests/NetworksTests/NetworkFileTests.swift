import KernelAPI
import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("Networks described in JSON")
struct NetworkFileTests {
  private func network(_ text: String) throws -> Network {
    try NetworkFile(text: text, source: "small.json").network(
      try KernelRegistry([SamplePlugin()]), seed: 1)
  }

  private func problem(_ text: String) throws -> String {
    "\(try #require(throws: NetworkError.self) { try network(text) })"
  }

  @Test("layers follow one another, get names and know their inputs")
  func chain() throws {
    let network = try network(
      """
      {"name": "small", "input": [1, 8, 8], "classes": ["a", "b", "c"], "layers": [
        {"name": "first", "kernel": "conv2d", "channels": 4, "size": 3, "padding": 1, "stride": 2},
        {"kernel": "doubled"}, {"kernel": "conv2d", "channels": 6, "groups": 2, "bias": false},
        {"kernel": "mean", "size": 1}, {"kernel": "flatten"}, {"kernel": "linear", "outputs": 3}]}
      """)
    #expect(network.name == "small" && network.classes == ["a", "b", "c"])
    #expect(network.layerNames == ["first", "doubled-1", "conv2d-2", "mean-1", "flatten-1", "linear-1"])
    #expect(
      network.weights.map(\.name) == [
        "first.weight", "first.bias", "conv2d-2.weight", "linear-1.weight", "linear-1.bias",
      ])
    #expect(network.weights[2].dimensions == [6, 2, 3, 3])
    #expect(try network(Tensor(shape: Shape(channels: 1, height: 8, width: 8))).shape.channels == 3)
  }

  @Test("inputs make branches; classes are numbered when they have no names")
  func branches() throws {
    let network = try network(
      """
      {"input": [2, 4, 4], "layers": [
        {"name": "a", "kernel": "conv2d", "channels": 2, "padding": 1},
        {"name": "sum", "kernel": "add", "inputs": ["a", "input"]},
        {"name": "all", "kernel": "concatenate", "inputs": ["sum", "a", "input"]},
        {"kernel": "flatten"}, {"kernel": "linear", "outputs": 2}]}
      """)
    #expect(network.name == "small" && network.classes == ["class 0", "class 1"])
    #expect(network.weights.first { $0.name == "linear-1.weight" }?.dimensions == [2, 96])
  }

  @Test(
    "what is wrong is told with its layer",
    arguments: [
      ("{", "small.json: "), ("[]", "small.json: "), ("{\"layers\": []}", "\"input\" is missing"),
      (
        "{\"input\": [1, 2], \"layers\": [{\"kernel\": \"flatten\"}]}",
        "\"input\" needs channels, height and width"
      ),
      ("{\"input\": [1, 2, 2], \"layers\": []}", "\"layers\" is empty"),
      ("{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"flatten\"}], \"x\": 1}", "unknown key \"x\""),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"flatten\", \"inputs\": []}]}",
        "layer 'flatten-1' has 0 inputs"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"name\": \"a.b\", \"kernel\": \"flatten\"}]}",
        "has no . or /"
      ),
      ("{\"input\": [1, 2, 2], \"layers\": [{}]}", "at layers.1: \"kernel\" is missing"),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"conv\"}]}",
        "layer 1, 'conv-1': there is no kernel 'conv'; did you mean 'conv2d'"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"conv2d\"}]}",
        "layer 1, 'conv2d-1': conv2d: \"channels\" is missing"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"conv2d\", \"channels\": 0}]}",
        "conv2d: channels=0 is not accepted; expected 1...4096"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"conv2d\", \"channels\": 2, \"sise\": 3}]}",
        "conv2d has no parameter 'sise'; did you mean 'size'"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"conv2d\", \"channels\": 2, \"size\": 5}]}",
        "layer 1, 'conv2d-1': "
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"linear\", \"outputs\": 2}]}",
        "put a flatten before it"
      ),
      (
        "{\"input\": [1, 4000, 4000], \"layers\": [{\"kernel\": \"flatten\"}, {\"kernel\": \"linear\", \"outputs\": 90000}]}",
        "weights are too many"
      ),
      (
        "{\"input\": [3, 2, 2], \"layers\": [{\"kernel\": \"conv2d\", \"channels\": 2, \"size\": 1, \"groups\": 2}]}",
        "3 and 2 channels cannot be split into 2 groups"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"kernel\": \"add\", \"inputs\": [\"input\", \"b\"]}]}",
        "takes its input from 'b'"
      ),
      (
        "{\"input\": [1, 2, 2], \"classes\": [\"a\"], \"layers\": [{\"kernel\": \"flatten\"}]}",
        "1 classes are named, the last layer has 4 outputs"
      ),
      (
        "{\"input\": [1, 2, 2], \"layers\": [{\"name\": \"a\", \"kernel\": \"flatten\"}, {\"name\": \"a\", \"kernel\": \"flatten\"}]}",
        "two layers called 'a'"
      ),
    ])
  func refusals(text: String, expected: String) throws {
    let problem = try problem(text)
    #expect(problem.hasPrefix("small.json: ") && problem.contains(expected), "\(problem)")
  }
}
