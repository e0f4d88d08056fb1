import KernelAPI
import Layers
import TensorCore
import TensorOps

/// A network made ready for examples of one shape: operations in order, and which values they read and write.
///
/// An activation that alone follows a cross-correlation or a linear layer is done together with it, so may be the
/// pooling after that, and reshaping is no step at all; so only the network's output is there afterwards, not the
/// layers in between.
package struct TileProgram: Sendable {
  /// One operation and where its values are.
  struct Step: Sendable {
    let layer: String
    /// The last of the layers that are done together.
    var lastLayer: String
    var operation: any TileOperation
    /// Indices of values.
    let inputs: [Int]
    let output: Int
    /// Where the layer's weights begin among all weights, and its bias; `nil` without one.
    let weights: Int
    let bias: Int?
  }

  package let inputShape: Shape
  package private(set) var outputShape: Shape
  private(set) var steps: [Step] = []
  /// Floats of every value of one example; value 0 is the network's input.
  private(set) var valueCounts: [Int]
  /// The value that is the network's output.
  private(set) var output = 0
  /// Floats of all weights, in the order of `Network.weights`.
  package private(set) var weightCount = 0
  /// Whether a value depends on weights, so that training needs its gradient.
  private(set) var learns: [Bool] = [false]

  /// - Parameter shape: of one example.
  /// - Throws: `NetworkError.layer` when a kernel refuses its input.
  package init(_ network: Network, input shape: Shape) throws {
    inputShape = shape.with(batch: 1)
    outputShape = inputShape
    valueCounts = [inputShape.count]
    var shapes = [Network.inputName: inputShape]
    var values = [Network.inputName: 0]
    let uses = network.nodes.reduce(into: [String: Int]()) { uses, node in
      for name in node.inputs { uses[name, default: 0] += 1 }
    }
    for node in network.nodes {
      let inputShapes = node.inputs.compactMap { shapes[$0] }
      let inputs = node.inputs.compactMap { values[$0] }
      let operation = try node.naming { try node.operation(for: inputShapes) }
      shapes[node.name] = operation.outputShape
      if operation is ReshapeOperation {
        values[node.name] = inputs[0]
      } else if let fused = fusedOperation(node, operation, inputs, uses) {
        steps[fused.step].operation = fused.operation
        steps[fused.step].lastLayer = node.name
        valueCounts[inputs[0]] = fused.operation.outputShape.count
        values[node.name] = inputs[0]
      } else {
        values[node.name] = append(node, operation, inputs)
      }
    }
    let last = network.nodes.last?.name ?? Network.inputName
    output = values[last] ?? 0
    outputShape = shapes[last] ?? inputShape
  }

  /// The operation before an activation or pooling with that in it, where nobody else reads its result.
  private func fusedOperation(
    _ node: Network.Node, _ operation: any TileOperation, _ inputs: [Int], _ uses: [String: Int]
  ) -> (step: Int, operation: any TileOperation)? {
    guard inputs.count == 1, uses[node.inputs[0]] == 1,
      let step = steps.lastIndex(where: { $0.output == inputs[0] }), steps[step].lastLayer == node.inputs[0]
    else { return nil }
    let before = steps[step].operation
    let both =
      switch (node.kernel, operation) {
      case (let layer as ActivationLayer, _): before.followed(by: layer.kind)
      case (_, let pooling as PoolingOperation): before.followed(by: pooling)
      default: nil as (any TileOperation)?
      }
    return both.map { (step, $0) }
  }

  private mutating func append(
    _ node: Network.Node, _ operation: any TileOperation, _ inputs: [Int]
  ) -> Int {
    let arrays = (node.kernel as? any DifferentiableKernel)?.weights ?? []
    let value = valueCounts.count
    steps.append(
      Step(
        layer: node.name, lastLayer: node.name, operation: operation, inputs: inputs, output: value,
        weights: weightCount,
        bias: arrays.count > 1 ? weightCount + arrays[0].values.count : nil))
    valueCounts.append(operation.outputShape.count)
    learns.append(!arrays.isEmpty || inputs.contains { learns[$0] })
    weightCount += arrays.reduce(0) { $0 + $1.values.count }
    return value
  }
}

extension Network.Node {
  /// The innermost loops' way to do this node's work, or the kernel itself.
  fileprivate func operation(for inputs: [Shape]) throws -> any TileOperation {
    if let tiled = kernel as? any TiledKernel { return try tiled.operation(for: inputs) }
    return KernelOperation(
      layer: name, kernel: kernel, inputShapes: inputs, outputShape: try outputShape(inputs).with(batch: 1))
  }
}

extension TileProgram {
  /// The output of a tile whose input lies at `memory.input`; returns where it is.
  package func forward(
    _ memory: TileMemory, weights: UnsafePointer<Float>, loops: InnerLoops = .best
  ) throws -> UnsafeMutablePointer<Float> {
    let run = TileRun(memory.plan.layout, loops: loops, training: memory.plan.training)
    for (index, step) in steps.enumerated() {
      try naming(step) { try step.operation.forward(memory.values(step, index), step.weights(weights), run) }
    }
    return memory.value(output)
  }

  /// The gradients of the weights, from that of the output at `memory.outputGradient`, after `forward` on the
  /// same memory.
  ///
  /// - Parameters:
  ///   - gradients: `weightCount` floats; the tile's share is added, at the latest with the last tile's.
  ///   - tile: counts the tiles whose gradients are added to the same memory, from 0.
  ///   - isLast: whether it is the last of them.
  package func backward(
    _ memory: TileMemory, weights: UnsafePointer<Float>, into gradients: UnsafeMutablePointer<Float>,
    tile: Int = 0, isLast: Bool = true, loops: InnerLoops = .best
  ) throws {
    let run = TileRun(
      memory.plan.layout, loops: loops, training: memory.plan.training, tile: tile, isLast: isLast)
    var written: Set<Int> = [output]
    for (index, step) in steps.enumerated().reversed() where learns[step.output] {
      guard written.contains(step.output) else { continue }
      // The second reader of a value writes beside, and is added.
      var beside: [(value: Int, index: Int)] = []
      let goals = step.inputs.enumerated().map { input, value -> UnsafeMutablePointer<Float>? in
        guard learns[value] else { return nil }
        if written.insert(value).inserted { return memory.gradient(value) }
        beside.append((value, input))
        return memory.gradientBeside(input)
      }
      let own = TileGradients(
        output: memory.gradient(step.output), input: goals[0], moreInputs: Array(goals.dropFirst()),
        weight: gradients + step.weights, bias: step.bias.map { gradients + $0 })
      try naming(step) {
        try step.operation.backward(memory.values(step, index), step.weights(weights), own, run)
      }
      for (value, input) in beside {
        let sum = memory.gradient(value)
        let part = memory.gradientBeside(input)
        for i in 0..<valueCounts[value] * memory.plan.layout.examples { sum[i] += part[i] }
      }
    }
  }

  private func naming(_ step: Step, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError.layer(step.layer, problem: "\(error)")
    }
  }
}

extension TileProgram.Step {
  fileprivate func weights(_ all: UnsafePointer<Float>) -> TileWeights {
    TileWeights(weight: all + weights, bias: bias.map { all + $0 })
  }
}

extension TileMemory {
  fileprivate func values(_ step: TileProgram.Step, _ index: Int) -> TileValues {
    TileValues(
      input: value(step.inputs[0]), moreInputs: step.inputs.dropFirst().map { UnsafePointer(value($0)) },
      output: value(step.output), scratch: scratch, kept: kept(index))
  }
}
