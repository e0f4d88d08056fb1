import Foundation
import Networks
import TensorCore
import TestSupport
import Testing
import Training

@testable import LeNet

@Suite("The LeNet that ships")
struct TrainedLeNetTests {
  @Test("its weights load and are 61,706 numbers for ten classes")
  func loads() throws {
    let trained = try trainedLeNet()
    #expect(trained.network.parameterCount == 61_706)
    #expect(trained.network.name == "lenet")
    #expect(trained.network.inputShape == Shape(channels: 1, height: 28, width: 28))
    #expect(trained.network.classes == fashionMNISTClasses && fashionMNISTClasses.count == 10)
    #expect(
      trained.network.layerNames == [
        "conv1", "sigmoid1", "pool1", "conv2", "sigmoid2", "pool2", "flatten", "fc1", "sigmoid3", "fc2",
        "sigmoid4", "fc3",
      ])
    #expect(trained.network.weights != (try makeLeNet(seed: 0)).weights)
  }

  @Test("its file says how it was made and what it expects")
  func metadata() throws {
    let metadata = try trainedLeNet().metadata
    #expect(metadata["network"] == "lenet")
    let classes = try #require(metadata["classes"])
    #expect(try JSONDecoder().decode([String].self, from: Data(classes.utf8)) == fashionMNISTClasses)
    #expect(metadata["preprocessing"]?.contains("28x28") == true)
    let seed = try #require(metadata["seed"].flatMap(UInt64.init))
    #expect(metadata["recipe"]?.contains("seed \(seed)") == true)
    let accuracy = try #require(metadata["test_accuracy"].flatMap(Double.init))
    #expect((0...1).contains(accuracy))
  }

  @Test("with ReLU and max pooling in the same places; it says that it has no weights yet")
  func relu() throws {
    let network = try makeLeNetReLU(seed: 1)
    #expect(network.parameterCount == 61_706)
    #expect(network.layerNames.filter { $0.hasPrefix("relu") } == ["relu1", "relu2", "relu3", "relu4"])
    let factory = try #require(LeNetPlugin().networks.first { $0.name == "lenet-relu" })
    #expect(throws: NetworkError.untrained("lenet-relu")) { try factory.trained() }
    #expect(try factory.untrained(seed: 1).weights == network.weights)
  }

  @Test("the plugin brings the network under its name, trained and untrained")
  func plugin() throws {
    let plugin = LeNetPlugin()
    #expect(plugin.identifier == "lenet" && plugin.kernels.isEmpty)
    let factory = try #require(plugin.networks.first)
    #expect(factory.name == "lenet")
    #expect(try factory.trained().network.weights == trainedLeNet().network.weights)
    #expect(try factory.untrained(seed: 5).weights == makeLeNet(seed: 5).weights)
    #expect(try factory.untrained(seed: 5).weights != makeLeNet(seed: 6).weights)
  }

  @Test(
    "on the 10,000 test pictures it is as good as its file says, and at least 87 % right",
    .enabled(if: TestData.has("fashion-mnist"), "needs Fashion-MNIST"))
  func accuracy() throws {
    let trained = try trainedLeNet()
    let data = try LabelledImages(folder: try TestData.path("fashion-mnist"), part: .test)
    let evaluation = try Evaluation(of: trained.network, on: data)
    #expect(evaluation.count == 10_000)
    let promised = try #require(trained.metadata["test_accuracy"].flatMap(Double.init))
    #expect(abs(evaluation.accuracy - promised) <= 0.002)
    #expect(evaluation.accuracy >= 0.87)
  }
}
