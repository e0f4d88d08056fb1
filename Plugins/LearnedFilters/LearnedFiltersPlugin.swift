import CLeNetWeights
import KernelAPI
import Networks
import TensorCore

/// Filters that were learned rather than designed: from files, and the first layer of the trained LeNet.
public struct LearnedFiltersPlugin: KernelPlugin {
  public let identifier = "learned-filters"
  public let version = "1.0.0"
  public let summary = "filters learned from examples: kept in files, or LeNet's first layer"

  public init() {}

  public var kernels: [KernelFactory] { [Self.fromFile, Self.leNetFirstLayer] }

  private static let channel = ParameterDescriptor(
    "channel", .integer(default: -1, in: -1...65535), "which filter; -1 for all, one map each")

  private static let usesBias = ParameterDescriptor(
    "bias", .flag(default: true), "whether the filter's bias is added")

  private static let fromFile = KernelFactory(
    KernelDescriptor(
      name: KernelRegistry.fileKernelName,
      summary: "filters from a file: JSON, safetensors, or rows of numbers",
      details: """
        A path in place of a kernel's name means the same: ./edge.json. Filters with one input treat every \
        colour by itself; others need a picture of as many channels as they have inputs.
        """,
      parameters: [
        ParameterDescriptor("file", .text(default: ""), "path of the file"),
        ParameterDescriptor(
          "tensor", .text(default: ""), "array of a safetensors file; the first that fits when empty"),
        channel, usesBias, FilterBorder.parameter,
      ])
  ) { values in
    let path = values.text("file")
    guard !path.isEmpty else {
      throw KernelError.unusable(
        kernel: KernelRegistry.fileKernelName, problem: "say which file: learned:file=filter.json")
    }
    return try makeBank(try KernelFile(path: path, tensor: values.text("tensor")), values)
  }

  private static let leNetFirstLayer = KernelFactory(
    KernelDescriptor(
      name: "lenet-conv1",
      summary: "the six 5x5 filters of the trained LeNet's first layer",
      details: "Trained on Fashion-MNIST; with border=zero on a 28x28 picture the values of the layer conv1.",
      parameters: [channel, usesBias, FilterBorder.parameter])
  ) { values in
    var count = 0
    let bytes = Array(UnsafeBufferPointer(start: fm_lenet_weights(&count), count: count))
    let file = try Safetensors(bytes: bytes, name: "the weights of lenet")
    let weight = try file.array(named: "conv1.weight")
    guard let tensor = weight.weightTensor else {
      throw NetworkError.weights(name: weight.name, problem: "dimensions \(weight.dimensions)")
    }
    return try makeBank(
      KernelFile(
        name: "lenet-conv1", weight: tensor, bias: try file.array(named: "conv1.bias").values), values)
  }

  /// All filters of a file or the chosen one.
  private static func makeBank(_ file: KernelFile, _ values: ParameterValues) throws -> FilterBank {
    let filters = file.weight.shape.batch
    let chosen = values.integer("channel")
    guard chosen < filters else {
      throw KernelError.unusable(
        kernel: file.name, problem: "there is no filter \(chosen); it has \(filters), counted from 0")
    }
    let bias = values.flag("bias") ? file.bias : [Float](repeating: 0, count: filters)
    let border = FilterBorder(values)
    guard chosen >= 0 else {
      return FilterBank(name: file.name, weight: file.weight, bias: bias, border: border)
    }
    return FilterBank(
      name: file.name, weight: file.weight.examples(chosen..<chosen + 1), bias: [bias[chosen]],
      border: border)
  }
}
