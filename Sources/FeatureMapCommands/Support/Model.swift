import FeatureMap

/// A network or chain that a user named.
struct Model {
  var network: Network
  /// What the file of weights says; empty for a chain.
  let metadata: [String: String]

  /// Whether it takes pictures of one size and names classes.
  var isNetwork: Bool { network.inputShape != nil }

  /// A chain.
  init(network: Network) {
    self.network = network
    metadata = [:]
  }

  /// - Parameter defaults: settings for the kernels of a chain.
  /// - Throws: errors that name the nearest names; `NetworkError` for weights that do not fit.
  init(_ name: String, registry: KernelRegistry, defaults: [KernelSpecification.Setting] = []) throws {
    if registry.networks.contains(where: { $0.name == name }) {
      let trained = try registry.network(named: name).trained()
      network = trained.network
      metadata = trained.metadata
    } else if Self.isWeightsFile(name),
      let trained = try Self.weightsFile(try Safetensors(path: name), name, registry)
    {
      network = trained.network
      metadata = trained.metadata
    } else if try networkDescription(name) != nil {
      throw CommandError.choice(
        "\(name) describes a network without weights, which has no values to show; 'featuremap layers' and 'featuremap receptive-field' measure it, 'featuremap train --network \(name)' gives it weights"
      )
    } else {
      network = try Self.chain(name, registry, defaults)
      metadata = [:]
    }
  }

  private static func isWeightsFile(_ name: String) -> Bool {
    fileExtension(of: name) == "safetensors"
      && (fileExists(name) || !name.contains { ":,|".contains($0) })
  }

  /// The network that a file of weights belongs to; `nil` for a file of filters, which is a kernel.
  private static func weightsFile(
    _ file: Safetensors, _ path: String, _ registry: KernelRegistry
  ) throws -> TrainedNetwork? {
    if file.metadata["checkpoint"] != nil {
      throw NetworkError.weightsFile(
        path: path,
        problem: "is the checkpoint of a training; end it with 'featuremap train --resume \(path)'")
    }
    let untrained: Network
    if let text = file.metadata["architecture"] {
      untrained = try NetworkFile(text: text, source: path).network(registry, seed: 0)
    } else {
      untrained = try registry.network(named: file.metadata["network"] ?? "lenet").untrained(seed: 0)
    }
    do {
      var network = try untrained.with(weights: file.arrays)
      network.classes =
        try classNames(file.metadata["classes"], path, outputs: network.classes.count)
        ?? network.classes
      return TrainedNetwork(network: network, metadata: file.metadata)
    } catch let error as NetworkError {
      if file.metadata["network"] == nil && !untrained.namesLookRight(file.arrays) { return nil }
      throw NetworkError.weightsFile(path: path, problem: "no weights of \(untrained.name): \(error)")
    }
  }

  /// A name that is neither a network nor a kernel is answered with both lists.
  private static func chain(
    _ text: String, _ registry: KernelRegistry, _ defaults: [KernelSpecification.Setting]
  ) throws -> Network {
    do {
      return try Network(chain: text, registry: registry, defaults: defaults)
    } catch KernelError.unknownName(let name, what: "kernel", _) {
      throw KernelError.unknownName(
        name, what: "network or kernel", known: registry.networks.map(\.name) + registry.names)
    }
  }

  /// The names of the classes in a file's metadata, a list as JSON; `nil` where there is none.
  private static func classNames(_ text: String?, _ path: String, outputs: Int) throws -> [String]? {
    guard let text else { return nil }
    guard let names = try? decodedJSON([String].self, from: text), names.count == outputs else {
      throw NetworkError.weightsFile(
        path: path, problem: "its metadata \"classes\" is no JSON list of \(outputs) names")
    }
    return names
  }

  /// The files that a model's text names: weights or kernels.
  static func files(named text: String) -> [String] {
    if isWeightsFile(text) { return [text] }
    return chainFiles(text)
  }

  /// The files that kernels of a chain are read from.
  static func chainFiles(_ text: String) -> [String] {
    ((try? KernelSpecification.chain(text)) ?? []).flatMap { specification -> [String] in
      if case .file(let path) = specification.source { return [path] }
      return specification.settings.filter { $0.name == "file" }.map(\.value)
    }
  }

  /// The name of a class, or its number.
  func className(_ index: Int) -> String {
    index < network.classes.count ? network.classes[index] : "class \(index)"
  }
}
