import KernelAPI

/// A plugin that brings whole networks besides its kernels.
public protocol NetworkPlugin: KernelPlugin {
  var networks: [NetworkFactory] { get }
}

/// Makes a network of one kind, ready to use.
public struct NetworkFactory: Sendable {
  /// `[a-z0-9-]+`
  public let name: String
  /// One line without a full stop.
  public let summary: String
  private let makeTrained: @Sendable () throws -> TrainedNetwork
  private let makeUntrained: @Sendable (UInt64) throws -> Network

  public init(
    name: String, summary: String, trained: @escaping @Sendable () throws -> TrainedNetwork,
    untrained: @escaping @Sendable (UInt64) throws -> Network
  ) {
    self.name = name
    self.summary = summary
    makeTrained = trained
    makeUntrained = untrained
  }

  /// With the weights that ship with it.
  public func trained() throws -> TrainedNetwork { try makeTrained() }

  /// With random weights.
  public func untrained(seed: UInt64) throws -> Network { try makeUntrained(seed) }
}

/// A network with what its file of weights says of it.
public struct TrainedNetwork: Sendable {
  public var network: Network
  /// Recipe, accuracy, preprocessing ...: text by name.
  public var metadata: [String: String]

  public init(network: Network, metadata: [String: String]) {
    self.network = network
    self.metadata = metadata
  }
}

extension KernelRegistry {
  /// The networks of all plugins.
  public var networks: [NetworkFactory] {
    plugins.compactMap { $0 as? any NetworkPlugin }.flatMap(\.networks)
  }

  /// - Throws: `KernelError.unknownName`, which tells the nearest names.
  public func network(named name: String) throws -> NetworkFactory {
    guard let factory = networks.first(where: { $0.name == name }) else {
      throw KernelError.unknownName(name, what: "network", known: networks.map(\.name))
    }
    return factory
  }
}
