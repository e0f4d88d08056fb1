import KernelAPI
import TensorCore
import TensorOps

/// A network made ready for pictures of one size: checked, its weights copied, its memory kept between calls.
///
/// Worth it for many calls; it may be called by several threads at a time.
public final class PreparedNetwork: Sendable {
  private let name: String
  package let program: TileProgram
  private let weights: WorkingMemory
  private let singles: TileMemoryPool
  private let lanes: TileMemoryPool
  private let fitsLanes: Bool

  /// - Throws: `NetworkError.layer` when a kernel refuses its input.
  init(_ network: Network, for shape: Shape) throws {
    name = network.name
    program = try TileProgram(network, input: shape)
    weights = WorkingMemory(network.weights.flatMap(\.values))
    let plan = TilePlan(program, .lanes)
    // Sixteen large pictures together would leave the cache with every layer.
    fitsLanes = plan.count <= 1 << 22
    lanes = TileMemoryPool(program, plan)
    singles = TileMemoryPool(program, TilePlan(program, .single))
  }

  /// The network's output for any number of examples of the prepared shape.
  ///
  /// - Parameter manyMayFollow: whether a few examples go the way of many, so that each gets the same bits
  ///   however many come with it.
  /// - Throws: `NetworkError.inputShape` for pictures of another shape; what kernels throw.
  public func callAsFunction(_ input: Tensor, manyMayFollow: Bool = false) throws -> Tensor {
    guard input.shape.with(batch: 1) == program.inputShape else {
      throw NetworkError.inputShape(
        got: "\(input.shape.with(batch: 1))", expected: "\(program.inputShape)", network: name)
    }
    return try Tensor(shape: program.outputShape.with(batch: input.shape.batch)) { output in
      // Every example is written by one thread.
      nonisolated(unsafe) let output = output
      try input.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress, let goal = output.baseAddress else { return }
        nonisolated(unsafe) let (x, y) = (base, goal)
        if fitsLanes && (manyMayFollow || input.shape.batch >= TileLayout.lanes.examples / 2) {
          try forEachTile(of: input.shape.batch) { tile, memory in
            tile.pack(x, size: program.inputShape.count, into: memory, .best)
          } result: { tile, memory in
            tile.unpack(memory, size: program.outputShape.count, to: y, .best)
          }
        } else if input.shape.batch == 1 {
          try runSingle(x, y)
        } else {
          try parallelForThrowing(input.shape.batch) { n in
            try runSingle(x + n * program.inputShape.count, y + n * program.outputShape.count)
          }
        }
      }
    }
  }

  /// Sixteen examples at a time, on several threads.
  ///
  /// - Parameters:
  ///   - load: writes the examples of a tile side by side.
  ///   - result: reads the outputs, side by side as well.
  package func forEachTile(
    of count: Int, load: @Sendable (TensorTile, UnsafeMutablePointer<Float>) -> Void,
    result: @Sendable (TensorTile, UnsafeMutablePointer<Float>) throws -> Void
  ) throws {
    try parallelTiles(count) { tile in
      try lanes.with { memory in
        load(tile, memory.input)
        try result(tile, try program.forward(memory, weights: weights.base))
      }
    }
  }

  private func runSingle(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) throws {
    try singles.with { memory in
      memory.input.update(from: x, count: program.inputShape.count)
      let result = try program.forward(memory, weights: weights.base)
      y.update(from: result, count: program.outputShape.count)
    }
  }
}

extension Network {
  /// The network made ready for pictures of one size.
  ///
  /// - Parameter shape: of one example; the batch does not matter.
  /// - Throws: `NetworkError.layer` when a kernel refuses its input.
  public func prepared(for shape: Shape) throws -> PreparedNetwork {
    try PreparedNetwork(self, for: shape)
  }
}

extension [Float] {
  /// A pointer to the elements, valid also for an empty array.
  package func withPointer<Result>(_ body: (UnsafePointer<Float>) throws -> Result) rethrows -> Result {
    if isEmpty { return try [0].withPointer(body) }
    return try withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("an array with elements has an address")
      }
      return try body(base)
    }
  }
}
