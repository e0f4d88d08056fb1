import CKernels
import TensorCore

/// Cross-correlation, then an activation if there is one.
package struct CorrelationOperation: TileOperation {
  let plan: CorrelationPlan
  private let bands: CorrelationBands
  private let winograd: WinogradPlan?
  var activation: Activation?

  /// - Throws: what `CorrelationOptions.outputShape` throws.
  package init(weight: Shape, options: CorrelationOptions, input: Shape) throws {
    let example = input.with(batch: 1)
    plan = CorrelationPlan(
      input: example, weight: weight,
      output: try options.outputShape(input: example, weight: weight), options: options)
    bands = CorrelationBands(plan)
    winograd = WinogradPlan(plan)
  }

  package var outputShape: Shape { plan.output }

  package func followed(by activation: Activation) -> (any TileOperation)? {
    guard self.activation == nil else { return nil }
    var both = self
    both.activation = activation
    return both
  }

  package func scratchCount(_ layout: TileLayout, training: Bool) -> Int {
    layout == .single ? bands.memory : winograd?.scratchCount(training: training) ?? 0
  }

  /// The padded input, then the kernels of Winograd's way.
  package func keptCount(_ layout: TileLayout, training: Bool) -> Int {
    layout == .single ? 0 : paddedInputCount + (winograd?.keptCount ?? 0)
  }

  private var paddedInputCount: Int { isPadded ? plan.groups * paddedCount : 0 }

  private var isPadded: Bool { plan.options.padding != .zero }
  /// Floats of one group's padded input in lanes.
  private var paddedCount: Int {
    plan.inputsOfGroup * plan.paddedHeight * plan.paddedWidth * InnerLoops.lanes
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    switch run.layout {
    case .lanes: forwardLanes(values, weights, activation, halves: nil, run)
    case .single:
      correlateSingle(
        plan, bands, values.input, weights.weight, weights.bias, values.output, activation,
        scratch: values.scratch, run.loops)
    }
  }

  /// Whether averages of 2x2 of the output are made beside it, and there is a way back from them.
  var canHalve: Bool { winograd != nil }

  /// - Parameter halves: gets averages of 2x2 of the output if `canHalve`.
  func forwardLanes(
    _ values: TileValues, _ weights: TileWeights, _ activation: Activation?,
    halves: UnsafeMutablePointer<Float>?, _ run: TileRun
  ) {
    var sizes = plan.cShape
    sizes.activation = activation?.cKind ?? Int32(FM_NO_ACTIVATION)
    precondition(halves == nil || canHalve, "averages are made behind it here")
    if isPadded { padInput(values) }
    for group in 0..<plan.groups {
      let input = paddedInput(values, group)
      let weight = weights.weight + group * plan.outputsOfGroup * plan.taps
      let bias = weights.bias.map { $0 + group * plan.outputsOfGroup }
      let output = values.output + group * outputCount
      if let winograd {
        // Without a way back, nobody reads what is averaged.
        let seen = halves == nil || run.training ? output : nil
        let means = halves.map { $0 + group * outputCount / 4 }
        winograd.forEachPart(values.kept + paddedInputCount, values.scratch, group: group) { part in
          run.table.winograd_lanes(&sizes, input, weight, bias, seen, means, part)
        }
      } else {
        run.table.correlate_lanes(&sizes, input, weight, bias, output)
      }
    }
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    let dy = gradients.output
    let lanes = InnerLoops.lanes
    activation?.gradient(values.output, dy, dy, count: plan.output.count * lanes, run.table)
    backwardCorrelation(values, weights, gradients, output: nil, run)
  }

  /// From the gradient of the correlation itself, without its activation; or, with its output, from that of the
  /// averages of 2x2.
  func backwardCorrelation(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients,
    output: UnsafePointer<Float>?, _ run: TileRun
  ) {
    precondition(run.training, "the way back needs what a training run keeps")
    precondition(output == nil || canHalve, "averages have a way back of their own here")
    var sizes = plan.cShape
    sizes.activation = activation?.cKind ?? Int32(FM_NO_ACTIVATION)
    let (top, left) = (Int32(plan.options.padding.top), Int32(plan.options.padding.left))
    let (height, width) = (Int32(plan.input.height), Int32(plan.input.width))
    let gradientCount = output == nil ? outputCount : outputCount / 4
    for group in 0..<plan.groups {
      let firstWeight = group * plan.outputsOfGroup * plan.taps
      let dy = gradients.output + group * gradientCount
      let dw = gradients.weight + firstWeight
      let dx = gradients.input.map { $0 + group * inputCount }
      let bias = gradients.bias.map { $0 + group * plan.outputsOfGroup }
      if let winograd {
        let input = paddedInput(values, group)
        let seen = output.map { $0 + group * outputCount }
        winograd.forEachPart(values.kept + paddedInputCount, values.scratch, group: group) { part in
          run.table.winograd_lanes_gradient(
            &sizes, input, seen, dy, dw, bias, top, left, height, width, dx, part)
        }
        continue
      }
      if let bias {
        run.table.add_row_sums(
          dy, Int32(plan.outputsOfGroup), plan.output.planeCount * InnerLoops.lanes, bias)
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
