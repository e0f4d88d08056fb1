import KernelAPI

/// The kernels of a shared library that runs in a process of its own: what crashes or never ends there costs that call
/// only.
public struct IsolatedPlugin: ExternalPlugin {
  public let identifier: String
  public let version: String
  public let summary: String
  public let license: String
  public let path: String
  public let kernels: [KernelFactory]

  /// Starts the process and loads the plugin in it; nothing of it is loaded here.
  ///
  /// - Throws: `PluginError.loading`, as `SharedLibrary`, and when loading crashes or takes too long.
  public init(path: String, isolation: PluginIsolation) throws {
    let process = PluginProcess(path: path, isolation: isolation)
    let description = try process.describe()
    identifier = description.identifier
    version = description.version
    summary = description.summary
    license = description.license
    self.path = path
    kernels = description.kernels.enumerated().map { index, descriptor in
      KernelFactory(descriptor) { values in
        try IsolatedKernel(
          process: process,
          instance: PluginProcess.Instance(
            plugin: description.identifier, kernel: index, name: descriptor.name,
            settings: values.settings(of: descriptor)))
      }
    }
  }
}

extension ParameterValues {
  /// All values as a user would write them.
  fileprivate func settings(of kernel: KernelDescriptor) -> [KernelSpecification.Setting] {
    kernel.parameters.map { parameter in
      let text =
        switch parameter.kind {
        case .integer: "\(integer(parameter.name))"
        case .number: "\(number(parameter.name))"
        case .flag: flag(parameter.name) ? "yes" : "no"
        case .choice, .text: self.text(parameter.name)
        }
      return KernelSpecification.Setting(parameter.name, text)
    }
  }
}
