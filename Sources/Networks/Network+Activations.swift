import KernelAPI
import TensorCore

/// What one layer answered.
public struct LayerActivation: Sendable {
  public let layer: String
  public let output: Tensor

  public init(layer: String, output: Tensor) {
    self.layer = layer
    self.output = output
  }
}

extension Network {
  /// The outputs of the named layers, in the order of the network. Layers behind the last named one do not
  /// run, and what nobody needs any more is freed on the way.
  ///
  /// - Throws: `KernelError.unknownName` for a layer that is not there; `NetworkError.layer` when a kernel
  ///   refuses its input.
  public func activations(of layers: [String], for input: Tensor) throws -> [LayerActivation] {
    for layer in layers { _ = try node(named: layer) }
    let wanted = Set(layers)
    guard let lastIndex = nodes.lastIndex(where: { wanted.contains($0.name) }) else { return [] }
    let lastUse = lastUses(upTo: lastIndex)
    var values: [String: Tensor] = [Self.inputName: input]
    var captured: [LayerActivation] = []
    for (index, node) in nodes[...lastIndex].enumerated() {
      let inputs = node.inputs.compactMap { values[$0] }
      for name in node.inputs where lastUse[name] == index { values[name] = nil }
      let output = try node.run(inputs)
      if wanted.contains(node.name) { captured.append(LayerActivation(layer: node.name, output: output)) }
      if lastUse[node.name] != nil { values[node.name] = output }
    }
    return captured
  }

  /// For every name, the last node that reads it.
  private func lastUses(upTo lastIndex: Int) -> [String: Int] {
    var uses: [String: Int] = [:]
    for (index, node) in nodes[...lastIndex].enumerated() {
      for name in node.inputs { uses[name] = index }
    }
    return uses
  }

  /// The shapes of all layers for an input of this shape.
  public func shapes(for input: Shape) throws -> [String: Shape] {
    var shapes: [String: Shape] = [Self.inputName: input]
    for node in nodes {
      shapes[node.name] = try node.naming { try node.outputShape(node.inputs.compactMap { shapes[$0] }) }
    }
    return shapes
  }

  /// The nodes up to the first that takes its whole input at once, such as flatten: what works on a picture
  /// of any size.
  public var convolutionalPart: [Node] {
    Array(nodes.prefix { $0.kernel.window != .global })
  }
}

extension Network.Node {
  /// The node's kernel on its inputs; an error names the layer.
  func run(_ inputs: [Tensor]) throws -> Tensor {
    try naming {
      if inputs.count > 1, let join = kernel as? any JoiningKernel { return try join(inputs) }
      return try kernel(inputs[0])
    }
  }

  func outputShape(_ inputs: [Shape]) throws -> Shape {
    if inputs.count > 1, let join = kernel as? any JoiningKernel {
      return try join.outputShape(for: inputs)
    }
    return try kernel.outputShape(for: inputs[0])
  }

  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError.layer(name, problem: "\(error)")
    }
  }
}
