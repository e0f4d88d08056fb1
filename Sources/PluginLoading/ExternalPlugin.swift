import KernelAPI

/// A plugin that came from a file.
public protocol ExternalPlugin: KernelPlugin {
  var path: String { get }
  /// Such as `MIT`; empty where none is told.
  var license: String { get }
}
