import CKernels
import TensorCore

// Unsafe pointers in this file are bounded by the counts of the tensors that they belong to; scratch rows hold a
// part of a tile.

/// The unsharp mask of every plane: `x + amount * d` where `|d| > threshold` and x elsewhere, with d the
/// difference of x and what `blur` makes of it.
///
/// The blurred picture exists for a few rows at a time only.
///
/// - Parameter blur: of odd size, so that its window has a middle, which x is read from.
/// - Throws: as `filterPlanes`.
package func sharpenPlanes(
  _ input: Tensor, blur: LinearFilter, amount: Float, threshold: Float, border: BorderMode?,
  loops: InnerLoops = .best
) throws -> Tensor {
  if input.shape.count == 0 { return input }
  if usesReferenceOnly {
    return try Reference.sharpenPlanes(
      input, blur: blur, amount: amount, threshold: threshold, border: border)
  }
  let sweep = try HaloSweep(input.shape, window: blur.size, border: border)
  let middle = Offset(y: (blur.size.height - 1) / 2, x: (blur.size.width - 1) / 2)
  return Tensor(shape: sweep.output) { buffer in
    guard let base = buffer.baseAddress else { return }
    let output = Shared(base)
    sweep.forEachTile(of: input) { tile in
      let length = wholeVectors(tile.extent.width)
      let perPart = tile.rowsOfPart(lines: 2, blockRows: loops.blockRows)
      withScratch(perPart * length) { blurred in
        tile.forEachPart(of: perPart) { rows, _ in
          blur.fill(rows, blurred, stride: length, loops: loops)
          var job = fm_filter(kernel: .one, results: rows.extent, stride: rows.rowLength)
          loops.table.pointee.sharpen_rows(
            &job, rows.rows + middle.y, Int32(middle.x), blurred, length, amount, threshold,
            output.base + rows.place)
        }
      }
    }
  }
}
