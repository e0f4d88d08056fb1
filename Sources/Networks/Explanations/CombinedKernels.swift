import KernelAPI
import Layers
import TensorCore
import TensorOps

/// Kernels of a filter whose sums, put together, are its values: the two of a gradient.
public struct CombinedKernels: Sendable {
  /// Arrays [1, 1, kH, kW] by the names that the filter gives them.
  public let kernels: [NamedArray]
  public let combination: Explanation.Combination

  /// - Returns: `nil` for filters that show no two kernels, or make something else of them; a picture of noise
  ///   is the test.
  public init?(_ kernel: any Kernel) {
    guard let probe = FilterExplanation.noise(for: kernel, channels: 1),
      let unit = probe.output.middle(0), let (_, combination) = probe.combined(unit),
      let kernels = (kernel as? any VisibleKernel)?.visibleWeights
    else { return nil }
    self.kernels = kernels
    self.combination = combination
  }
}
