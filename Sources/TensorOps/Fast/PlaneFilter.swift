import TensorCore

// Unsafe pointers in this file are bounded by the counts of the tensors that they belong to.

/// Every plane by itself cross-correlated with one kernel: what a photo filter does to each colour.
///
/// Planes are worked on in bands of rows on several threads, with results that do not depend on how many. Kernels
/// that are a column times a row are applied as these two, mostly empty ones weight by weight.
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
  try filterPlanes(input, LinearFilter(kernel: kernel, bias: bias), border: border)
}

/// The same for a filter whose form is known already, such as a separable one.
///
/// - Parameter streams: whether results may go past the caches; unless told, where they are many.
package func filterPlanes(
  _ input: Tensor, _ filter: LinearFilter, border: BorderMode?, loops: InnerLoops = .best,
  streams: Bool? = nil
) throws -> Tensor {
  if input.shape.count == 0 { return input }
  if usesReferenceOnly { return try Reference.filterPlanes(input, filter, border: border) }
  let sweep = try HaloSweep(input.shape, window: filter.size, border: border)
  let streams = streams ?? sweep.outgrowsCaches
  return Tensor(shape: sweep.output) { buffer in
    guard let base = buffer.baseAddress else { return }
    let output = Shared(base)
    sweep.forEachTile(of: input) { tile in
      filter.fill(
        tile, output.base + tile.place, stride: tile.rowLength, streams: streams, loops: loops)
    }
  }
}
