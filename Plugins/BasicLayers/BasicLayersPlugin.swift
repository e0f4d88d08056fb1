import KernelAPI
import Layers
import TensorCore
import TensorOps

/// The layers without weights as kernels for photos and chains: `sobel,relu,max-pool:size=2`.
public struct BasicLayersPlugin: KernelPlugin {
  public let identifier = "basic-layers"
  public let version = "1.0.0"
  public let summary = "pooling and activation layers of networks, usable on any picture"

  public init() {}

  public var kernels: [KernelFactory] {
    [
      pooling(.max, "max-pool", "the largest value of each window"),
      pooling(.average, "average-pool", "the mean of each window"),
      activation(.relu, "negative values become 0", "max(0, x)"),
      activation(.sigmoid, "values squeezed into 0...1", "1 / (1 + e^-x)"),
      activation(.tanh, "values squeezed into -1...1", "(e^x - e^-x) / (e^x + e^-x)"),
      KernelFactory(
        KernelDescriptor(
          name: "softmax", summary: "channels become shares that sum to 1 at every place",
          details: "e^x[c] / sum over channels of e^x, as PyTorch's Softmax(dim=1).")
      ) { _ in Softmax() },
    ]
  }

  private func pooling(_ kind: PoolingKind, _ name: String, _ summary: String) -> KernelFactory {
    let sizes = 1...1024
    return KernelFactory(
      KernelDescriptor(
        name: name, summary: summary,
        details: """
          Every channel by itself, as PyTorch's \(kind == .max ? "MaxPool2d" : "AvgPool2d"). Padding never wins \
          a maximum and counts as zeros in a mean.
          """,
        parameters: [
          ParameterDescriptor(
            "size", .integer(default: 2, in: sizes), unit: "px", "side of the square window"),
          ParameterDescriptor(
            "stride", .integer(default: 0, in: 0...1024), unit: "px",
            "distance between windows; 0 means the size"),
          ParameterDescriptor(
            "padding", .integer(default: 0, in: 0...1023), unit: "px",
            "added on all sides; must be smaller than the size"),
          ParameterDescriptor(
            "ceil", .flag(default: false), "whether a last window may reach beyond the picture"),
        ])
    ) { values in
      let size = values.integer("size")
      let stride = values.integer("stride")
      let padding = values.integer("padding")
      guard padding < size else {
        throw KernelError.unusable(
          kernel: name, problem: "padding \(padding) must be smaller than the window's size \(size)")
      }
      return Pooling2D(
        kind,
        options: PoolingOptions(
          kernelSize: Extent(size), stride: Extent(stride == 0 ? size : stride), padding: Edges(padding),
          ceilMode: values.flag("ceil")))
    }
  }

  private func activation(_ kind: Activation, _ summary: String, _ formula: String) -> KernelFactory {
    KernelFactory(
      KernelDescriptor(name: kind.rawValue, summary: summary, details: "\(formula), value by value.")
    ) { _ in ActivationLayer(kind) }
  }
}
