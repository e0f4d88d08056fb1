/// All kernels of all plugins, by name.
public struct KernelRegistry: Sendable {
  public let plugins: [any KernelPlugin]
  private let factories: [String: KernelFactory]

  /// - Throws: `KernelError.duplicateName` or `.invalidName`.
  public init(_ plugins: [any KernelPlugin]) throws {
    self.plugins = plugins
    var factories: [String: KernelFactory] = [:]
    var owners: [String: String] = [:]
    var identifiers: Set<String> = []
    for plugin in plugins {
      guard isValidKernelName(plugin.identifier) else {
        throw KernelError.invalidName(plugin.identifier, plugin: plugin.identifier)
      }
      guard identifiers.insert(plugin.identifier).inserted else {
        throw KernelError.duplicateName(
          plugin.identifier, first: "one plugin", second: "another plugin")
      }
      for factory in plugin.kernels {
        let name = factory.descriptor.name
        guard isValidKernelName(name) else {
          throw KernelError.invalidName(name, plugin: plugin.identifier)
        }
        if let owner = owners[name] {
          throw KernelError.duplicateName(
            name, first: "plugin \(owner)", second: "plugin \(plugin.identifier)")
        }
        owners[name] = plugin.identifier
        factories[name] = factory
      }
    }
    self.factories = factories
  }

  /// All names, sorted.
  public var names: [String] { factories.keys.sorted() }

  /// - Throws: `KernelError.unknownName`, which tells the nearest names.
  public func factory(named name: String) throws -> KernelFactory {
    guard let factory = factories[name] else {
      throw KernelError.unknownName(name, what: "kernel", known: names)
    }
    return factory
  }

  /// The plugin with this identifier, `nil` where there is none.
  public func plugin(named identifier: String) -> (any KernelPlugin)? {
    plugins.first { $0.identifier == identifier }
  }
}

/// Whether a name, of a kernel or a plugin, consists of lower-case letters, digits and hyphens.
public func isValidKernelName(_ name: String) -> Bool {
  !name.isEmpty
    && name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
}
