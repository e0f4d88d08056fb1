import KernelAPI
import Layers
import TensorCore

/// One row of a network's table.
public struct LayerSummary: Sendable {
  public let layer: String
  /// `convolution 5x5`, `average-pool 2x2` ...
  public let kind: String
  public let inputs: [String]
  /// For one example.
  public let shape: Shape
  /// Numbers that training changes.
  public let parameters: Int
  /// Products summed for one example.
  public let multiplyAdds: Int
  public let receptiveField: ReceptiveField
  /// The size of what one value sees; `nil` where that is all of the input. Values of a flattened map see as much as
  /// before, although no jump leads from one to the next.
  public let fieldSize: Extent?
}

extension Network {
  /// What every layer is, for one example of this shape.
  ///
  /// - Throws: `NetworkError.layer` when a kernel refuses the shape.
  public func summary(for input: Shape) throws -> [LayerSummary] {
    let shapes = try shapes(for: input)
    let fields = receptiveFields()
    return try nodes.map { node in
      let inputs = node.inputs.compactMap { shapes[$0] }
      let field = fields[node.name] ?? .input
      let sized = node.kernel is Flatten ? fields[node.inputs.first ?? ""] ?? field : field
      return LayerSummary(
        layer: node.name, kind: describe(node.kernel), inputs: node.inputs, shape: shapes[node.name] ?? input,
        parameters: (node.kernel as? any DifferentiableKernel)?.weights.reduce(0) { $0 + $1.values.count }
          ?? 0,
        multiplyAdds: try (node.kernel as? any CountedKernel)?.multiplyAdds(for: inputs[0]) ?? 0,
        receptiveField: field, fieldSize: sized.isGlobal ? nil : sized.size)
    }
  }

  /// The receptive field of every layer on the network's input.
  public func receptiveFields() -> [String: ReceptiveField] {
    var fields: [String: ReceptiveField] = [Self.inputName: .input]
    for node in nodes {
      let inputs = node.inputs.compactMap { fields[$0] }
      guard let first = inputs.first else { continue }
      fields[node.name] = inputs.dropFirst().reduce(first) { $0.union($1) }.behind(node.kernel.window)
    }
    return fields
  }
}
