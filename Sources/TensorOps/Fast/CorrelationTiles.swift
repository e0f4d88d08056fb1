import CKernels
import TensorCore

// Cross-correlation of batches: tiles of sixteen examples side by side in the vector lanes. All pointers
// cover whole tensors; every offset below is a product of sizes that CorrelationPlan took from their shapes.

func correlateTiles(
  _ plan: CorrelationPlan, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let input = SharedInput(x)
  let weight = SharedInput(w)
  let bias = SharedInput(b)
  let output = Shared(y)
  parallelFor(plan.tiles) { tile in
    let lanesIn = plan.inputsOfGroup * plan.paddedHeight * plan.paddedWidth * InnerLoops.lanes
    let valuesOut = plan.outputsOfGroup * plan.output.planeCount
    withScratch(lanesIn) { packed in
      withScratch(valuesOut * InnerLoops.lanes) { result in
        var shape = plan.cShape
        for group in 0..<plan.groups {
          packInput(plan, input.base, tile, group, packed, loops)
          loops.table.pointee.correlate_lanes(
            &shape, packed, weight.base + group * plan.outputsOfGroup * plan.taps,
            bias.base + group * plan.outputsOfGroup, result)
          let place = tile * InnerLoops.lanes * plan.output.exampleCount + group * valuesOut
          loops.table.pointee.unpack_lanes(
            result, valuesOut, plan.output.exampleCount, Int32(plan.examples(tile)), output.base + place)
        }
      }
    }
  }
}

/// The input channels of a group for one tile, padded.
private func packInput(
  _ plan: CorrelationPlan, _ x: UnsafePointer<Float>, _ tile: Int, _ group: Int,
  _ packed: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let padding = plan.options.padding
  let start =
    tile * InnerLoops.lanes * plan.input.exampleCount + group * plan.inputsOfGroup * plan.input.planeCount
  loops.table.pointee.pack_padded_lanes(
    x + start, plan.input.exampleCount, Int32(plan.examples(tile)), Int32(plan.inputsOfGroup),
    Int32(plan.input.height), Int32(plan.input.width), Int32(padding.top), Int32(padding.bottom),
    Int32(padding.left), Int32(padding.right), 1, 1, packed)
}

/// The derivative by the weight. Every tile sums into memory of its own; the sums are added in the order of
/// the tiles, so that the number of threads does not change a bit.
func weightGradient(
  _ plan: CorrelationPlan, _ outputGradient: Tensor, _ input: Tensor, _ loops: InnerLoops
) -> Tensor {
  let count = plan.weight.count
  var sums = [Float](repeating: 0, count: max(plan.tiles, 1) * count)
  sums.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    let sum = Shared(base)
    parallelFor(plan.tiles) { tile in
      withPointer(input.values) { x in
        withPointer(outputGradient.values) { dy in
          addWeightGradient(plan, x, dy, tile, sum.base + tile * count, loops)
        }
      }
    }
  }
  for tile in 1..<max(plan.tiles, 1) {
    for i in 0..<count { sums[i] += sums[tile * count + i] }
  }
  return Tensor(shape: plan.weight, values: Array(sums[0..<count]))
}

private func addWeightGradient(
  _ plan: CorrelationPlan, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ tile: Int,
  _ sum: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let valuesOut = plan.outputsOfGroup * plan.output.planeCount
  withScratch(plan.inputsOfGroup * plan.paddedHeight * plan.paddedWidth * InnerLoops.lanes) { packed in
    withScratch(valuesOut * InnerLoops.lanes) { gradient in
      var shape = plan.cShape
      for group in 0..<plan.groups {
        packInput(plan, x, tile, group, packed, loops)
        let place = tile * InnerLoops.lanes * plan.output.exampleCount + group * valuesOut
        loops.table.pointee.pack_padded_lanes(
          dy + place, plan.output.exampleCount, Int32(plan.examples(tile)), Int32(plan.outputsOfGroup),
          Int32(plan.output.height), Int32(plan.output.width), 0, 0, 0, 0, 1, 1, gradient)
        loops.table.pointee.correlate_lanes_weight_gradient(
          &shape, packed, gradient, sum + group * plan.outputsOfGroup * plan.taps)
      }
    }
  }
}

