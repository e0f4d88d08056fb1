import KernelAPI

/// Filters that blur, denoise and sharpen, and the identity to compare them with.
///
/// All work on every plane of [N, C, H, W] by itself. Nothing is clipped: sharpened pictures may leave 0...1.
public struct SmoothingPlugin: KernelPlugin {
  public init() {}

  public let identifier: String = "smoothing"
  public let version: String = "1.0.0"
  public let summary: String = "Blurring, denoising and sharpening"

  public var kernels: [KernelFactory] {
    [
      Identity.factory, Box.factory, Gaussian.factory, Median.factory, Sharpen.factory, Unsharp.factory,
      Emboss.factory,
    ]
  }
}
