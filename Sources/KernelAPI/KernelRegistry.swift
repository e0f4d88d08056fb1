/// All kernels of all plugins, by name.
public struct KernelRegistry: Sendable {
  public let plugins: [any KernelPlugin]
  /// Where kernels come from that are opened only when they are named.
  public let sources: [any KernelSource]
  private let factories: [String: KernelFactory]

  /// A registry without sources.
  ///
  /// - Throws: `KernelError.duplicateName` or `.invalidName`.
  public init(_ plugins: [any KernelPlugin]) throws {
    try self.init(plugins, sources: [])
  }

  /// - Throws: `KernelError.duplicateName` or `.invalidName`.
  public init(_ plugins: [any KernelPlugin], sources: [any KernelSource]) throws {
    self.plugins = plugins
    self.sources = sources
    var factories: [String: KernelFactory] = [:]
    var owners: [String: String] = [:]
    var identifiers: Set<String> = []
    for plugin in plugins {
      guard isValidQualifiedName(plugin.identifier) else {
        throw KernelError.invalidName(plugin.identifier, plugin: plugin.identifier)
      }
      guard identifiers.insert(plugin.identifier).inserted else {
        throw KernelError.duplicateName(
          plugin.identifier, first: "one plugin", second: "another plugin")
      }
      for factory in plugin.kernels {
        let name = factory.descriptor.name
        guard isValidQualifiedName(name) else {
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

  /// All names but those of the sources, sorted.
  public var names: [String] { factories.keys.sorted() }

  /// - Throws: `KernelError.unknownName`, which tells the nearest names; what a source refuses.
  public func factory(named name: String) throws -> KernelFactory {
    if let factory = factories[name] { return factory }
    for source in sources {
      if name.hasPrefix(source.prefix + ":") {
        return try source.factory(named: String(name.dropFirst(source.prefix.count + 1)))
      }
      if name == source.prefix {
        throw KernelError.syntax(
          name, problem: "the name of a kernel follows behind a colon: \(name):NAME")
      }
    }
    throw KernelError.unknownName(name, what: "kernel", known: names)
  }

  /// The plugin with this identifier, `nil` where there is none.
  public func plugin(named identifier: String) -> (any KernelPlugin)? {
    plugins.first { $0.identifier == identifier }
  }
}

/// Whether a name is valid, also with a source's prefix: `frei0r:edgeglow`. What follows such a prefix is a name that
/// others chose, of ASCII letters, digits and `-_.+`.
private func isValidQualifiedName(_ name: String) -> Bool {
  guard let colon = name.firstIndex(of: ":") else { return isValidKernelName(name) }
  let rest = name[colon...].dropFirst()
  return KernelSpecification.sourcePrefixes.contains(String(name[..<colon])) && isForeignName(rest)
}

/// Whether a name has ASCII letters, digits and `-_.+` only and does not begin with a full stop.
package func isForeignName(_ name: some StringProtocol) -> Bool {
  !name.isEmpty && !name.hasPrefix(".")
    && name.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.+".unicodeScalars.contains($0))
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
