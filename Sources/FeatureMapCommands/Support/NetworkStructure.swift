import FeatureMap

/// A network whose layers are to be measured, for which weights do not matter: besides all that `Model` takes, a
/// network that ships without weights and one described in JSON.
///
/// - Throws: as `Model`; `NetworkError.file` for a description that is wrong.
func networkStructure(
  _ name: String, registry: KernelRegistry, defaults: [KernelSpecification.Setting] = []
) throws -> Network {
  if let factory = registry.networks.first(where: { $0.name == name }) {
    return try factory.untrained(seed: 0)
  }
  if let text = try networkDescription(name) {
    return try NetworkFile(text: text, source: name).network(registry, seed: 0)
  }
  return try Model(name, registry: registry, defaults: defaults).network
}

/// The JSON of a file that describes a network; `nil` for all else, also a file of kernels, which is JSON as well.
func networkDescription(_ name: String) throws -> String? {
  guard fileExtension(of: name) == "json", fileExists(name) else { return nil }
  let text = String(decoding: try readFile(name, limit: 1 << 24), as: UTF8.self)
  return NetworkFile.describesNetwork(text) ? text : nil
}

/// The shape of the picture that a network is measured for: of this size, else the network's own, else 256x256.
///
/// - Throws: `NetworkError.inputShape` for another size than the network's layers can take.
func measuredShape(_ network: Network, size: Extent?) throws -> Shape {
  var shape = network.inputShape ?? Shape(channels: 1, height: 256, width: 256)
  guard let size else { return shape }
  let takesAnySize = network.convolutionalPart.count == network.nodes.count
  if let fixed = network.inputShape, fixed.extent != size, !takesAnySize {
    throw NetworkError.inputShape(
      got: "\(fixed.channels)x\(size.height)x\(size.width)", expected: "\(fixed)", network: network.name)
  }
  shape.height = size.height
  shape.width = size.width
  return shape
}
