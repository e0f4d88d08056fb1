import CKernels
import TensorCore

// Operations on whole tensors: every example by itself, or the batch cut into tiles of sixteen.

/// Floats of a tile's inputs and outputs above which sixteen examples together would leave the cache for good.
private let tileBudget = 1 << 22

extension TileOperation {
  /// Whether a batch of this size goes through the lanes.
  func usesLanes(_ input: Shape) -> Bool {
    input.batch >= InnerLoops.lanes / 2
      && (input.exampleCount + outputShape.count) * InnerLoops.lanes <= tileBudget
  }

  /// The operation on every example of a tensor.
  func callAsFunction(_ input: Tensor, weight: [Float], bias: [Float]?, loops: InnerLoops) throws -> Tensor {
    try Tensor(shape: outputShape.with(batch: input.shape.batch)) { output in
      guard let y = output.baseAddress else { return }
      try withPointer(input.values) { x in
        try withWeights(weight, bias) { weights in
          if usesLanes(input.shape) {
            try runLanes(x, y, input.shape, weights, loops)
          } else {
            try runSingles(x, y, input.shape, weights, loops)
          }
        }
      }
    }
  }

  private func runSingles(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ shape: Shape, _ weights: TileWeights,
    _ loops: InnerLoops
  ) throws {
    try withScratch(scratchCount(.single, training: false)) { scratch in
      try withScratch(keptCount(.single, training: false)) { kept in
        for n in 0..<shape.batch {
          let values = TileValues(
            input: x + n * shape.exampleCount, output: y + n * outputShape.count, scratch: scratch, kept: kept
          )
          try forward(values, weights, TileRun(.single, loops: loops))
        }
      }
    }
  }

  private func runLanes(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ shape: Shape, _ weights: TileWeights,
    _ loops: InnerLoops
  ) throws {
    let (input, output) = (SharedInput(x), Shared(y))
    nonisolated(unsafe) let weights = weights
    try parallelTiles(shape.batch) { tile in
      try withTile(shape.exampleCount, training: false) { packed, values in
        tile.pack(input.base, size: shape.exampleCount, into: packed, loops)
        try forward(values, weights, TileRun(.lanes, loops: loops))
        tile.unpack(values.output, size: outputShape.count, to: output.base, loops)
      }
    }
  }

  /// The backward pass for every example of a tensor.
  ///
  /// Every tile sums the gradients of the weights into memory of its own; the sums are added in the order of
  /// the tiles, so that the number of threads does not change a bit.
  func gradients(
    _ outputGradient: Tensor, input: Tensor, weight: [Float], bias: [Float]?, needsInput: Bool = true,
    loops: InnerLoops
  ) throws -> (input: Tensor?, weight: [Float], bias: [Float]) {
    let shape = input.shape
    let tiles = TensorTile.count(shape.batch)
    let (weightCount, biasCount) = (weight.count, bias?.count ?? 0)
    let sumCount = weightCount + biasCount
    var sums = [Float](repeating: 0, count: max(tiles, 1) * max(sumCount, 1))
    var inputGradient = needsInput ? Tensor(shape: shape) : nil
    try sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      let sum = Shared(base)
      let goal =
        inputGradient?.values.withUnsafeMutableBufferPointer { $0.baseAddress.map { Shared($0) } } ?? nil
      try parallelTiles(shape.batch) { tile in
        try withPointer(input.values) { x in
          try withPointer(outputGradient.values) { dy in
            try withWeights(weight, bias) { weights in
              try backward(
                tile, x, dy, shape, weights, into: sum.base + tile.index * sumCount, weightCount, biasCount,
                goal?.base, loops)
            }
          }
        }
      }
    }
    for tile in 1..<max(tiles, 1) {
      for i in 0..<sumCount { sums[i] += sums[tile * sumCount + i] }
    }
    return (inputGradient, Array(sums[0..<weightCount]), Array(sums[weightCount..<sumCount]))
  }

  private func backward(
    _ tile: TensorTile, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ shape: Shape,
    _ weights: TileWeights, into sum: UnsafeMutablePointer<Float>, _ weightCount: Int, _ biasCount: Int,
    _ goal: UnsafeMutablePointer<Float>?, _ loops: InnerLoops
  ) throws {
    let run = TileRun(.lanes, loops: loops, training: true)
    try withTile(shape.exampleCount, training: true) { packed, values in
      tile.pack(x, size: shape.exampleCount, into: packed, loops)
      try forward(values, weights, run)
      try withScratch(outputShape.count * InnerLoops.lanes) { gradient in
        tile.pack(dy, size: outputShape.count, into: gradient, loops)
        try withScratch(shape.exampleCount * InnerLoops.lanes) { dx in
          try backward(
            values, weights,
            TileGradients(
              output: gradient, input: goal == nil ? nil : dx, weight: sum,
              bias: biasCount > 0 ? sum + weightCount : nil), run)
          if let goal { tile.unpack(dx, size: shape.exampleCount, to: goal, loops) }
        }
      }
    }
  }

  /// Memory for one tile in lanes.
  private func withTile<Result>(
    _ inputCount: Int, training: Bool, _ body: (UnsafeMutablePointer<Float>, TileValues) throws -> Result
  ) rethrows -> Result {
    try withScratch(inputCount * InnerLoops.lanes) { input in
      try withScratch(outputShape.count * InnerLoops.lanes) { output in
        try withScratch(scratchCount(.lanes, training: training)) { scratch in
          try withScratch(keptCount(.lanes, training: training)) { kept in
            try body(input, TileValues(input: input, output: output, scratch: scratch, kept: kept))
          }
        }
      }
    }
  }
}

