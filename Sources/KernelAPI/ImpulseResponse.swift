import TensorCore
import TensorOps

/// The weights of a linear filter, found by what it makes of a single bright pixel: shape [1, 1, kH, kW].
///
/// A separable filter so shows the one kernel that it amounts to. A constant that the filter adds is left out.
///
/// - Returns: `nil` for kernels that are no weighted sum of a window of one plane (a median, a stride, softmax).
public func impulseResponse(of kernel: any Kernel) -> Tensor? {
  guard let size = kernel.denseWindow?.size,
    (try? kernel.outputShape(for: testShape(size, channels: 1)))?.channels == 1
  else { return nil }
  return linearResponse(of: kernel, inputChannels: 1, outputChannel: 0)?.weights
}

/// What a linear filter does for one of its outputs.
public struct LinearResponse: Sendable {
  /// [1, input channels, kH, kW]
  public let weights: Tensor
  /// What is added, whatever the picture.
  public let constant: Float
}

/// The same for pictures of several channels: the weights by which all of them go into one channel of the output.
public func linearResponse(
  of kernel: any Kernel, inputChannels: Int, outputChannel: Int
) -> LinearResponse? {
  guard let (size, offset) = kernel.denseWindow, size.count * inputChannels <= 1 << 16 else { return nil }
  // Large enough for all windows that hold the bright pixel to lie inside, whatever the border.
  let center = Offset(y: size.height - 1, x: size.width - 1)
  let shape = testShape(size, channels: inputChannels)
  let dark = Tensor(shape: shape)
  guard let background = try? kernel(dark), outputChannel < background.shape.channels,
    (0..<background.shape.height).contains(center.y - offset.y),
    (0..<background.shape.width).contains(center.x - offset.x)
  else { return nil }
  var weights = Tensor(shape: Shape(channels: inputChannels, height: size.height, width: size.width))
  for channel in 0..<inputChannels {
    var picture = dark
    picture[0, channel, center.y, center.x] = 1
    guard let answer = try? kernel(picture) else { return nil }
    for u in 0..<size.height {
      for v in 0..<size.width {
        let y = center.y - offset.y - u
        let x = center.x - offset.x - v
        guard y >= 0, y < answer.shape.height, x >= 0, x < answer.shape.width else { return nil }
        weights[0, channel, u, v] = answer[0, outputChannel, y, x] - background[0, outputChannel, y, x]
      }
    }
  }
  guard explains(weights, kernel, shape, offset, background.channel(outputChannel), outputChannel) else {
    return nil
  }
  let constant = background[0, outputChannel, center.y - offset.y, center.x - offset.x]
  return LinearResponse(weights: weights, constant: constant)
}

extension Kernel {
  /// The window of a kernel that moves by single pixels and has no gaps; `nil` for others.
  fileprivate var denseWindow: (size: Extent, offset: Offset)? {
    guard case .local(let size, .one, let offset, .one) = window, size.count <= 1 << 16 else { return nil }
    return (size, offset)
  }
}

private func testShape(_ size: Extent, channels: Int) -> Shape {
  Shape(channels: channels, height: 2 * size.height - 1, width: 2 * size.width - 1)
}

/// Whether the weights give what the kernel gives for a picture of random values.
private func explains(
  _ weights: Tensor, _ kernel: any Kernel, _ shape: Shape, _ offset: Offset, _ dark: Tensor,
  _ outputChannel: Int
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
      let difference = answer[0, outputChannel, row, column] - dark[0, 0, row, column] - sums[0, 0, y, x]
      if !(abs(difference) <= 1e-4 * max(size, 1e-3)) { return false }
    }
  }
  return true
}
