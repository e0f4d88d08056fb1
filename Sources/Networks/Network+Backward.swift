import KernelAPI
import TensorCore

/// The derivatives of a loss by all weights of a network, in the order of `Network.weights`.
public typealias WeightGradients = [[Float]]

extension Network {
  /// Forward through all layers, the loss of the output, and back.
  ///
  /// - Parameter loss: gives the derivative of the loss by the network's output.
  /// - Throws: `NetworkError.notTrainable` when a kernel has no backward pass, and what kernels throw.
  public func gradients(
    for input: Tensor, loss: (Tensor) throws -> Tensor
  ) throws -> WeightGradients {
    var values: [String: Tensor] = [Self.inputName: input]
    for node in nodes { values[node.name] = try node.run(node.inputs.compactMap { values[$0] }) }
    guard let last = nodes.last, let output = values[last.name] else {
      throw NetworkError.empty(network: name)
    }
    var arriving: [String: Tensor] = [last.name: try loss(output)]
    var gradients: [[[Float]]] = Array(repeating: [], count: nodes.count)
    let learning = learningNodes()
    for (index, node) in nodes.enumerated().reversed() {
      guard let gradient = arriving.removeValue(forKey: node.name) else {
        gradients[index] = zeroGradients(node)
        continue
      }
      let inputs = node.inputs.compactMap { values[$0] }
      let (toInputs, toWeights) = try node.naming {
        try node.backward(
          gradient, inputs: inputs, output: values.removeValue(forKey: node.name) ?? gradient,
          needsInput: node.inputs.contains { learning.contains($0) })
      }
      gradients[index] = toWeights
      for (name, part) in zip(node.inputs, toInputs) where learning.contains(name) {
        arriving[name] = try arriving[name].map { try Self.sum($0, part) } ?? part
      }
    }
    return gradients.flatMap { $0 }
  }

  static func sum(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    var sum = a
    for i in b.values.indices { sum.values[i] += b.values[i] }
    return sum
  }

  private func zeroGradients(_ node: Node) -> [[Float]] {
    ((node.kernel as? any DifferentiableKernel)?.weights ?? []).map {
      [Float](repeating: 0, count: $0.values.count)
    }
  }

  /// The nodes that have weights, or stand behind one that has: only these need a gradient.
  private func learningNodes() -> Set<String> {
    var learning: Set<String> = []
    for node in nodes {
      let hasWeights = (node.kernel as? any DifferentiableKernel).map { !$0.weights.isEmpty } ?? false
      if hasWeights || node.inputs.contains(where: learning.contains) { learning.insert(node.name) }
    }
    return learning
  }
}

extension Network.Node {
  func backward(
    _ gradient: Tensor, inputs: [Tensor], output: Tensor, needsInput: Bool
  ) throws -> (inputs: [Tensor], weights: [[Float]]) {
    if let join = kernel as? any JoiningKernel {
      return (needsInput ? try join.backward(gradient, inputs: inputs) : [], [])
    }
    guard let kernel = kernel as? any DifferentiableKernel else {
      throw NetworkError.notTrainable(node: name)
    }
    let result = try kernel.backward(gradient, input: inputs[0], output: output, needsInput: needsInput)
    return (needsInput ? [result.input].compactMap { $0 } : [], result.weights)
  }
}