/// Sixteen neighbouring examples of a tensor, or what is left at its end.
package struct TensorTile: Sendable {
  package let index: Int
  package let examples: Int

  package init(_ index: Int, of batch: Int) {
    self.index = index
    examples = min(InnerLoops.lanes, batch - index * InnerLoops.lanes)
  }

  package static func count(_ batch: Int) -> Int { (batch + InnerLoops.lanes - 1) / InnerLoops.lanes }

  /// - Parameter size: floats of one example.
  package func pack(
    _ tensor: UnsafePointer<Float>, size: Int, into lanes: UnsafeMutablePointer<Float>, _ loops: InnerLoops
  ) {
    loops.table.pointee.pack_lanes(
      tensor + index * InnerLoops.lanes * size, size, Int32(examples), size, lanes)
  }

  package func unpack(
    _ lanes: UnsafePointer<Float>, size: Int, to tensor: UnsafeMutablePointer<Float>, _ loops: InnerLoops
  ) {
    loops.table.pointee.unpack_lanes(
      lanes, size, size, Int32(examples), tensor + index * InnerLoops.lanes * size)
  }
}

/// Bytes of up to sixteen examples side by side, as 0 to 1: byte / 255.
///
/// - Parameters:
///   - examples: `count` bytes each.
///   - lanes: gets [count][16], 0 where there is no example.
package func packLanes(
  _ examples: [UnsafePointer<UInt8>], count: Int, _ lanes: UnsafeMutablePointer<Float>,
  loops: InnerLoops = .best
) {
  precondition(examples.count <= InnerLoops.lanes)
  examples.map { $0 as UnsafePointer<UInt8>? }.withUnsafeBufferPointer { pointers in
    loops.table.pointee.pack_byte_lanes(pointers.baseAddress, Int32(examples.count), count, lanes)
  }
}

/// Calls `body` for every tile of a batch, on several threads; throws the error of the first tile that failed.
package func parallelTiles(_ batch: Int, _ body: @Sendable (TensorTile) throws -> Void) throws {
  try parallelForThrowing(TensorTile.count(batch)) { try body(TensorTile($0, of: batch)) }
}

private func withWeights<Result>(
  _ weight: [Float], _ bias: [Float]?, _ body: (TileWeights) throws -> Result
) rethrows -> Result {
  try withPointer(weight) { weight in
    guard let bias else { return try body(TileWeights(weight: weight, bias: nil)) }
    return try withPointer(bias) { try body(TileWeights(weight: weight, bias: $0)) }
  }
}
