import KernelAPI
import Layers
import TensorCore
import TestSupport

@testable import Networks

/// A kernel without a backward pass: every value doubled.
struct Doubled: Kernel {
  var window: Window { .pointwise }
  func outputShape(for input: Shape) throws -> Shape { input }
  func callAsFunction(_ input: Tensor) throws -> Tensor { input.map { $0 * 2 } }
}

/// Two kernels to make chains of.
struct SamplePlugin: KernelPlugin {
  let identifier = "sample"
  let version = "1.0.0"
  let summary = "kernels for tests"
  var kernels: [KernelFactory] {
    [
      KernelFactory(KernelDescriptor(name: "doubled", summary: "twice the value")) { _ in Doubled() },
      KernelFactory(
        KernelDescriptor(
          name: "mean", summary: "mean of a square",
          parameters: [
            ParameterDescriptor("size", .integer(default: 3, in: 1...9), "side"), FilterBorder.parameter,
          ])
      ) { values in
        let side = values.integer("size")
        return MatrixFilter(
          Tensor(
            shape: Shape(channels: 1, height: side, width: side), repeating: 1 / Float(side * side)),
          border: FilterBorder(values))
      },
      // The kernel that files are handed to, here only a witness of the path.
      KernelFactory(
        KernelDescriptor(
          name: KernelRegistry.fileKernelName, summary: "file",
          parameters: [ParameterDescriptor("file", .text(default: ""), "path")])
      ) { values in throw KernelError.unusable(kernel: "file", problem: values.text("file")) },
    ]
  }
}

/// A small network with a residual block, a concatenation and a linear output.
func branchingNetwork(seed: UInt64 = 1) throws -> Network {
  var generator = SplitMix64(seed: seed)
  func convolution(_ inputs: Int, _ outputs: Int, _ size: Int) -> Convolution2D {
    var layer = Convolution2D(
      inputChannels: inputs, outputChannels: outputs, kernelSize: Extent(size), padding: .same,
      using: &generator)
    layer.weights[1].values = (0..<outputs).map { _ in generator.uniform(-0.5...0.5) }
    return layer
  }
  return try Network(
    name: "branching", inputShape: Shape(channels: 1, height: 6, width: 6),
    nodes: [
      .init("stem", convolution(1, 3, 3), inputs: [Network.inputName]),
      .init("tanh", ActivationLayer(.tanh), inputs: ["stem"]),
      .init("body", convolution(3, 3, 3), inputs: ["tanh"]),
      .init("sum", Add(), inputs: ["tanh", "body", "tanh"]),
      .init("side", convolution(1, 2, 5), inputs: [Network.inputName]),
      .init("both", Concatenate(), inputs: ["sum", "side"]),
      .init("pool", Pooling2D(.average, kernelSize: 2), inputs: ["both"]),
      .init("flatten", Flatten(), inputs: ["pool"]),
      .init("out", Linear(inputs: 45, outputs: 4, using: &generator), inputs: ["flatten"]),
    ])
}
