import Networks
import Synchronization
import TensorCore
import TensorOps

/// Trains a network by stochastic gradient descent on softmax cross-entropy.
///
/// The same seed gives the same weights for any number of threads: a batch is cut into parts of fixed size,
/// and their gradients are added in the order of the parts.
public struct Trainer: Sendable {
  /// What an epoch brought.
  public struct EpochResult: Sendable {
    public let epoch: Int
    /// Mean cross-entropy over the epoch.
    public let loss: Double
    /// Share of examples classified rightly while training.
    public let accuracy: Double
    public let examples: Int
  }

  /// Where a running epoch is; for progress displays.
  public struct Progress: Sendable {
    public let epoch: Int
    public let step: Int
    public let steps: Int
    public let loss: Double
    public let accuracy: Double
    public let examples: Int
  }

  public private(set) var network: Network
  public let recipe: TrainingRecipe
  private var velocity: [[Float]]
  private var generator: SplitMix64
  private var epoch = 0

  /// Examples that one thread works on at a time.
  private static let partSize = 64
  /// Examples that go through the layers together, while they are in the cache.
  private static let tileSize = 16

  /// - Throws: `DataError.setting` for a recipe that makes no sense.
  public init(network: Network, recipe: TrainingRecipe) throws {
    try recipe.validate()
    self.network = network
    self.recipe = recipe
    velocity = network.weights.map { [Float](repeating: 0, count: $0.values.count) }
    generator = SplitMix64(seed: recipe.seed ^ 0x5DEE_CE66)
  }

  /// One pass over all pictures in random order; a last batch that is not full is used as it is.
  ///
  /// - Parameter progress: called after every step.
  /// - Throws: `DataError.diverged` when the loss is no number; what the kernels throw.
  public mutating func runEpoch(
    on data: LabelledImages, progress: (Progress) throws -> Void = { _ in }
  ) throws -> EpochResult {
    let order = generator.permutation(data.count)
    let steps = (data.count + recipe.batchSize - 1) / recipe.batchSize
    var loss = 0.0
    var correct = 0
    var seen = 0
    for step in 0..<steps {
      let indices = order[step * recipe.batchSize..<min((step + 1) * recipe.batchSize, data.count)]
      let result = try gradients(of: data, indices)
      guard result.loss.isFinite else { throw DataError.diverged(epoch: epoch + 1, step: step + 1) }
      do {
        try apply(
          result.gradients, rate: recipe.rate(step: epoch * steps + step, stepsOfEpoch: steps))
      } catch NetworkError.weights {
        // A weight became infinite before the loss did.
        throw DataError.diverged(epoch: epoch + 1, step: step + 1)
      }
      loss += result.loss * Double(indices.count)
      correct += result.correct
      seen += indices.count
      try progress(
        Progress(
          epoch: epoch + 1, step: step + 1, steps: steps, loss: loss / Double(seen),
          accuracy: Double(correct) / Double(seen), examples: seen))
    }
    epoch += 1
    return EpochResult(
      epoch: epoch, loss: loss / Double(seen), accuracy: Double(correct) / Double(seen), examples: seen)
  }

  /// What one part of a batch, or the whole of it, gives.
  private struct Part {
    var loss = 0.0
    var correct = 0
    var gradients: WeightGradients = []

    mutating func add(_ other: Part) {
      loss += other.loss
      correct += other.correct
      if gradients.isEmpty {
        gradients = other.gradients
        return
      }
      for i in gradients.indices { Trainer.add(other.gradients[i], to: &gradients[i]) }
    }
  }

  private static func add(_ other: [Float], to sum: inout [Float]) {
    other.withUnsafeBufferPointer { other in
      sum.withUnsafeMutableBufferPointer { sum in
        for i in sum.indices { sum[i] += other[i] }
      }
    }
  }

  /// Loss and gradients of a batch, its parts computed by several threads.
  private mutating func gradients(
    of data: LabelledImages, _ indices: ArraySlice<Int>
  ) throws -> Part {
    let starts = Array(stride(from: indices.startIndex, to: indices.endIndex, by: Self.partSize))
    let seeds = starts.map { _ in generator.next() }
    let results = Mutex<[Int: Result<Part, any Error>]>([:])
    let network = network
    let augmentation = Augmentation(flips: recipe.flips, shift: recipe.shift)
    parallelFor(starts.count) { number in
      let range = starts[number]..<min(starts[number] + Self.partSize, indices.endIndex)
      var generator = SplitMix64(seed: seeds[number])
      let result = Result {
        try Self.part(
          of: network, data, indices[range], divisor: indices.count, augmentation, &generator)
      }
      results.withLock { $0[number] = result }
    }
    var total = Part()
    let parts = results.withLock { $0 }
    for number in starts.indices {
      if let part = try parts[number]?.get() { total.add(part) }
    }
    return total
  }

  private static func part(
    of network: Network, _ data: LabelledImages, _ indices: ArraySlice<Int>, divisor: Int,
    _ augmentation: Augmentation, _ generator: inout SplitMix64
  ) throws -> Part {
    var sum = Part()
    for start in stride(from: indices.startIndex, to: indices.endIndex, by: tileSize) {
      let tile = indices[start..<min(start + tileSize, indices.endIndex)]
      let batch = augmentation(data.batch(tile), using: &generator)
      var part = Part()
      part.gradients = try network.gradients(for: batch) { logits in
        let result = try crossEntropy(
          logits, labels: tile.map { Int(data.labels[$0]) }, divisor: divisor)
        part.loss = result.loss
        part.correct = result.correct
        return result.gradient
      }
      sum.add(part)
    }
    return sum
  }

  /// One step: v = momentum v + g; w -= rate v, or rate (g + momentum v) with Nesterov, as PyTorch's SGD.
  private mutating func apply(_ gradients: WeightGradients, rate: Float) throws {
    var weights = network.weights
    for index in weights.indices {
      let decay = recipe.weightDecay
      let momentum = recipe.momentum
      let nesterov = recipe.nesterov
      gradients[index].withUnsafeBufferPointer { gradient in
        velocity[index].withUnsafeMutableBufferPointer { velocity in
          weights[index].values.withUnsafeMutableBufferPointer { weight in
            for i in weight.indices {
              let g = gradient[i] + decay * weight[i]
              velocity[i] = momentum * velocity[i] + g
              weight[i] -= rate * (nesterov ? g + momentum * velocity[i] : velocity[i])
            }
          }
        }
      }
    }
    network = try network.with(weights: weights)
  }
}
