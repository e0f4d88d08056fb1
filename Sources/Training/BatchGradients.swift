import Networks
import TensorCore
import TensorOps

/// Computes the gradients of a batch, its parts by several threads. Memory is kept from batch to batch.
final class BatchGradients: Sendable {
  /// Examples that one thread works on at a time: so many that a large batch needs no memory for the gradients of
  /// more than 32 parts.
  private static func partSize(_ batch: Int) -> Int {
    max(4, (TensorTile.count(batch) + 31) / 32) * TileLayout.lanes.examples
  }

  /// Weights that one thread changes at a time.
  private static let segmentSize = 4096

  private let program: TileProgram
  private let memory: TileMemoryPool
  private let augmentation: Augmentation
  private let smoothing: Double
  /// One for each part of a batch.
  private let sums: Locked<[GradientSum]> = Locked([])

  /// Memory for the gradients of one part; used by one thread at a time.
  private final class GradientSum: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Float>

    init(count: Int) {
      // One more, so that there is an address also for a network without weights.
      values = .allocate(capacity: count + 1)
      values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }
  }

  /// What a batch, or a part of it, gave.
  struct Result {
    var loss = 0.0
    var correct = 0
    var parts = 0
  }

  /// - Throws: `NetworkError.layer` when a kernel refuses the pictures; `OperationError` when the output is no
  ///   vector, or a label is none of its places.
  init(_ network: Network, data: LabelledImages, recipe: TrainingRecipe) throws {
    program = try TileProgram(network, input: Shape(channels: 1, height: data.height, width: data.width))
    memory = TileMemoryPool(program, TilePlan(program, .lanes, training: true))
    augmentation = Augmentation(recipe)
    smoothing = recipe.labelSmoothing
    let output = program.outputShape
    guard output.extent == .one else {
      throw OperationError.shape(
        operation: "cross-entropy", got: "shape \(output)", expected: "one vector for each label")
    }
    if let label = data.labels.first(where: { $0 >= output.channels }) {
      throw OperationError.setting(
        operation: "cross-entropy", problem: "label \(label) is not one of \(output.channels) classes")
    }
  }

  /// The gradients of the pictures with these indices, by parts; the loss is their mean.
  func compute(
    _ weights: [Float], _ data: LabelledImages, _ indices: ArraySlice<Int>,
    using generator: inout SplitMix64
  ) throws -> Result {
    let size = Self.partSize(indices.count)
    let starts = Array(stride(from: indices.startIndex, to: indices.endIndex, by: size))
    let seeds = starts.map { _ in generator.next() }
    let sums = sums.withLock { sums in
      while sums.count < starts.count { sums.append(GradientSum(count: program.weightCount)) }
      return sums
    }
    let results = Locked([Result](repeating: Result(), count: starts.count))
    try parallelForThrowing(starts.count) { part in
      let range = starts[part]..<min(starts[part] + size, indices.endIndex)
      var generator = SplitMix64(seed: seeds[part])
      let result = try compute(
        weights, data, indices[range], divisor: indices.count, into: sums[part].values, &generator)
      results.withLock { $0[part] = result }
    }
    return results.withLock { results in
      results.reduce(into: Result()) { sum, part in
        sum.loss += part.loss
        sum.correct += part.correct
        sum.parts += 1
      }
    }
  }

  /// One part: tiles of sixteen go forward and back through all layers.
  private func compute(
    _ weights: [Float], _ data: LabelledImages, _ indices: ArraySlice<Int>, divisor: Int,
    into sum: UnsafeMutableBufferPointer<Float>, _ generator: inout SplitMix64
  ) throws -> Result {
    sum.update(repeating: 0)
    guard let goal = sum.baseAddress else { return Result() }
    let size = TileLayout.lanes.examples
    var total = Result()
    try memory.with { memory in
      try weights.withPointer { weights in
        for (place, start) in stride(from: indices.startIndex, to: indices.endIndex, by: size).enumerated() {
          let tile = indices[start..<min(start + size, indices.endIndex)]
          data.load(tile, into: memory.input, augmentation, using: &generator)
          let logits = try program.forward(memory, weights: weights)
          let part = tile.map { data.labels[$0] }.withUnsafeBufferPointer { labels in
            crossEntropy(
              logits: logits, classes: program.outputShape.channels, labels: labels,
              scale: 1 / Double(divisor), smoothing: smoothing, gradient: memory.outputGradient)
          }
          total.loss += part.loss
          total.correct += part.correct
          try program.backward(
            memory, weights: weights, into: goal, tile: place, isLast: tile.endIndex == indices.endIndex)
        }
      }
    }
    return total
  }

  /// Calls `body` for all weights, some at a time and on several threads, with the sums of the gradients of
  /// the last batch: those of its parts, added in their order.
  func forEachSegment(
    parts: Int, _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    let sums = sums.withLock { $0 }
    let count = program.weightCount
    parallelFor((count + Self.segmentSize - 1) / Self.segmentSize) { segment in
      let range = segment * Self.segmentSize..<min((segment + 1) * Self.segmentSize, count)
      let total = UnsafeMutableBufferPointer(rebasing: sums[0].values[range])
      let rows = sums.prefix(max(parts, 1)).map { UnsafeBufferPointer(rebasing: $0.values[range]) }
      if let goal = total.baseAddress {
        sumRows(rows.compactMap(\.baseAddress), count: range.count, into: goal)
      }
      body(range, total)
    }
  }
}
