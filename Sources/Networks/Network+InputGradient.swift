import KernelAPI
import TensorCore

extension Network {
  /// The derivative of units by the values of the picture, one example for each unit: [units, C, H, W].
  ///
  /// - Parameter input: one example.
  /// - Throws: `NetworkError.notTrainable` when a kernel on the way has no backward pass, and what kernels throw.
  public func inputGradients(
    of units: [UnitPosition], in layer: String, for input: Tensor
  ) throws -> Tensor {
    let network = try upTo(layer)
    var values: [String: Tensor] = [
      Self.inputName: Tensor(
        shape: input.shape.with(batch: units.count), values: units.flatMap { _ in input.values })
    ]
    for node in network.nodes { values[node.name] = try node.run(node.inputs.compactMap { values[$0] }) }
    var seed = Tensor(shape: values[layer]?.shape ?? input.shape)
    for (example, unit) in units.enumerated() {
      try check(unit, in: layer, shape: seed.shape.with(batch: 1))
      seed[example, unit.channel, unit.y, unit.x] = 1
    }
    var arriving = [layer: seed]
    for node in network.nodes.reversed() {
      guard let gradient = arriving.removeValue(forKey: node.name) else { continue }
      let inputs = node.inputs.compactMap { values[$0] }
      let parts = try node.naming {
        try node.backward(
          gradient, inputs: inputs, output: values.removeValue(forKey: node.name) ?? gradient,
          needsInput: true
        ).inputs
      }
      for (name, part) in zip(node.inputs, parts) {
        arriving[name] = try arriving[name].map { try Self.sum($0, part) } ?? part
      }
    }
    return arriving[Self.inputName] ?? Tensor(shape: input.shape.with(batch: units.count))
  }
}
