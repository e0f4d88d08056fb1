import FeatureMapPluginKit

/// What featuremap calls when it loads the library.
@c(featuremap_plugin)
public func entry(_ host: UnsafePointer<fmp_host>?) -> UnsafePointer<fmp_plugin>? {
  exportPlugin(Plugin(), host)
}

/// The plugin: a name and a list of kernels.
struct Plugin: KernelPlugin {
  let identifier = "my-plugin"
  let version = "0.1.0"
  let summary = "Differences to the surroundings made stronger"

  var kernels: [KernelFactory] {
    [KernelFactory(Detail.descriptor) { Detail($0) }]
  }
}
