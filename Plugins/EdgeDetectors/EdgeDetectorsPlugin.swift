import KernelAPI

/// The classical edge detectors, from the difference of two neighbours to Canny's.
///
/// All work on every plane of [N, C, H, W] by itself, are cross-correlations (weights are written as they lie
/// on the picture, not rotated), and give raw values: negative where the picture gets darker.
public struct EdgeDetectorsPlugin: KernelPlugin {
  public init() {}

  public let identifier: String = "edge-detectors"
  public let version: String = "1.0.0"
  public let summary: String = "Classical edge detectors: differences, gradients, Laplacians, Canny"

  public var kernels: [KernelFactory] {
    [Difference.factory] + Sobel.factories + [
      Prewitt.factory, Scharr.factory, Roberts.factory, Laplacian.factory, LaplacianOfGaussian.factory,
      DifferenceOfGaussians.factory, Canny.factory,
    ]
  }
}
