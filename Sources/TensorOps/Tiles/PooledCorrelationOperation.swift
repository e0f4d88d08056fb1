import CKernels
import TensorCore

/// Cross-correlation, an activation if there is one, and averages of 2x2 that fill its output.
///
/// As one operation, because activation and averages then go once over the large output, and their way back does
/// instead of three times.
struct PooledCorrelationOperation: TileOperation {
  private let correlation: CorrelationOperation
  private let pooling: PoolingOperation

  /// `nil` for other pooling.
  init?(_ correlation: CorrelationOperation, _ pooling: PoolingOperation) {
    guard pooling.halves else { return nil }
    self.correlation = correlation
    self.pooling = pooling
  }

  var outputShape: Shape { pooling.outputShape }

  func scratchCount(_ layout: TileLayout, training: Bool) -> Int {
    correlation.scratchCount(layout, training: training)
  }

  /// What the correlation keeps, then its output, if anything reads that.
  func keptCount(_ layout: TileLayout, training: Bool) -> Int {
    let isSeen = training || layout == .single || !correlation.canHalve
    return placeOfOutput(layout, training) + (isSeen ? correlation.outputShape.count * layout.examples : 0)
  }

  private func placeOfOutput(_ layout: TileLayout, _ training: Bool) -> Int {
    (correlation.keptCount(layout, training: training) + 15) / 16 * 16
  }

  func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    var inner = values
    inner.output = values.kept + placeOfOutput(run.layout, run.training)
    switch run.layout {
    case .lanes:
      if correlation.canHalve {
        correlation.forwardLanes(inner, weights, correlation.activation, halves: values.output, run)
      } else {
        correlation.forwardLanes(inner, weights, nil, halves: nil, run)
        run.table.halve_lanes(
          activation, Int32(outputShape.channels), Int32(outputShape.height), Int32(outputShape.width),
          inner.output, run.training ? 1 : 0, values.output)
      }
    case .single:
      correlation.forward(inner, weights, run)
      var outer = values
      outer.input = UnsafePointer(inner.output)
      pooling.forward(outer, weights, run)
    }
  }

  private var activation: Int32 { correlation.activation?.cKind ?? Int32(FM_NO_ACTIVATION) }

  func backward(_ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun) {
    let output = values.kept + placeOfOutput(run.layout, run.training)
    if correlation.canHalve {
      correlation.backwardCorrelation(values, weights, gradients, output: output, run)
      return
    }
    run.table.halve_lanes_gradient(
      activation, Int32(outputShape.channels), Int32(outputShape.height), Int32(outputShape.width),
      gradients.output, output, gradients.bias)
    var inner = gradients
    inner.output = output
    inner.bias = nil
    correlation.backwardCorrelation(values, weights, inner, output: nil, run)
  }
}

extension CorrelationOperation {
  package func followed(by pooling: PoolingOperation) -> (any TileOperation)? {
    PooledCorrelationOperation(self, pooling)
  }
}
