import Foundation
import Networks
import TensorCore
import TestSupport
import Testing
import Training

@testable import LeNet

@Suite("The networks that ship")
struct TrainedLeNetTests {
  /// A network and what its layers between the linear ones are called.
  struct Shipped: Sendable, CustomTestStringConvertible {
    let name: String
    let activation: String
    /// Fewer test pictures rightly classified would be a defect.
    let leastAccuracy: Double
    let trained: @Sendable () throws -> TrainedNetwork
    let untrained: @Sendable (UInt64) throws -> Network
    var testDescription: String { name }
  }

  static let all = [
    Shipped(
      name: "lenet", activation: "sigmoid", leastAccuracy: 0.92, trained: trainedLeNet,
      untrained: makeLeNet(seed:)),
    Shipped(
      name: "lenet-relu", activation: "relu", leastAccuracy: 0.925, trained: trainedLeNetReLU,
      untrained: makeLeNetReLU(seed:)),
  ]

  @Test("their weights load and are 61,706 numbers for ten classes", arguments: all)
  func loads(shipped: Shipped) throws {
    let network = try shipped.trained().network
    #expect(network.parameterCount == 61_706)
    #expect(network.name == shipped.name)
    #expect(network.inputShape == Shape(channels: 1, height: 28, width: 28))
    #expect(network.classes == fashionMNISTClasses && fashionMNISTClasses.count == 10)
    let word = shipped.activation
    #expect(
      network.layerNames == [
        "conv1", "\(word)1", "pool1", "conv2", "\(word)2", "pool2", "flatten", "fc1", "\(word)3", "fc2",
        "\(word)4", "fc3",
      ])
    #expect(network.weights != (try shipped.untrained(0)).weights)
  }

  @Test("the arrays are those of PyTorch's state dictionary", arguments: all)
  func arrays(shipped: Shipped) throws {
    let weights = try shipped.trained().network.weights
    let expected = [
      ("conv1.weight", [6, 1, 5, 5]), ("conv1.bias", [6]), ("conv2.weight", [16, 6, 5, 5]),
      ("conv2.bias", [16]), ("fc1.weight", [120, 400]), ("fc1.bias", [120]), ("fc2.weight", [84, 120]),
      ("fc2.bias", [84]), ("fc3.weight", [10, 84]), ("fc3.bias", [10]),
    ]
    #expect(weights.map(\.name) == expected.map(\.0))
    #expect(weights.map(\.dimensions) == expected.map(\.1))
  }

  @Test("their files say how they were made and what they expect", arguments: all)
  func metadata(shipped: Shipped) throws {
    let metadata = try shipped.trained().metadata
    #expect(metadata["network"] == shipped.name)
    let classes = try #require(metadata["classes"])
    #expect(try JSONDecoder().decode([String].self, from: Data(classes.utf8)) == fashionMNISTClasses)
    #expect(metadata["preprocessing"]?.contains("28x28") == true)
    let seed = try #require(metadata["seed"].flatMap(UInt64.init))
    #expect(metadata["recipe"]?.contains("seed \(seed)") == true)
    let accuracy = try #require(metadata["test_accuracy"].flatMap(Double.init))
    #expect((0...1).contains(accuracy))
  }

  @Test("the plugin brings the networks under their names, trained and untrained", arguments: all)
  func plugin(shipped: Shipped) throws {
    let plugin = LeNetPlugin()
    #expect(plugin.identifier == "lenet" && plugin.kernels.isEmpty)
    #expect(plugin.networks.map(\.name) == Self.all.map(\.name))
    let factory = try #require(plugin.networks.first { $0.name == shipped.name })
    #expect(try factory.trained().network.weights == shipped.trained().network.weights)
    #expect(try factory.untrained(seed: 5).weights == shipped.untrained(5).weights)
    #expect(try factory.untrained(seed: 5).weights != shipped.untrained(6).weights)
  }

  @Test(
    "on the 10,000 test pictures they are as good as their files say, and not below what is stated",
    .enabled(if: TestData.has("fashion-mnist"), "needs Fashion-MNIST"), arguments: all)
  func accuracy(shipped: Shipped) throws {
    let trained = try shipped.trained()
    let data = try LabelledImages(folder: try TestData.path("fashion-mnist"), part: .test)
    let evaluation = try Evaluation(of: trained.network, on: data)
    #expect(evaluation.count == 10_000)
    let promised = try #require(trained.metadata["test_accuracy"].flatMap(Double.init))
    #expect(abs(evaluation.accuracy - promised) <= 0.002)
    #expect(evaluation.accuracy >= shipped.leastAccuracy)
  }
}
