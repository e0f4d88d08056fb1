import KernelAPI
import TensorCore

extension GradientFilter: VisibleKernel {
  /// The kernels that the output is made of.
  var visibleWeights: [NamedArray] {
    switch output {
    case .x: [NamedArray(name: "x", kernel: x)]
    case .y: [NamedArray(name: "y", kernel: y)]
    case .magnitude, .direction: [NamedArray(name: "x", kernel: x), NamedArray(name: "y", kernel: y)]
    }
  }
}
