import FeatureMap

extension Model {
  /// The layers asked for, in the order of the network: all for `all`; without names the convolution and pooling
  /// layers of a network, or every stage of a chain.
  ///
  /// - Throws: `KernelError.unknownName`; `CommandError.layerNeedsFixedSize` for a layer that does not work at the
  ///   picture's own size.
  func layers(named names: [String], size: InputSize) throws -> [String] {
    let usable = size == .native ? network.convolutionalPart : network.nodes
    if names.isEmpty {
      let shown = usable.filter { !isNetwork || $0.kernel is Convolution2D || $0.kernel is Pooling2D }
      return shown.map(\.name)
    }
    for name in names where name != "all" {
      _ = try network.node(named: name)
      guard usable.contains(where: { $0.name == name }) else {
        throw CommandError.layerNeedsFixedSize(name, model: network.name, available: usable.map(\.name))
      }
    }
    return names.contains("all") ? usable.map(\.name) : network.layerNames.filter(names.contains)
  }

  /// What a layer's channels are called: classes, or the colours that a filter's maps are; `nil` for numbers.
  func channelNames(_ layer: String, count: Int) -> [String]? {
    let last = network.nodes.last
    let isLogits = last?.name == Network.softmaxName && last?.inputs == [layer]
    if layer == last?.name || isLogits, count == network.classes.count { return network.classes }
    return !isNetwork && count == 3 ? ["red", "green", "blue"] : nil
  }
}
