import CLeNetWeights
import KernelAPI
import Networks

/// LeNet, and LeNet with ReLU and max pooling, with the weights trained on Fashion-MNIST.
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
        name: "lenet-relu", summary: "the same with ReLU and max pooling",
        trained: trainedLeNetReLU, untrained: makeLeNetReLU(seed:)),
    ]
  }
}

/// LeNet with the weights that are compiled into the program.
///
/// - Throws: `NetworkError` if those do not fit the network, which the tests rule out.
@Sendable public func trainedLeNet() throws -> TrainedNetwork {
  var count = 0
  let bytes = fm_lenet_weights(&count)
  return try trained(try makeLeNet(seed: 0), UnsafeBufferPointer(start: bytes, count: count))
}

/// The same with ReLU and max pooling.
///
/// - Throws: as the other.
@Sendable public func trainedLeNetReLU() throws -> TrainedNetwork {
  var count = 0
  let bytes = fm_lenet_relu_weights(&count)
  return try trained(try makeLeNetReLU(seed: 0), UnsafeBufferPointer(start: bytes, count: count))
}

private func trained(_ network: Network, _ bytes: UnsafeBufferPointer<UInt8>) throws -> TrainedNetwork {
  let file = try Safetensors(bytes: Array(bytes), name: "the weights of \(network.name)")
  return TrainedNetwork(network: try network.with(weights: file.arrays), metadata: file.metadata)
}
