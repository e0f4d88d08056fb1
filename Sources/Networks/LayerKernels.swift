import KernelAPI
import Layers
import TensorCore
import TensorOps

/// Makes the kernels of a described network: those that learn, those that join, and all that plugins bring.
struct LayerKernels {
  private let registry: KernelRegistry
  private var generator: SplitMix64

  init(registry: KernelRegistry, seed: UInt64) {
    self.registry = registry
    generator = SplitMix64(seed: seed)
  }

  private static let sizes = 1...4096

  static let convolution = KernelDescriptor(
    name: "conv2d", summary: "cross-correlation with learned kernels",
    parameters: [
      ParameterDescriptor("channels", .integer(default: 1, in: sizes), "output channels"),
      ParameterDescriptor("size", .integer(default: 3, in: 1...64), unit: "px", "side of the square kernel"),
      ParameterDescriptor("stride", .integer(default: 1, in: 1...64), unit: "px", "distance between windows"),
      ParameterDescriptor("padding", .integer(default: 0, in: 0...64), unit: "px", "zeros on all sides"),
      ParameterDescriptor(
        "dilation", .integer(default: 1, in: 1...64), unit: "px", "distance between weights"),
      ParameterDescriptor("groups", .integer(default: 1, in: sizes), "groups of channels"),
      ParameterDescriptor("bias", .flag(default: true), "whether a bias is added"),
    ])

  static let linear = KernelDescriptor(
    name: "linear", summary: "every output sees every input",
    parameters: [
      ParameterDescriptor("outputs", .integer(default: 1, in: 1...1_000_000), "number of outputs"),
      ParameterDescriptor("bias", .flag(default: true), "whether a bias is added"),
    ])

  private static let plain = ["flatten", "add", "concatenate"]

  /// Everything that a layer may be, for errors.
  private var names: [String] {
    [Self.convolution.name, Self.linear.name] + Self.plain + registry.names
  }

  /// - Parameter inputs: the shapes of one example.
  /// - Throws: `KernelError` for unknown names and settings, or those that the inputs do not allow.
  mutating func make(
    _ name: String, _ settings: [KernelSpecification.Setting], inputs: [Shape]
  ) throws -> any Kernel {
    switch name {
    case Self.convolution.name: return try makeConvolution(settings, inputs[0])
    case Self.linear.name: return try makeLinear(settings, inputs[0])
    case _ where Self.plain.contains(name):
      _ = try ParameterValues(settings, for: KernelDescriptor(name: name, summary: ""))
      switch name {
      case "flatten": return Flatten()
      case "add": return Add()
      default: return Concatenate()
      }
    default:
      guard let factory = try? registry.factory(named: name) else {
        throw KernelError.unknownName(name, what: "kernel", known: names)
      }
      return try factory.make(settings)
    }
  }

  private mutating func makeConvolution(
    _ settings: [KernelSpecification.Setting], _ input: Shape
  ) throws -> any Kernel {
    try Self.require("channels", settings, Self.convolution)
    let values = try ParameterValues(settings, for: Self.convolution)
    let (channels, groups) = (values.integer("channels"), values.integer("groups"))
    guard input.channels % groups == 0, channels % groups == 0 else {
      throw KernelError.unusable(
        kernel: Self.convolution.name,
        problem: "\(input.channels) and \(channels) channels cannot be split into \(groups) groups")
    }
    let size = values.integer("size")
    try Self.checkWeights(channels * input.channels / groups * size * size, Self.convolution)
    return Convolution2D(
      inputChannels: input.channels, outputChannels: channels, kernelSize: Extent(size),
      stride: Extent(values.integer("stride")), padding: .explicit(Edges(values.integer("padding"))),
      dilation: Extent(values.integer("dilation")), groups: groups, bias: values.flag("bias"),
      using: &generator)
  }

  private mutating func makeLinear(
    _ settings: [KernelSpecification.Setting], _ input: Shape
  ) throws -> any Kernel {
    try Self.require("outputs", settings, Self.linear)
    let values = try ParameterValues(settings, for: Self.linear)
    guard input.extent == .one else {
      throw KernelError.unusable(
        kernel: Self.linear.name, problem: "its input is \(input), no vector; put a flatten before it")
    }
    try Self.checkWeights(input.channels * values.integer("outputs"), Self.linear)
    return Linear(
      inputs: input.channels, outputs: values.integer("outputs"), bias: values.flag("bias"),
      using: &generator)
  }

  /// More weights than memory would hold are a slip of the pen.
  private static func checkWeights(_ count: Int, _ kernel: KernelDescriptor) throws {
    guard count <= 1 << 28 else {
      throw KernelError.unusable(
        kernel: kernel.name, problem: "\(count) weights are too many; at most 268435456")
    }
  }

  private static func require(
    _ name: String, _ settings: [KernelSpecification.Setting], _ kernel: KernelDescriptor
  ) throws {
    guard settings.contains(where: { $0.name == name }) else {
      throw KernelError.unusable(kernel: kernel.name, problem: "\"\(name)\" is missing")
    }
  }
}
