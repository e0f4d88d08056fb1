import Networks
import TensorCore
import TensorOps

/// Computes the gradients of a batch, its parts by several threads. Memory is kept from batch to batch.
final class BatchGradients: Sendable {
  /// Examples that one thread works on at a time: so many that the sums of a large batch have at most 32 parts.
  private static func partSize(_ batch: Int) -> Int {
    max(4, (TensorTile.count(batch) + 31) / 32) * TileLayout.lanes.examples
  }

  /// Weights that one thread changes at a time.
  private static let segmentSize = 4096

  private let program: TileProgram
  private let memory: TileMemoryPool
  private let augmentation: Augmentation
  private let smoothing: Double
  /// Those of the network at the last batch.
  private let weights: WorkingMemory
  /// The gradients of the parts of a batch, and their sum.
  private let sum: OrderedSum

  /// What a batch, or a part of it, gave.
  struct Result {
    var loss = 0.0
    var correct = 0
  }

  /// - Throws: `NetworkError.layer` when a kernel refuses the pictures; `OperationError` when the output is no
  ///   vector, or a label is none of its places.
  init(_ network: Network, data: LabelledImages, recipe: TrainingRecipe) throws {
    program = try TileProgram(network, input: Shape(channels: 1, height: data.height, width: data.width))
    memory = TileMemoryPool(program, TilePlan(program, .lanes, training: true))
    weights = WorkingMemory(count: program.weightCount)
    sum = OrderedSum(count: program.weightCount)
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
    sum.begin()
    weights.withPointer { self.weights.base.update(from: $0, count: program.weightCount) }
    let results = Locked([Result](repeating: Result(), count: starts.count))
    try parallelForThrowing(starts.count) { part in
      let range = starts[part]..<min(starts[part] + size, indices.endIndex)
      var generator = SplitMix64(seed: seeds[part])
      let row = sum.borrow()
      let result = try compute(
        data, indices[range], divisor: indices.count, into: row.base, &generator)
      sum.give(row, part)
      results.withLock { $0[part] = result }
    }
    return results.withLock { results in
      results.reduce(into: Result()) { sum, part in
        sum.loss += part.loss
        sum.correct += part.correct
      }
    }
  }

  /// One part: tiles of sixteen go forward and back through all layers.
  private func compute(
    _ data: LabelledImages, _ indices: ArraySlice<Int>, divisor: Int,
    into goal: UnsafeMutablePointer<Float>, _ generator: inout SplitMix64
  ) throws -> Result {
    let size = TileLayout.lanes.examples
    var total = Result()
    try memory.with { memory in
      for (place, start) in stride(from: indices.startIndex, to: indices.endIndex, by: size).enumerated() {
        let tile = indices[start..<min(start + size, indices.endIndex)]
        data.load(tile, into: memory.input, augmentation, using: &generator)
        data.prefetch(indices[tile.endIndex...].prefix(size))
        let logits = try program.forward(memory, weights: weights.base)
        let part = tile.map { data.labels[$0] }.withUnsafeBufferPointer { labels in
          crossEntropy(
            logits: logits, classes: program.outputShape.channels, labels: labels,
            scale: 1 / Double(divisor), smoothing: smoothing, gradient: memory.outputGradient)
        }
        total.loss += part.loss
        total.correct += part.correct
        try program.backward(
          memory, weights: weights.base, into: goal, tile: place, isLast: tile.endIndex == indices.endIndex)
      }
    }
    return total
  }

  /// Calls `body` for all weights, some at a time and on several threads, with the gradients of the last batch.
  func forEachSegment(_ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void) {
    let count = program.weightCount
    parallelFor((count + Self.segmentSize - 1) / Self.segmentSize) { segment in
      let range = segment * Self.segmentSize..<min((segment + 1) * Self.segmentSize, count)
      body(range, UnsafeMutableBufferPointer(rebasing: sum.values[range]))
    }
  }
}
