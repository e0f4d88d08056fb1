import CKernels
import TensorCore

/// An activation of every value.
package struct ActivationOperation: TileOperation {
  package let outputShape: Shape
  let kind: Activation

  package init(_ kind: Activation, shape: Shape) {
    outputShape = shape.with(batch: 1)
    self.kind = kind
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    kind.apply(values.input, values.output, count: outputShape.count * run.layout.examples, run.table)
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    guard let dx = gradients.input else { return }
    kind.gradient(
      values.output, gradients.output, dx, count: outputShape.count * run.layout.examples, run.table)
  }
}

extension Activation {
  /// The name that C knows.
  var cKind: Int32 {
    switch self {
    case .sigmoid: Int32(FM_SIGMOID)
    case .relu: Int32(FM_RELU)
    case .tanh: Int32(FM_TANH)
    }
  }

  /// y = f(x); both may be the same memory.
  func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int, _ table: fm_kernels
  ) {
    switch self {
    case .sigmoid: table.sigmoid(x, y, count)
    case .relu: table.relu(x, y, count)
    case .tanh: table.tanh(x, y, count)
    }
  }

  /// dx = dy f'(x), told from y = f(x); dx and dy may be the same memory.
  func gradient(
    _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, count: Int,
    _ table: fm_kernels
  ) {
    switch self {
    case .sigmoid: table.sigmoid_gradient(y, dy, dx, count)
    case .relu: table.relu_gradient(y, dy, dx, count)
    case .tanh: table.tanh_gradient(y, dy, dx, count)
    }
  }
}

/// Softmax over the channels at every place.
package struct SoftmaxOperation: TileOperation {
  package let outputShape: Shape

  package init(shape: Shape) {
    outputShape = shape.with(batch: 1)
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    run.table.softmax(values.input, Int32(outputShape.channels), places(run), values.output)
  }

  /// dx[c] = y[c] (dy[c] - sum over k of dy[k] y[k])
  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    guard let dx = gradients.input else { return }
    let places = places(run)
    let y = values.output
    let dy = gradients.output
    for place in 0..<places {
      let channels = stride(from: place, to: outputShape.channels * places, by: places)
      var dot: Float = 0
      for i in channels { dot += dy[i] * y[i] }
      for i in channels { dx[i] = y[i] * (dy[i] - dot) }
    }
  }

  private func places(_ run: TileRun) -> Int { outputShape.planeCount * run.layout.examples }
}
