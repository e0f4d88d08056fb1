import FeatureMap

/// The networks and kernels that visitors choose from.
struct ServedModels {
  private let registry: KernelRegistry
  /// By the name that visitors choose, in the order of the list.
  private let named: [(name: String, summary: String, model: Model)]

  /// - Parameter extra: networks' files or chains besides the built-in networks.
  /// - Throws: what loading them throws.
  init(registry: KernelRegistry, extra: [String]) throws {
    self.registry = registry
    var used: Set<String> = []
    // A visitor gets to know a file's name, not the folders above it.
    var named = try extra.map { text in
      (
        name: freeName(fileExists(text) ? fileName(of: text) : text, &used),
        summary: "given when the server was started", model: try Model(text, registry: registry)
      )
    }
    for network in registry.networks where !extra.contains(network.name) {
      named.append((network.name, network.summary, try Model(network.name, registry: registry)))
    }
    self.named = named
  }

  /// What a visitor asked for: one of the list, or a chain of kernels.
  ///
  /// - Throws: `CommandError`, `KernelError` for what is not there or not allowed.
  func model(_ query: ServeQuery) throws -> Model {
    if let name = query.model {
      guard let found = named.first(where: { $0.name == name }) else {
        throw KernelError.unknownName(name, what: "network", known: named.map(\.name))
      }
      return found.model
    }
    let chain = query.chain ?? ""
    guard !chain.isEmpty else { throw CommandError.choice("the chain has no kernel yet; add one") }
    // A visitor may not read files of this machine.
    guard try KernelSpecification.chain(chain).allSatisfy(\.readsNoFile) else {
      throw CommandError.choice(
        "kernels from files are those that 'featuremap serve --model FILE' was started with")
    }
    // Nor load libraries.
    guard try KernelSpecification.chain(chain).allSatisfy({ isLoaded($0) }) else {
      throw CommandError.choice(
        "of the filters of frei0r there are those whose libraries 'featuremap serve --plugin FILE' was started with"
      )
    }
    return Model(network: try Network(chain: chain, registry: registry))
  }

  private func isLoaded(_ specification: KernelSpecification) -> Bool {
    guard case .name(let name) = specification.source, name.contains(":") else { return true }
    return registry.names.contains(name)
  }
}

extension KernelSpecification {
  fileprivate var readsNoFile: Bool {
    switch source {
    case .file: false
    case .name(let name): name != KernelRegistry.fileKernelName
    case .matrix: true
    }
  }
}

extension ServedModels {
  /// What the page makes its choices and sliders of.
  struct Catalogue: Encodable {
    struct Entry: Encodable {
      let name: String
      let summary: String
      /// Whether it takes pictures of one size and names classes.
      let isNetwork: Bool
    }
    struct Kernel: Encodable {
      let name: String
      let plugin: String
      let summary: String
      let details: String
      let parameters: [Parameter]
    }
    struct Parameter: Encodable {
      let name: String
      let summary: String
      let unit: String
      /// `integer`, `number`, `choice`, `flag` or `text`.
      let kind: String
      /// As a user would write it.
      let `default`: String
      /// `nil` where there is no bound.
      var minimum: Double?
      var maximum: Double?
      var choices: [String]?
    }

    let version: String
    let models: [Entry]
    let kernels: [Kernel]
    let megapixels: Double
    let megabytes: Int
  }

  func catalogue(megapixels: Double, megabytes: Int) -> Catalogue {
    Catalogue(
      version: programVersion,
      models: named.map {
        Catalogue.Entry(name: $0.name, summary: $0.summary, isNetwork: $0.model.isNetwork)
      },
      kernels: registry.plugins.flatMap { plugin in
        plugin.kernels.map(\.descriptor).filter { $0.name != KernelRegistry.fileKernelName }.map {
          Catalogue.Kernel(
            name: $0.name, plugin: plugin.identifier, summary: $0.summary, details: $0.details,
            parameters: $0.parameters.map(Catalogue.Parameter.init))
        }
      },
      megapixels: megapixels, megabytes: megabytes)
  }
}

extension ServedModels.Catalogue.Parameter {
  init(_ parameter: ParameterDescriptor) {
    let kind =
      switch parameter.kind {
      case .integer: "integer"
      case .number: "number"
      case .choice: "choice"
      case .flag: "flag"
      case .text: "text"
      }
    self.init(
      name: parameter.name, summary: parameter.summary, unit: parameter.unit, kind: kind,
      default: parameter.kind.defaultText)
    switch parameter.kind {
    case .integer(_, let range):
      minimum = range.lowerBound <= -ParameterKind.unboundedInteger ? nil : Double(range.lowerBound)
      maximum = range.upperBound >= ParameterKind.unboundedInteger ? nil : Double(range.upperBound)
    case .number(_, let range):
      minimum = range.lowerBound.isFinite ? range.lowerBound : nil
      maximum = range.upperBound.isFinite ? range.upperBound : nil
    case .choice(_, let names): choices = names
    case .flag, .text: break
    }
  }
}
