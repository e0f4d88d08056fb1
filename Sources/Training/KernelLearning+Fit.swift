import TensorCore
import TensorOps

// Unsafe pointers in this file lead into rows of a RowBlock or of the tensor of residuals.

/// How well a kernel makes the picture after from the picture before.
public struct KernelFit: Sendable {
  /// The summed squared error of each output, over the values that count.
  public let squaredErrors: [Double]
  /// How many values count in all outputs.
  public let count: Int
  /// y - (w * x + bias): [1, Cout, rows, columns] of the results that could count. Where y was cut off, the
  /// kernel's result is cut off in the same way, so that 0 says they agree; 0 where y is no number.
  public let residual: Tensor?

  /// The square root of the mean squared error.
  public var rootMeanSquare: Double {
    count > 0 ? (squaredErrors.reduce(0, +) / Double(count)).squareRoot() : 0
  }

  /// No values at all.
  public static let none = KernelFit(squaredErrors: [], count: 0, residual: nil)

  init(squaredErrors: [Double], count: Int, residual: Tensor?) {
    self.squaredErrors = squaredErrors
    self.count = count
    self.residual = residual
  }

  /// The errors without the residual, which may be large.
  public var withoutResidual: KernelFit {
    KernelFit(squaredErrors: squaredErrors, count: count, residual: nil)
  }

  /// The errors of both, without residuals.
  public func merged(with other: KernelFit) -> KernelFit {
    KernelFit(
      squaredErrors: zip(squaredErrors, other.squaredErrors).map { $0 + $1 }, count: count + other.count,
      residual: nil)
  }
}

extension KernelLearning {
  /// Compares what a kernel makes of the picture before with the picture after, value by value.
  ///
  /// - Parameter wantsResidual: whether the differences are kept, too.
  /// - Throws: `KernelLearningError` for a pair that does not fit.
  public func fit(
    of kernel: LearnedKernel, to example: KernelExample, wantsResidual: Bool = true
  ) throws -> KernelFit {
    let counts = try checked(example)
    let geometry = try ExampleGeometry(example, kernel: kernelSize)
    let shape = Shape(channels: counts.after, height: geometry.rows, width: geometry.columns)
    let parts = max(1, min(32, geometry.rows / 16))
    let errors = Locked([PartError](repeating: PartError(outputs: counts.after), count: parts))
    let run = { (goal: UnsafeMutableBufferPointer<Float>?) in
      // Every part writes rows of its own.
      nonisolated(unsafe) let goal = goal
      try parallelForThrowing(parts) { part in
        let rows = geometry.rows * part / parts..<geometry.rows * (part + 1) / parts
        let error = try partError(kernel, example, geometry, rows, shape, goal)
        errors.withLock { $0[part] = error }
      }
    }
    var residual: Tensor?
    if wantsResidual {
      residual = try Tensor(shape: shape) { try run($0) }
    } else {
      try run(nil)
    }
    let sum = errors.withLock { errors in
      errors.reduce(into: PartError(outputs: counts.after)) { total, part in
        for index in total.squares.indices { total.squares[index] += part.squares[index] }
        total.count += part.count
      }
    }
    return KernelFit(squaredErrors: sum.squares, count: sum.count, residual: residual)
  }

  private struct PartError {
    var squares: [Double]
    var count = 0

    init(outputs: Int) { squares = [Double](repeating: 0, count: outputs) }
  }

  private func partError(
    _ kernel: LearnedKernel, _ example: KernelExample, _ geometry: ExampleGeometry, _ rows: Range<Int>,
    _ shape: Shape, _ goal: UnsafeMutableBufferPointer<Float>?
  ) throws -> PartError {
    let inputs = example.before.shape.channels
    let readColumns = geometry.columns + kernelSize.width - 1
    let before = RowBlock(rows: inputs * kernelSize.height, columns: readColumns)
    let result = RowBlock(rows: shape.channels, columns: geometry.columns)
    let stored = RowBlock(rows: shape.channels, columns: example.after.shape.width)
    var error = PartError(outputs: shape.channels)
    for y in rows {
      // The rows of the window lie in a ring: row r of the picture in place r % kH.
      let fresh =
        y == rows.lowerBound ? y..<y + kernelSize.height : y + kernelSize.height - 1..<y + kernelSize.height
      for r in fresh {
        for channel in 0..<inputs {
          let bad = before.load(
            example, channel: channel, first: r, count: 1, columns: readColumns, geometry,
            at: channel * kernelSize.height + r % kernelSize.height)
          if let bad { throw KernelLearningError.notFinite(channel: channel, row: bad) }
        }
      }
      for output in 0..<shape.channels {
        predict(kernel, output, y, before, inputs, columns: geometry.columns, into: result.row(output))
        example.after.readRow(geometry.afterTop + y, channel: output, into: stored.row(output))
      }
      compare(example, geometry, y, stored, result, shape, goal, &error)
    }
    return error
  }

  private func predict(
    _ kernel: LearnedKernel, _ output: Int, _ y: Int, _ before: RowBlock, _ inputs: Int, columns: Int,
    into goal: UnsafeMutableBufferPointer<Double>
  ) {
    let isShared = sharing == .shared
    goal.update(repeating: kernel.bias.map { $0[isShared ? 0 : output] } ?? 0)
    for channel in sharing == .mixed ? 0..<inputs : output..<output + 1 {
      for i in 0..<kernelSize.height {
        let row = before.row(channel * kernelSize.height + (y + i) % kernelSize.height)
        for j in 0..<kernelSize.width {
          let weight = kernel.weight[isShared ? 0 : output, isShared ? 0 : channel, i, j]
          for x in 0..<columns { goal[x] += weight * row[x + j] }
        }
      }
    }
  }

  /// In a mixed kernel a place counts when it does in all outputs, as in the sums.
  private func compare(
    _ example: KernelExample, _ geometry: ExampleGeometry, _ y: Int, _ stored: RowBlock, _ result: RowBlock,
    _ shape: Shape, _ goal: UnsafeMutableBufferPointer<Float>?, _ error: inout PartError
  ) {
    for output in 0..<shape.channels {
      let values = stored.row(output)
      let made = result.row(output)
      var square = 0.0
      for x in 0..<shape.width {
        let value = values[geometry.afterLeft + x]
        var prediction = made[x]
        let isExact = example.counts(value)
        if isExact
          && (sharing != .mixed
            || (0..<shape.channels).allSatisfy { example.counts(stored.row($0)[geometry.afterLeft + x]) })
        {
          let difference = example.coding.value(value) - prediction
          square += difference * difference
          error.count += 1
        }
        guard let goal else { continue }
        let place = (output * shape.height + y) * shape.width + x
        guard value.isFinite else {
          goal[place] = 0
          continue
        }
        if !isExact, let clipping = example.clipping {
          let kept = min(max(example.coding.stored(prediction), clipping.lowerBound), clipping.upperBound)
          prediction = example.coding.value(kept)
        }
        goal[place] = Float(example.coding.value(value) - prediction)
      }
      error.squares[output] += square
    }
  }
}
