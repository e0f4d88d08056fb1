import CKernels
import TensorCore

/// A fully connected layer: y = weight x + bias, then an activation if there is one.
package struct LinearOperation: TileOperation {
  package let outputShape: Shape
  let inputs: Int
  var activation: Activation?

  /// - Parameter weight: the shape [outputs, inputs, 1, 1].
  package init(weight: Shape) {
    inputs = weight.channels
    outputShape = Shape(channels: weight.batch, height: 1, width: 1)
  }

  private var outputs: Int { outputShape.channels }

  package func followed(by activation: Activation) -> (any TileOperation)? {
    guard self.activation == nil else { return nil }
    var both = self
    both.activation = activation
    return both
  }

  /// Tiles whose products for the gradient of the weight are summed at once: that gradient is large, and going over
  /// it for every tile would take as long as the products.
  private static let tilesTogether = 4

  /// The inputs of these tiles, a row for each example, and the gradients of the outputs, a column for each.
  package func keptCount(_ layout: TileLayout, training: Bool) -> Int {
    training ? Self.tilesTogether * layout.examples * (inputs + outputs) : 0
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    let y = values.output
    switch run.layout {
    case .lanes:
      run.table.multiply_lanes(
        Int32(outputs), Int32(inputs), weights.weight, inputs, 1, values.input, weights.bias, y)
    case .single:
      if let bias = weights.bias {
        y.update(from: bias, count: outputs)
      } else {
        y.update(repeating: 0, count: outputs)
      }
      addProducts(values.input, weights.weight, y, run)
    }
    activation?.apply(y, y, count: outputs * run.layout.examples, run.table)
  }

  /// Large matrices are cut into rows for several threads.
  private func addProducts(
    _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ run: TileRun
  ) {
    guard outputs * inputs >= 1 << 20 else {
      return run.table.add_dot_products(Int32(outputs), Int32(inputs), weight, x, y)
    }
    let rowsOfPart = 64
    let (x, weight, y) = (SharedInput(x), SharedInput(weight), Shared(y))
    parallelFor((outputs + rowsOfPart - 1) / rowsOfPart) { part in
      let first = part * rowsOfPart
      run.table.add_dot_products(
        Int32(min(rowsOfPart, outputs - first)), Int32(inputs), weight.base + first * inputs, x.base,
        y.base + first)
    }
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    let lanes = InnerLoops.lanes
    let dy = gradients.output
    activation?.gradient(values.output, dy, dy, count: outputs * lanes, run.table)
    addWeightGradient(values, dy, gradients.weight, run)
    if let bias = gradients.bias { run.table.add_row_sums(dy, Int32(outputs), lanes, bias) }
    if let dx = gradients.input {
      run.table.multiply_lanes(Int32(inputs), Int32(outputs), weights.weight, 1, inputs, dy, nil, dx)
    }
  }

  private func addWeightGradient(
    _ values: TileValues, _ dy: UnsafePointer<Float>, _ goal: UnsafeMutablePointer<Float>, _ run: TileRun
  ) {
    let lanes = InnerLoops.lanes
    let examples = Self.tilesTogether * lanes
    let first = run.tile % Self.tilesTogether * lanes
    let rows = values.kept
    let columns = rows + examples * inputs
    run.table.unpack_lanes(values.input, inputs, inputs, Int32(lanes), rows + first * inputs)
    for output in 0..<outputs {
      (columns + output * examples + first).update(from: dy + output * lanes, count: lanes)
    }
    guard run.isLast || first + lanes == examples else { return }
    run.table.matrix_multiply_add(
      Int32(outputs), Int32(inputs), Int32(first + lanes), columns, examples, 1, rows, inputs, goal, inputs)
  }
}
