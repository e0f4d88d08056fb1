import CKernels
import TensorCore

// Cross-correlation of one example: the vectors go along the rows. The padded rows that a band of output rows
// sees are laid out in memory of the band's own, so that bands can be dealt to threads.

/// Floats of the padded rows of one band.
private let bandBudget = 1 << 16
/// Products below which a second thread costs more than it helps.
private let threadingLimit = 1 << 21
/// What vectors may read beyond the last row.
private let slack = 32

/// The bands that the rows of the output are cut into. Their number must not depend on the number of threads,
/// and results do not depend on them.
struct CorrelationBands {
  let rows: RowLayout
  let rowsOfBand: Int
  let count: Int
  let products: Int
  /// Floats that one band's input takes, and behind it the weights of sixteen output channels.
  let memory: Int
  let inputMemory: Int

  init(_ plan: CorrelationPlan) {
    rows = RowLayout(plan)
    let height = plan.output.height
    products = plan.output.count * plan.taps
    let inputOfRow = plan.inputsOfGroup * plan.options.stride.height * rows.length
    let byMemory = (inputOfRow * height + bandBudget - 1) / bandBudget
    let byWork = products >= threadingLimit ? max(4, products / threadingLimit) : 1
    let wanted = min(height, max(1, byMemory, byWork))
    rowsOfBand = (height + wanted - 1) / wanted
    count = (height + rowsOfBand - 1) / rowsOfBand
    let inputRows =
      (rowsOfBand - 1) * plan.options.stride.height + plan.options.coverage(of: plan.weight.extent).height
    inputMemory = (plan.inputsOfGroup * inputRows * rows.length + slack + 15) / 16 * 16
    memory = inputMemory + plan.taps * InnerLoops.lanes
  }

  var needsThreads: Bool { products >= threadingLimit }
}

/// - Parameter scratch: `CorrelationBands.memory` floats, used where one band follows the other.
func correlateSingle(
  _ plan: CorrelationPlan, _ bands: CorrelationBands, _ x: UnsafePointer<Float>,
  _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>,
  _ activation: Activation?, scratch: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let (x, weight, bias, y) = (SharedInput(x), SharedInput(weight), bias.map(SharedInput.init), Shared(y))
  let correlate: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void = { index, memory in
    let (group, band) = index.quotientAndRemainder(dividingBy: bands.count)
    let first = band * bands.rowsOfBand
    correlateBand(
      plan, bands.rows, x.base + group * plan.inputsOfGroup * plan.input.planeCount,
      weight.base + group * plan.outputsOfGroup * plan.taps,
      bias.map { $0.base + group * plan.outputsOfGroup },
      y.base + group * plan.outputsOfGroup * plan.output.planeCount,
      first..<min(first + bands.rowsOfBand, plan.output.height), activation, memory,
      memory + bands.inputMemory,
      loops)
  }
  if bands.needsThreads {
    parallelFor(plan.groups * bands.count) { index in
      withScratch(bands.memory) { correlate(index, $0) }
    }
  } else {
    for index in 0..<plan.groups * bands.count { correlate(index, scratch) }
  }
}

private func correlateBand(
  _ plan: CorrelationPlan, _ rows: RowLayout, _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>, _ outputRows: Range<Int>,
  _ activation: Activation?, _ band: UnsafeMutablePointer<Float>,
  _ turnedWeights: UnsafeMutablePointer<Float>,
  _ loops: InnerLoops
) {
  let options = plan.options
  let first = outputRows.lowerBound * options.stride.height - options.padding.top
  let count = (outputRows.count - 1) * options.stride.height + options.coverage(of: plan.weight.extent).height
  var sizes = plan.cShape
  sizes.output_height = Int32(outputRows.count)
  sizes.activation = activation?.cKind ?? Int32(FM_NO_ACTIVATION)
  if rows.stride == 1 && rows.length == plan.input.width && first >= 0 && first + count <= plan.input.height {
    // Without padding the rows of a channel follow one another as they should.
    for c in 0..<plan.inputsOfGroup {
      (band + c * count * rows.length).update(
        from: x + (c * plan.input.height + first) * rows.length, count: count * rows.length)
    }
  } else {
    layOut(plan, rows, x, first..<first + count, band)
  }
  rows.columns.withUnsafeBufferPointer { columns in
    var input = fm_plane_input(
      x: UnsafePointer(band), plane: count * rows.length, row: rows.length, columns: columns.baseAddress)
    loops.table.pointee.correlate_planes(
      &sizes, &input, weight, bias, y + outputRows.lowerBound * plan.output.width, plan.output.planeCount,
      turnedWeights)
  }
}

/// Padded rows of all channels of a group.
private func layOut(
  _ plan: CorrelationPlan, _ rows: RowLayout, _ x: UnsafePointer<Float>, _ range: Range<Int>,
  _ band: UnsafeMutablePointer<Float>
) {
  var goal = band
  for c in 0..<plan.inputsOfGroup {
    for row in range {
      if row >= 0 && row < plan.input.height {
        rows.copy(x + (c * plan.input.height + row) * plan.input.width, to: goal)
      } else {
        goal.update(repeating: 0, count: rows.length)
      }
      goal += rows.length
    }
  }
}

/// How a padded row lies in memory: for a stride s, first the columns 0, s, 2s, ..., then 1, s + 1, ...; what a
/// kernel column meets at neighbouring places then lies side by side.
struct RowLayout: Sendable {
  private let width: Int
  private let left: Int
  let stride: Int
  /// Columns of one remainder.
  private let part: Int
  /// Where each kernel column starts.
  let columns: [Int32]

  init(_ plan: CorrelationPlan) {
    let stride = plan.options.stride.width
    let part = (plan.paddedWidth + stride - 1) / stride
    width = plan.input.width
    left = plan.options.padding.left
    self.stride = stride
    self.part = part
    columns = (0..<plan.weight.width).map { kx in
      let column = kx * plan.options.dilation.width
      return Int32(column % stride * part + column / stride)
    }
  }

  var length: Int { stride * part }

  func copy(_ row: UnsafePointer<Float>, to goal: UnsafeMutablePointer<Float>) {
    if stride == 1 {
      goal.update(repeating: 0, count: left)
      (goal + left).update(from: row, count: width)
      (goal + left + width).update(repeating: 0, count: length - left - width)
      return
    }
    goal.update(repeating: 0, count: length)
    for x in 0..<width {
      let column = x + left
      goal[column % stride * part + column / stride] = row[x]
    }
  }
}
