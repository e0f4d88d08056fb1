import TensorCore
import TestSupport
import Testing

/// The derivatives of `loss` by every element of `tensor`, by central differences.
func centralDifferences(
  _ tensor: NumericTensor<Double>, step: Double = 1e-4, _ loss: (NumericTensor<Double>) throws -> Double
) rethrows -> NumericTensor<Double> {
  var result = tensor
  for i in tensor.values.indices {
    var moved = tensor
    moved.values[i] = tensor.values[i] + step
    let above = try loss(moved)
    moved.values[i] = tensor.values[i] - step
    result.values[i] = (above - (try loss(moved))) / (2 * step)
  }
  return result
}

/// The sum of the products of two tensors: a loss whose derivative by the first is the second.
func dot(_ a: NumericTensor<Double>, _ b: NumericTensor<Double>) -> Double {
  precondition(a.shape == b.shape)
  return zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 }
}

/// A bias as a tensor, so that it can be differentiated like one.
func vector(_ values: [Double]) -> NumericTensor<Double> {
  NumericTensor(shape: Shape(channels: values.count, height: 1, width: 1), values: values)
}
