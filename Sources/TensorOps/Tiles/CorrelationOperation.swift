import CKernels
import TensorCore

/// Cross-correlation, then an activation if there is one.
package struct CorrelationOperation: TileOperation {
  let plan: CorrelationPlan
  private let bands: CorrelationBands
  private let winogradPlan: WinogradPlan?
  var activation: Activation?

  /// - Throws: what `CorrelationOptions.outputShape` throws.
  package init(weight: Shape, options: CorrelationOptions, input: Shape) throws {
    let example = input.with(batch: 1)
    plan = CorrelationPlan(
      input: example, weight: weight,
      output: try options.outputShape(input: example, weight: weight), options: options)
    bands = CorrelationBands(plan)
    winogradPlan = WinogradPlan(plan)
  }

  package var outputShape: Shape { plan.output }

  package func followed(by activation: Activation) -> (any TileOperation)? {
    guard self.activation == nil else { return nil }
    var both = self
    both.activation = activation
    return both
  }

  package func scratchCount(_ layout: TileLayout, training: Bool) -> Int {
    layout == .single ? bands.memory : winograd(training)?.scratchCount(training: training) ?? 0
  }

  /// The padded input, then what Winograd's way keeps.
  package func keptCount(_ layout: TileLayout, training: Bool) -> Int {
    layout == .single ? 0 : paddedInputCount + (winograd(training)?.keptCount(training: training) ?? 0)
  }

  private func winograd(_ training: Bool) -> WinogradPlan? {
    winogradPlan.flatMap { $0.applies(training: training) ? $0 : nil }
  }

  private var paddedInputCount: Int { isPadded ? plan.groups * paddedCount : 0 }

  private var isPadded: Bool { plan.options.padding != .zero }
  /// Floats of one group's padded input in lanes.
  private var paddedCount: Int {
    plan.inputsOfGroup * plan.paddedHeight * plan.paddedWidth * InnerLoops.lanes
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    switch run.layout {
    case .lanes: forwardLanes(values, weights, activation, run)
    case .single:
      correlateSingle(
        plan, bands, values.input, weights.weight, weights.bias, values.output, activation,
        scratch: values.scratch, run.loops)
    }
  }

  func forwardLanes(
    _ values: TileValues, _ weights: TileWeights, _ activation: Activation?, _ run: TileRun
  ) {
    var sizes = plan.cShape
    sizes.activation = activation?.cKind ?? Int32(FM_NO_ACTIVATION)
    if isPadded { padInput(values) }
    for group in 0..<plan.groups {
      let input = paddedInput(values, group)
      let weight = weights.weight + group * plan.outputsOfGroup * plan.taps
      let bias = weights.bias.map { $0 + group * plan.outputsOfGroup }
      let output = values.output + group * outputCount
      if var memory = winogradMemory(values, group, run) {
        run.table.winograd_lanes(&sizes, input, weight, bias, output, &memory)
      } else {
        run.table.correlate_lanes(&sizes, input, weight, bias, output)
      }
    }
  }

  private func winogradMemory(_ values: TileValues, _ group: Int, _ run: TileRun) -> fm_winograd? {
    winograd(run.training)?.memory(
      values.kept + paddedInputCount, values.scratch, group: group, training: run.training)
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    let dy = gradients.output
    let lanes = InnerLoops.lanes
    activation?.gradient(values.output, dy, dy, count: plan.output.count * lanes, run.table)
    if let bias = gradients.bias {
      run.table.add_row_sums(dy, Int32(plan.output.channels), plan.output.planeCount * lanes, bias)
    }
    backwardCorrelation(values, weights, gradients, run)
  }

  /// From the gradient of the correlation itself, without its bias and activation.
  func backwardCorrelation(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    precondition(run.training, "the way back needs what a training run keeps")
    var sizes = plan.cShape
    let (top, left) = (Int32(plan.options.padding.top), Int32(plan.options.padding.left))
    let (height, width) = (Int32(plan.input.height), Int32(plan.input.width))
    for group in 0..<plan.groups {
      let firstWeight = group * plan.outputsOfGroup * plan.taps
      let dy = gradients.output + group * outputCount
      let dw = gradients.weight + firstWeight
      let dx = gradients.input.map { $0 + group * inputCount }
      if var memory = winogradMemory(values, group, run) {
        run.table.winograd_lanes_gradient(&sizes, dy, dw, top, left, height, width, dx, &memory)
        continue
      }
      run.table.correlate_lanes_weight_gradient(&sizes, paddedInput(values, group), dy, dw)
      if let dx {
        run.table.correlate_lanes_input_gradient(
          &sizes, dy, weights.weight + firstWeight, top, left, height, width, dx)
      }
    }
  }

  /// Floats of one group's input and output in lanes.
  private var inputCount: Int { plan.inputsOfGroup * plan.input.planeCount * InnerLoops.lanes }
  private var outputCount: Int { plan.outputsOfGroup * plan.output.planeCount * InnerLoops.lanes }

  /// The input channels of a group, with zeros around where there is padding.
  private func paddedInput(_ values: TileValues, _ group: Int) -> UnsafePointer<Float> {
    isPadded ? UnsafePointer(values.kept + group * paddedCount) : values.input + group * inputCount
  }

  /// Copies the input and writes the zeros around it.
  private func padInput(_ values: TileValues) {
    let lanes = InnerLoops.lanes
    let padding = plan.options.padding
    let rowCount = plan.input.width * lanes
    let (left, right) = (padding.left * lanes, padding.right * lanes)
    let (above, below) = (padding.top * plan.paddedWidth * lanes, padding.bottom * plan.paddedWidth * lanes)
    var goal = values.kept
    var row = values.input
    func writeZeros(_ count: Int) {
      goal.update(repeating: 0, count: count)
      goal += count
    }
    for _ in 0..<plan.input.channels {
      writeZeros(above)
      for _ in 0..<plan.input.height {
        writeZeros(left)
        goal.update(from: row, count: rowCount)
        goal += rowCount
        row += rowCount
        writeZeros(right)
      }
      writeZeros(below)
    }
  }
}
