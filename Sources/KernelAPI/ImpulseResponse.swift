import TensorCore
import TensorOps

/// The weights of a linear filter, found by what it makes of a single bright pixel: shape [1, 1, kH, kW].
///
/// A separable filter so shows the one kernel that it amounts to. A constant that the filter adds is left out.
///
/// - Returns: `nil` for kernels that are no weighted sum of a window of one plane (a median, a stride, softmax).
public func impulseResponse(of kernel: any Kernel) -> Tensor? {
  guard case .local(let size, .one, let offset, .one) = kernel.window, size.count <= 1 << 16 else {
    return nil
  }
  // Large enough for all windows that hold the bright pixel to lie inside, whatever the border.
  let center = Offset(y: size.height - 1, x: size.width - 1)
  let shape = Shape(channels: 1, height: 2 * size.height - 1, width: 2 * size.width - 1)
  var picture = Tensor(shape: shape)
  guard let dark = try? kernel(picture) else { return nil }
  picture[0, 0, center.y, center.x] = 1
  guard let answer = try? kernel(picture), answer.shape.channels == 1 else { return nil }
  var weights = Tensor(shape: Shape(channels: 1, height: size.height, width: size.width))
  for u in 0..<size.height {
    for v in 0..<size.width {
      let y = center.y - offset.y - u
      let x = center.x - offset.x - v
      guard y >= 0, y < answer.shape.height, x >= 0, x < answer.shape.width else { return nil }
      weights[0, 0, u, v] = answer[0, 0, y, x] - dark[0, 0, y, x]
    }
  }
  return explains(weights, kernel, shape, offset, dark) ? weights : nil
}

/// Whether the weights give what the kernel gives for a picture of random values.
private func explains(
  _ weights: Tensor, _ kernel: any Kernel, _ shape: Shape, _ offset: Offset, _ dark: Tensor
) -> Bool {
  var generator = SplitMix64(seed: 1)
  let picture = Tensor(shape: shape, values: (0..<shape.count).map { _ in generator.unitFloat() })
  guard let answer = try? kernel(picture),
    let sums = try? crossCorrelation(picture, weight: weights)
  else { return false }
  let size = weights.values.reduce(0) { $0 + abs($1) }
  for y in 0..<sums.shape.height {
    for x in 0..<sums.shape.width {
      let row = y - offset.y
      let column = x - offset.x
      let difference = answer[0, 0, row, column] - dark[0, 0, row, column] - sums[0, 0, y, x]
      if !(abs(difference) <= 1e-4 * max(size, 1e-3)) { return false }
    }
  }
  return true
}
