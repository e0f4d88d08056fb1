import FeatureMapPluginKit

/// What featuremap calls when it loads the library.
@c(featuremap_plugin)
public func entry(_ host: UnsafePointer<fmp_host>?) -> UnsafePointer<fmp_plugin>? {
  exportPlugin(Plugin(), host, license: "MIT")
}

/// The plugin: a name and a list of kernels.
struct Plugin: KernelPlugin {
  let identifier = "relief"
  let version = "1.0.0"
  let summary = "Brightness taken for height: a landscape in the light, and its slopes"

  var kernels: [KernelFactory] {
    [
      KernelFactory(Relief.descriptor) { Relief($0) },
      KernelFactory(slopeDescriptor) { values in slope(values) },
      KernelFactory(LeakyReLU.descriptor) { LeakyReLU($0) },
    ]
  }
}
