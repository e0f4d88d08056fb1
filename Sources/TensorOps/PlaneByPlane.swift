import TensorCore

// Unsafe pointers in this file are bounded by the count of the tensor that is being made.

extension Tensor {
  /// A filter of one plane applied to all planes, one after the other: filters that need several
  /// intermediate results then hold them for one plane only, which matters for large photos.
  ///
  /// - Parameters:
  ///   - shape: of the result.
  ///   - filter: [1, 1, H, W] to one plane of `shape`.
  package func planeByPlane(_ shape: Shape, _ filter: (Tensor) throws -> Tensor) rethrows -> Tensor {
    let planes = self.shape.batch * self.shape.channels
    if planes == 1 { return try filter(self) }
    return try Tensor(shape: shape) { output in
      for index in 0..<planes {
        let (n, c) = index.quotientAndRemainder(dividingBy: self.shape.channels)
        let input = Tensor(
          shape: Shape(channels: 1, height: self.shape.height, width: self.shape.width),
          values: Array(plane(c, batch: n)))
        let result = try filter(input)
        precondition(
          result.shape.count == shape.planeCount, "a filter answered \(result.shape), not \(shape)")
        _ = output[(index * shape.planeCount)...].update(fromContentsOf: result.values)
      }
    }
  }

  /// A tensor whose rows are made on all cores.
  ///
  /// - Parameter fill: gets the number of the row, counted through all planes, and must write all of it.
  package static func rowByRow(
    _ shape: Shape, _ fill: @Sendable (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Tensor {
    Tensor(shape: shape) { output in
      // Every row is written by one thread only.
      nonisolated(unsafe) let output = output
      parallelFor(shape.batch * shape.channels * shape.height) { row in
        fill(row, UnsafeMutableBufferPointer(rebasing: output[row * shape.width..<(row + 1) * shape.width]))
      }
    }
  }

  /// The values of row `row`, counted through all planes, without a copy.
  package func withRow<Result>(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
    values.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[row * shape.width..<(row + 1) * shape.width]))
    }
  }
}
