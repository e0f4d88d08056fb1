import KernelAPI
import TensorCore
import TensorOps

/// Any kernel as an operation on tiles, through tensors: for kernels that the innermost loops do not know.
struct KernelOperation: TileOperation {
  let layer: String
  let kernel: any Kernel
  let inputShapes: [Shape]
  let outputShape: Shape

  func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) throws {
    write(try call(with(weights), inputs(values, run)), to: values.output, run)
  }

  func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) throws {
    let inputs = inputs(values, run)
    let dy = tensor(gradients.output, outputShape, run)
    let goals = [gradients.input] + gradients.moreInputs
    if let join = kernel as? any JoiningKernel {
      for (goal, part) in zip(goals, try join.backward(dy, inputs: inputs)) {
        if let goal { write(part, to: goal, run) }
      }
      return
    }
    guard let learning = with(weights) as? any DifferentiableKernel else {
      throw NetworkError.notTrainable(node: layer)
    }
    let result = try learning.backward(
      dy, input: inputs[0], output: tensor(values.output, outputShape, run),
      needsInput: gradients.input != nil)
    if let goal = gradients.input, let part = result.input { write(part, to: goal, run) }
    var sum = gradients.weight
    for array in result.weights {
      for (i, value) in array.enumerated() { sum[i] += value }
      sum += array.count
    }
  }

  /// The kernel with the weights of the program.
  private func with(_ weights: TileWeights) -> any Kernel {
    guard var learning = kernel as? any DifferentiableKernel, !learning.weights.isEmpty else { return kernel }
    var next = weights.weight
    learning.weights = learning.weights.map { array in
      defer { next += array.values.count }
      return NamedArray(
        name: array.name, dimensions: array.dimensions,
        values: Array(UnsafeBufferPointer(start: next, count: array.values.count)))
    }
    return learning
  }

  private func call(_ kernel: any Kernel, _ inputs: [Tensor]) throws -> Tensor {
    if inputs.count > 1, let join = kernel as? any JoiningKernel { return try join(inputs) }
    return try kernel(inputs[0])
  }

  private func inputs(_ values: TileValues, _ run: TileRun) -> [Tensor] {
    zip([values.input] + values.moreInputs, inputShapes).map { tensor($0, $1, run) }
  }

  private func tensor(_ memory: UnsafePointer<Float>, _ shape: Shape, _ run: TileRun) -> Tensor {
    let lanes = run.layout.examples
    return Tensor(shape: shape.with(batch: lanes)) { out in
      for n in 0..<lanes {
        for i in 0..<shape.exampleCount { out[n * shape.exampleCount + i] = memory[i * lanes + n] }
      }
    }
  }

  private func write(_ tensor: Tensor, to memory: UnsafeMutablePointer<Float>, _ run: TileRun) {
    let lanes = run.layout.examples
    let size = tensor.shape.exampleCount
    tensor.values.withUnsafeBufferPointer { values in
      for n in 0..<lanes {
        for i in 0..<size { memory[i * lanes + n] = values[n * size + i] }
      }
    }
  }
}