/// The derivative by the input: the output's gradient, spread by the stride and padded, cross-correlated with
/// the rotated weight whose channel axes are exchanged. One kernel so serves every stride and dilation.
func inputGradient(
  _ plan: CorrelationPlan, _ outputGradient: Tensor, _ weight: Tensor, _ loops: InnerLoops
) -> Tensor {
  let exchanged = exchangedWeight(plan, weight)
  return Tensor(shape: plan.input) { buffer in
    guard let base = buffer.baseAddress else { return }
    let result = Shared(base)
    parallelFor(plan.tiles) { tile in
      withPointer(outputGradient.values) { dy in
        withPointer(exchanged) { w in
          writeInputGradient(plan, dy, w, tile, result.base, loops)
        }
      }
    }
  }
}

/// For each group [in, out, kH, kW], every kernel turned by 180 degrees.
private func exchangedWeight(_ plan: CorrelationPlan, _ weight: Tensor) -> [Float] {
  let rotated = weight.rotated180()
  let size = plan.weight.planeCount
  var exchanged: [Float] = []
  exchanged.reserveCapacity(weight.values.count)
  for group in 0..<plan.groups {
    for c in 0..<plan.inputsOfGroup {
      for o in 0..<plan.outputsOfGroup {
        let place = ((group * plan.outputsOfGroup + o) * plan.inputsOfGroup + c) * size
        exchanged += rotated.values[place..<place + size]
      }
    }
  }
  return exchanged
}

private func writeInputGradient(
  _ plan: CorrelationPlan, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ tile: Int,
  _ dx: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let options = plan.options
  let covered = options.coverage(of: plan.weight.extent)
  // The gradient of the padded input, whose last rows and columns no window may have reached.
  let spreadHeight = (plan.output.height - 1) * options.stride.height + 1
  let spreadWidth = (plan.output.width - 1) * options.stride.width + 1
  let restHeight = plan.paddedHeight - (spreadHeight + covered.height - 1)
  let restWidth = plan.paddedWidth - (spreadWidth + covered.width - 1)
  let top = covered.height - 1
  let left = covered.width - 1
  var shape = fm_correlation(
    input_channels: Int32(plan.outputsOfGroup),
    input_height: Int32(spreadHeight + 2 * top + restHeight),
    input_width: Int32(spreadWidth + 2 * left + restWidth),
    output_channels: Int32(plan.inputsOfGroup), output_height: Int32(plan.paddedHeight),
    output_width: Int32(plan.paddedWidth), kernel_height: Int32(plan.weight.height),
    kernel_width: Int32(plan.weight.width), stride_y: 1, stride_x: 1,
    dilation_y: Int32(options.dilation.height), dilation_x: Int32(options.dilation.width))
  let lanesIn =
    Int(shape.input_channels) * Int(shape.input_height) * Int(shape.input_width) * InnerLoops.lanes
  let paddedPlane = plan.paddedHeight * plan.paddedWidth * InnerLoops.lanes
  withScratch(lanesIn) { packed in
    withScratch(plan.inputsOfGroup * paddedPlane) { result in
      for group in 0..<plan.groups {
        let place =
          tile * InnerLoops.lanes * plan.output.exampleCount
          + group * plan.outputsOfGroup * plan.output.planeCount
        loops.table.pointee.pack_padded_lanes(
          dy + place, plan.output.exampleCount, Int32(plan.examples(tile)), shape.input_channels,
          Int32(plan.output.height), Int32(plan.output.width), Int32(top), Int32(top + restHeight),
          Int32(left), Int32(left + restWidth), Int32(options.stride.height), Int32(options.stride.width),
          packed)
        loops.table.pointee.correlate_lanes(
          &shape, packed, w + group * plan.outputsOfGroup * plan.taps, nil, result)
        cropPadding(plan, result, tile, group, dx, loops)
      }
    }
  }
}

/// Takes the rows and columns of the picture itself out of the gradient of the padded picture.
private func cropPadding(
  _ plan: CorrelationPlan, _ result: UnsafePointer<Float>, _ tile: Int, _ group: Int,
  _ dx: UnsafeMutablePointer<Float>, _ loops: InnerLoops
) {
  let start =
    tile * InnerLoops.lanes * plan.input.exampleCount + group * plan.inputsOfGroup * plan.input.planeCount
  for c in 0..<plan.inputsOfGroup {
    for y in 0..<plan.input.height {
      let row = (c * plan.paddedHeight + y + plan.options.padding.top) * plan.paddedWidth
      loops.table.pointee.unpack_lanes(
        result + (row + plan.options.padding.left) * InnerLoops.lanes, plan.input.width,
        plan.input.exampleCount, Int32(plan.examples(tile)),
        dx + start + (c * plan.input.height + y) * plan.input.width)
    }
  }
}
