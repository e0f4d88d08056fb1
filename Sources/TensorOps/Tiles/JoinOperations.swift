import TensorCore

// Operations that move values: every input and output is one run of floats, because the channels come first in
// both layouts.

/// The sum of several inputs of one shape.
package struct AddOperation: TileOperation {
  package let outputShape: Shape

  package init(shape: Shape) {
    outputShape = shape.with(batch: 1)
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    let count = outputShape.count * run.layout.examples
    let y = values.output
    y.update(from: values.input, count: count)
    for x in values.moreInputs {
      for i in 0..<count { y[i] += x[i] }
    }
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    for dx in [gradients.input] + gradients.moreInputs {
      dx?.update(from: gradients.output, count: outputShape.count * run.layout.examples)
    }
  }
}

/// Several inputs behind one another along the channels.
package struct ConcatenateOperation: TileOperation {
  package let outputShape: Shape
  private let counts: [Int]

  /// - Throws: what `concatenatedShape` throws.
  package init(shapes: [Shape]) throws {
    let examples = shapes.map { $0.with(batch: 1) }
    outputShape = try concatenatedShape(examples)
    counts = examples.map(\.count)
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    var y = values.output
    for (x, count) in zip([values.input] + values.moreInputs, counts) {
      y.update(from: x, count: count * run.layout.examples)
      y += count * run.layout.examples
    }
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    var dy = gradients.output
    for (dx, count) in zip([gradients.input] + gradients.moreInputs, counts) {
      dx?.update(from: dy, count: count * run.layout.examples)
      dy += count * run.layout.examples
    }
  }
}

/// The same values under another shape.
package struct ReshapeOperation: TileOperation {
  package let outputShape: Shape

  package init(to shape: Shape) {
    outputShape = shape.with(batch: 1)
  }

  package func forward(_ values: TileValues, _ weights: TileWeights, _ run: TileRun) {
    values.output.update(from: values.input, count: outputShape.count * run.layout.examples)
  }

  package func backward(
    _ values: TileValues, _ weights: TileWeights, _ gradients: TileGradients, _ run: TileRun
  ) {
    gradients.input?.update(from: gradients.output, count: outputShape.count * run.layout.examples)
  }
}
