import KernelAPI
import Layers
import Networks
import TensorCore
import TensorOps

/// The classes of Fashion-MNIST, by label.
public let fashionMNISTClasses = [
  "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]

/// LeNet as the tutorial builds it: two convolutions with sigmoid and average pooling, then three linear
/// layers; 61,706 parameters.
///
/// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998;
/// Dive into Deep Learning, 6.6. The original's Gaussian output layer is a plain linear one here, as there.
///
/// - Parameter seed: of the random Xavier weights.
@Sendable public func makeLeNet(seed: UInt64) throws -> Network {
  try makeLeNet(name: "lenet", activation: .sigmoid, pooling: .average, seed: seed)
}

/// The same with what came later in the same places: ReLU for sigmoid, max pooling for average pooling.
///
/// - Parameter seed: of the random Xavier weights.
@Sendable public func makeLeNetReLU(seed: UInt64) throws -> Network {
  try makeLeNet(name: "lenet-relu", activation: .relu, pooling: .max, seed: seed)
}

private func makeLeNet(
  name: String, activation: Activation, pooling: PoolingKind, seed: UInt64
) throws -> Network {
  var generator = SplitMix64(seed: seed)
  let word = activation.rawValue
  return try Network(
    name: name, inputShape: Shape(channels: 1, height: 28, width: 28), classes: fashionMNISTClasses,
    chain: [
      (
        "conv1",
        Convolution2D(
          inputChannels: 1, outputChannels: 6, kernelSize: Extent(5), padding: .explicit(Edges(2)),
          using: &generator)
      ),
      ("\(word)1", ActivationLayer(activation)),
      ("pool1", Pooling2D(pooling, kernelSize: 2, stride: 2)),
      (
        "conv2",
        Convolution2D(inputChannels: 6, outputChannels: 16, kernelSize: Extent(5), using: &generator)
      ),
      ("\(word)2", ActivationLayer(activation)),
      ("pool2", Pooling2D(pooling, kernelSize: 2, stride: 2)),
      ("flatten", Flatten()),
      ("fc1", Linear(inputs: 16 * 5 * 5, outputs: 120, using: &generator)),
      ("\(word)3", ActivationLayer(activation)),
      ("fc2", Linear(inputs: 120, outputs: 84, using: &generator)),
      ("\(word)4", ActivationLayer(activation)),
      ("fc3", Linear(inputs: 84, outputs: 10, using: &generator)),
    ])
}
