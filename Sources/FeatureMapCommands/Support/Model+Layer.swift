import FeatureMap

extension Network {
  /// The name under which a network with classes has its probabilities, although it ends with the logits.
  static let softmaxName = "softmax"

  /// The network with softmax behind it where that layer is asked for and there is none. So has a network without
  /// the layer that is asked for: errors then tell all that there is.
  func providing(_ layer: String) throws -> Network {
    guard layer != "all", !layerNames.contains(layer), !layerNames.contains(Self.softmaxName),
      !classes.isEmpty,
      let last = nodes.last
    else { return self }
    return try Network(
      name: name, inputShape: inputShape, classes: classes,
      nodes: nodes + [Node(Self.softmaxName, Softmax(), inputs: [last.name])])
  }

  /// Whether a layer gives a vector for a picture of this shape.
  func isVector(_ layer: String, _ input: Shape) -> Bool {
    (try? upTo(layer).shapes(for: input)[layer])?.extent == .one
  }

  /// - Throws: `CommandError.layerNeedsFixedSize` for a layer that a picture of its own size does not reach.
  func checkReach(_ layer: String, isNative: Bool) throws {
    _ = try node(named: layer)
    let usable = convolutionalPart.map(\.name)
    if isNative && !usable.contains(layer) {
      throw CommandError.layerNeedsFixedSize(layer, model: name, available: usable)
    }
  }
}

extension Model {
  /// The model with softmax behind it where one of these layers is that and there is none.
  func providing(_ layers: [String]) throws -> Model {
    var model = self
    for layer in layers { model.network = try model.network.providing(layer) }
    return model
  }
}

extension UnitOptions {
  /// The unit itself, or the place of the largest value.
  ///
  /// - Throws: `NetworkError.unit` for a place that the layer does not have.
  func chosen(_ network: Network, _ layer: String, _ output: Tensor) throws -> UnitPosition {
    if let unit {
      if unit.values.count == 1 && output.shape.extent != .one {
        throw CommandError.choice(
          "layer '\(layer)' has maps of shape \(output.shape): say channel, row and column, such as --unit \(unit.values[0]),0,0"
        )
      }
      try network.check(unit.position, in: layer, shape: output.shape)
      return unit.position
    }
    guard let peak = output.peak() else {
      throw CommandError.choice("layer '\(layer)' has no largest value: none of its values is a number")
    }
    return peak
  }
}

extension String? {
  /// The name of a layer; of a chain without a name the last one.
  ///
  /// - Throws: `CommandError.choice` without a name for a network.
  func given(in model: Model) throws -> String {
    if let name = self { return name }
    guard !model.isNetwork, let last = model.network.nodes.last else {
      throw CommandError.choice(
        "say which layer of \(model.network.name): --layer with one of \(try model.network.providing(Network.softmaxName).layerNames.joined(separator: ", "))"
      )
    }
    return last.name
  }
}
