import CKernels
import TensorCore

/// Max or average pooling of every channel by itself.
package struct PoolingOperation: TileOperation {
  package let outputShape: Shape
  let inputShape: Shape
  let kind: PoolingKind
  let sizes: fm_pooling
  /// Whether windows of 2x2 fill the input side by side, and their averages are taken.
  let halves: Bool

  /// - Throws: what `PoolingOptions.outputShape` throws.
  package init(_ kind: PoolingKind, options: PoolingOptions, input: Shape) throws {
    inputShape = input.with(batch: 1)
    outputShape = try options.outputShape(input: inputShape)
    self.kind = kind
    sizes = options.cShape(input: inputShape, output: outputShape)
    halves =
      kind == .average && options.kernelSize == Extent(2) && options.stride == Extent(2)
      && options.padding == .zero && input.height % 2 == 0 && input.width % 2 == 0
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    var sizes = sizes
    let channels = inputShape.channels
    switch run.layout {
    case .lanes:
      let function = kind == .max ? run.table.max_pool_lanes : run.table.average_pool_lanes
      function?(&sizes, Int32(channels), values.input, values.output)
    case .single:
      let function = kind == .max ? run.table.max_pool : run.table.average_pool
      for channel in 0..<channels {
        function?(
          &sizes, values.input + channel * inputShape.planeCount,
          values.output + channel * outputShape.planeCount)
      }
    }
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    guard let dx = gradients.input else { return }
    var sizes = sizes
    let channels = Int32(inputShape.channels)
    switch kind {
    case .max: run.table.max_pool_lanes_gradient(&sizes, channels, values.input, gradients.output, dx)
    case .average: run.table.average_pool_lanes_gradient(&sizes, channels, gradients.output, dx)
    }
  }
}
