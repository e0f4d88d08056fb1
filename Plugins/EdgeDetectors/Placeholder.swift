import KernelAPI

public struct EdgeDetectorsPlugin: KernelPlugin {
  public let identifier = "edge-detectors"
  public let version = "0"
  public let summary = ""
  public let kernels: [KernelFactory] = []
  public init() {}
}
