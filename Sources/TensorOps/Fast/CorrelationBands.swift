import CKernels
import TensorCore

// Cross-correlation of single images: for a band of output rows, the windows are laid out as the columns of
// a matrix (im2col), which the weights multiply. Bands keep that matrix in the cache and are dealt to threads.

/// Floats in the matrix of one band.
private let bandBudget = 1 << 17

func correlateBands(
  _ plan: CorrelationPlan, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let input = SharedInput(x)
  let weight = SharedInput(w)
  let bias = SharedInput(b)
  let output = Shared(y)
  let rowsOfBand = max(1, min(plan.output.height, bandBudget / max(1, plan.taps * plan.output.width)))
  let bands = (plan.output.height + rowsOfBand - 1) / rowsOfBand
  parallelFor(plan.input.batch * plan.groups * bands) { index in
    let example = index / (plan.groups * bands)
    let group = index / bands % plan.groups
    let first = index % bands * rowsOfBand
    let rows = first..<min(first + rowsOfBand, plan.output.height)
    let columns = rows.count * plan.output.width
    let firstPlane = example * plan.input.channels + group * plan.inputsOfGroup
    withScratch(plan.taps * columns) { matrix in
      layOutWindows(plan, input.base + firstPlane * plan.input.planeCount, rows, matrix)
      let outputs = plan.outputsOfGroup
      let firstOutput = group * outputs
      let goal =
        output.base + (example * plan.output.channels + firstOutput) * plan.output.planeCount
        + first * plan.output.width
      for o in 0..<outputs {
        (goal + o * plan.output.planeCount).update(repeating: bias.base[firstOutput + o], count: columns)
      }
      loops.table.pointee.matrix_multiply_add(
        Int32(outputs), Int32(columns), Int32(plan.taps), weight.base + firstOutput * plan.taps, plan.taps, 1,
        matrix, columns, goal, plan.output.planeCount)
    }
  }
}

/// Row t of the matrix holds what weight t meets at every place of the band.
private func layOutWindows(
  _ plan: CorrelationPlan, _ x: UnsafePointer<Float>, _ rows: Range<Int>,
  _ matrix: UnsafeMutablePointer<Float>
) {
  let options = plan.options
  var out = matrix
  for c in 0..<plan.inputsOfGroup {
    for u in 0..<plan.weight.height {
      for v in 0..<plan.weight.width {
        let shift = v * options.dilation.width - options.padding.left
        let inside = insidePlaces(plan, shift)
        for i in rows {
          let y = i * options.stride.height + u * options.dilation.height - options.padding.top
          if y < 0 || y >= plan.input.height || inside.isEmpty {
            out.update(repeating: 0, count: plan.output.width)
          } else {
            let row = x + (c * plan.input.height + y) * plan.input.width
            out.update(repeating: 0, count: inside.lowerBound)
            if options.stride.width == 1 {
              (out + inside.lowerBound).update(from: row + inside.lowerBound + shift, count: inside.count)
            } else {
              for j in inside { out[j] = row[j * options.stride.width + shift] }
            }
            (out + inside.upperBound).update(repeating: 0, count: plan.output.width - inside.upperBound)
          }
          out += plan.output.width
        }
      }
    }
  }
}

/// The output columns j whose input column j * stride + shift lies inside the picture.
private func insidePlaces(_ plan: CorrelationPlan, _ shift: Int) -> Range<Int> {
  let stride = plan.options.stride.width
  let first = shift >= 0 ? 0 : (-shift + stride - 1) / stride
  let last = plan.input.width - 1 - shift
  let end = last < 0 ? 0 : min(plan.output.width, last / stride + 1)
  return first < end ? first..<end : 0..<0
}
