/// What is wrong with a plugin that others made.
public enum PluginError: Error, Equatable, Sendable {
  /// A file that is no plugin, or not one for this program and machine.
  case loading(path: String, problem: String)
  /// A call that failed, or that broke what the plugin promised.
  case call(plugin: String, kernel: String, problem: String)
}

extension PluginError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .loading(let path, let problem): "cannot load plugin \(path): \(problem)"
    case .call(let plugin, let kernel, let problem): "plugin \(plugin), kernel \(kernel): \(problem)"
    }
  }
}
