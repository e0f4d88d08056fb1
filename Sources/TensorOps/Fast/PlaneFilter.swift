import CKernels
import TensorCore

/// Every plane by itself cross-correlated with one kernel: what a photo filter does to each colour.
///
/// - Parameters:
///   - input: [N, C, H, W].
///   - kernel: [1, 1, kH, kW].
///   - bias: added to every result.
///   - border: what is read beyond the picture; the size then stays. `nil` reads nothing beyond, and the
///     result shrinks by the kernel's size less 1.
/// - Throws: `OperationError.windowTooLarge` when the kernel is larger than a picture without a border,
///   `.shape` when there are several kernels.
public func filterPlanes(
  _ input: Tensor, kernel: Tensor, bias: Float = 0, border: BorderMode?
) throws -> Tensor {
  try filterPlanes(input, kernel: kernel, bias: bias, border: border, loops: .best)
}

package func filterPlanes(
  _ input: Tensor, kernel: Tensor, bias: Float, border: BorderMode?, loops: InnerLoops
) throws -> Tensor {
  try requireSingleKernel(kernel.shape)
  let edges = border == nil ? .zero : CorrelationOptions.samePadding(kernel: kernel.shape.extent)
  if input.shape.count == 0 { return input }
  let source = border.map { input.padded(by: edges, border: $0) } ?? input
  if usesReferenceOnly {
    return try Reference.filterPlanes(input, kernel: kernel, bias: bias, border: border)
  }
  let planes = input.shape.batch * input.shape.channels
  let single = try CorrelationOptions().outputShape(
    input: Shape(channels: 1, height: source.shape.height, width: source.shape.width), weight: kernel.shape)
  let shape = Shape(
    batch: input.shape.batch, channels: input.shape.channels, height: single.height, width: single.width)
  let taps = kernelTaps(kernel, rowLength: source.shape.width)
  return Tensor(shape: shape) { buffer in
    guard let base = buffer.baseAddress else { return }
    let output = Shared(base)
    let rowsOfBand = max(1, min(shape.height, (1 << 16) / shape.width))
    let bands = (shape.height + rowsOfBand - 1) / rowsOfBand
    parallelFor(planes * bands) { index in
      let plane = index / bands
      withPointer(source.values) { x in
        withPointer(taps.weights) { weights in
          var rows = [UnsafePointer<Float>?](repeating: nil, count: taps.offsets.count)
          for i in index % bands * rowsOfBand..<min((index % bands + 1) * rowsOfBand, shape.height) {
            let start = x + (plane * source.shape.height + i) * source.shape.width
            for t in rows.indices { rows[t] = start + taps.offsets[t] }
            loops.table.pointee.weighted_rows(
              rows, weights, Int32(rows.count), bias, Int32(shape.width),
              output.base + (plane * shape.height + i) * shape.width)
          }
        }
      }
    }
  }
}

/// The weights that are not zero and how far each lies from a window's first value in memory.
private func kernelTaps(_ kernel: Tensor, rowLength: Int) -> (offsets: [Int], weights: [Float]) {
  var offsets: [Int] = []
  var weights: [Float] = []
  for u in 0..<kernel.shape.height {
    for v in 0..<kernel.shape.width where kernel[0, 0, u, v] != 0 {
      offsets.append(u * rowLength + v)
      weights.append(kernel[0, 0, u, v])
    }
  }
  return (offsets, weights)
}

private func requireSingleKernel(_ shape: Shape) throws {
  guard shape.batch == 1, shape.channels == 1 else {
    throw OperationError.shape(
      operation: "filtering planes", got: "shape \(shape)", expected: "one kernel of shape [1, 1, kH, kW]")
  }
}

extension Reference {
  /// What `filterPlanes` means: padding by the border, then a cross-correlation of every plane by itself.
  public static func filterPlanes<Scalar>(
    _ input: NumericTensor<Scalar>, kernel: NumericTensor<Scalar>, bias: Scalar = 0, border: BorderMode?
  ) throws -> NumericTensor<Scalar> {
    try requireSingleKernel(kernel.shape)
    let edges = CorrelationOptions.samePadding(kernel: kernel.shape.extent)
    let source = border.map { input.padded(by: edges, border: $0) } ?? input
    let planes = source.reshaped(
      Shape(
        batch: source.shape.batch * source.shape.channels, channels: 1, height: source.shape.height,
        width: source.shape.width))
    let filtered = try crossCorrelation(planes, weight: kernel, bias: [bias])
    return filtered.reshaped(
      Shape(
        batch: input.shape.batch, channels: input.shape.channels, height: filtered.shape.height,
        width: filtered.shape.width))
  }
}
