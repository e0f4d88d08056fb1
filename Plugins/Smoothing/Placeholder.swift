import KernelAPI

public struct SmoothingPlugin: KernelPlugin {
  public let identifier = "smoothing"
  public let version = "0"
  public let summary = ""
  public let kernels: [KernelFactory] = []
  public init() {}
}
