import FeatureMap

/// The one list of built-in plugins. A new plugin is added here and as a target in the manifest.
public let builtInPlugins: [any KernelPlugin] = [
  EdgeDetectorsPlugin(),
  SmoothingPlugin(),
  BasicLayersPlugin(),
  LearnedFiltersPlugin(),
  LeNetPlugin(),
]

/// The kernels and networks of all built-in plugins, and of no others.
///
/// - Throws: `KernelError` when two plugins use one name, which the tests rule out.
public func makeRegistry() throws -> KernelRegistry {
  try KernelRegistry(builtInPlugins)
}
