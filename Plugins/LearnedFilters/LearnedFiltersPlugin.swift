import CLeNetWeights
import KernelAPI
import KernelFiles
import Networks
import TensorCore

/// Filters that were learned rather than designed: from files, and the first layer of the trained LeNet.
public struct LearnedFiltersPlugin: KernelPlugin {
  public let identifier = "learned-filters"
  public let version = "1.0.0"
  public let summary = "filters learned from examples: kept in files, or LeNet's first layer"

  public init() {}

  public var kernels: [KernelFactory] { [Self.fromFile, Self.leNetFirstLayer] }

  private static let fromFile = KernelFactory(
    KernelDescriptor(
      name: KernelRegistry.fileKernelName,
      summary: "filters from a file: JSON, safetensors, libvips, ImageMagick, G'MIC or rows of numbers",
      details: """
        A path in place of a kernel's name means the same: ./edge.json. Filters with one input treat every \
        colour by itself; others need a picture of as many channels as they have inputs. What else may be \
        set depends on the file: featuremap plugins FILE tells.
        """,
      parameters: [
        ParameterDescriptor("file", .text(default: ""), "path of the file"),
        ParameterDescriptor(
          "tensor", .text(default: ""), "array of a safetensors file; the first that fits when empty"),
      ]),
    choosing: { settings in
      guard let file = settings.last(where: { $0.name == "file" && !$0.value.isEmpty }) else { return nil }
      let tensor = settings.last { $0.name == "tensor" }
      let chosen = try KernelFile(path: file.value, tensor: tensor?.value ?? "")
      return KernelFactory.Choice(
        chosen.factory, settings.filter { $0 != file && $0 != tensor })
    },
    make: { _ in
      throw KernelError.unusable(
        kernel: KernelRegistry.fileKernelName, problem: "say which file: learned:file=filter.json")
    })

  private static let leNetFirstLayer = KernelFactory(
    KernelDescriptor(
      name: "lenet-conv1",
      summary: "the six 5x5 filters of the trained LeNet's first layer",
      details: "Trained on Fashion-MNIST; with border=zero on a 28x28 picture the values of the layer conv1.",
      parameters: [
        ParameterDescriptor(
          "channel", .integer(default: -1, in: -1...5), "which filter; -1 for all, one map each"),
        ParameterDescriptor("bias", .flag(default: true), "whether the filter's bias is added"),
        FilterBorder.parameter,
      ])
  ) { values in
    var count = 0
    let bytes = Array(UnsafeBufferPointer(start: fm_lenet_weights(&count), count: count))
    let file = try Safetensors(bytes: bytes, name: "the weights of lenet")
    let weight = try file.array(named: "conv1.weight")
    guard let tensor = weight.weightTensor else {
      throw NetworkError.weights(name: weight.name, problem: "dimensions \(weight.dimensions)")
    }
    let filters = 0..<tensor.shape.batch
    let chosen =
      values.integer("channel") < 0 ? filters : values.integer("channel")..<values.integer("channel") + 1
    let bias = values.flag("bias") ? try file.array(named: "conv1.bias").values : filters.map { _ in 0 }
    return FilterBank(
      name: "lenet-conv1", weight: tensor.examples(chosen), bias: Array(bias[chosen]),
      border: FilterBorder(values))
  }
}
