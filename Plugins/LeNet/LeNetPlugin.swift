import CLeNetWeights
import KernelAPI
import Networks

/// LeNet with the weights trained on Fashion-MNIST.
public struct LeNetPlugin: NetworkPlugin {
  public let identifier = "lenet"
  public let version = "1.0.0"
  public let summary = "LeNet-5 trained on Fashion-MNIST, after Dive into Deep Learning 6.6"

  public init() {}

  public var kernels: [KernelFactory] { [] }

  public var networks: [NetworkFactory] {
    [
      NetworkFactory(
        name: "lenet", summary: "28x28 grey pictures of garments into ten classes",
        trained: trainedLeNet, untrained: makeLeNet(seed:)),
      NetworkFactory(
        name: "lenet-relu", summary: "the same with ReLU and max pooling, to be trained",
        untrained: makeLeNetReLU(seed:)),
    ]
  }
}

/// LeNet with the weights that are compiled into the program.
///
/// - Throws: `NetworkError` if those do not fit the network, which the tests rule out.
@Sendable public func trainedLeNet() throws -> TrainedNetwork {
  var count = 0
  let bytes = Array(UnsafeBufferPointer(start: fm_lenet_weights(&count), count: count))
  let file = try Safetensors(bytes: bytes, name: "the weights of lenet")
  return TrainedNetwork(
    network: try makeLeNet(seed: 0).with(weights: file.arrays), metadata: file.metadata)
}
