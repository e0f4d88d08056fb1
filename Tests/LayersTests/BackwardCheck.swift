import KernelAPI
import TensorCore
import TestSupport
import Testing

/// Compares a kernel's backward pass with central differences of the loss `sum(factors * output)`.
///
/// - Parameter step: half the distance of the two points; a large one is exact where the loss is linear.
func expectBackwardMatchesDifferences(
  _ kernel: some DifferentiableKernel, input: Tensor, step: Float, tolerance: Float, seed: UInt64 = 5,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let output = try kernel(input)
  let factors = Tensor.random(output.shape, seed: seed)
  let result = try kernel.backward(factors, input: input, output: output, needsInput: true)

  let byInput = try differences(input.values, step: step) { values in
    loss(try kernel(Tensor(shape: input.shape, values: values)), factors)
  }
  expectClose(
    try #require(result.input).values, byInput, tolerance: tolerance, "by the input",
    sourceLocation: sourceLocation)

  #expect(result.weights.count == kernel.weights.count, sourceLocation: sourceLocation)
  for (index, array) in kernel.weights.enumerated() {
    let byWeight = try differences(array.values, step: step) { values in
      var changed = kernel
      changed.weights[index].values = values
      return loss(try changed(input), factors)
    }
    expectClose(
      result.weights[index], byWeight, tolerance: tolerance, "by \(array.name)",
      sourceLocation: sourceLocation)
  }
}

private func loss(_ output: Tensor, _ factors: Tensor) -> Double {
  zip(output.values, factors.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

private func differences(
  _ values: [Float], step: Float, _ loss: ([Float]) throws -> Double
) rethrows -> [Float] {
  try values.indices.map { index in
    var changed = values
    changed[index] = values[index] + step
    let above = try loss(changed)
    changed[index] = values[index] - step
    return Float((above - (try loss(changed))) / Double(2 * step))
  }
}
