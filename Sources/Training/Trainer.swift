import Networks
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

  /// With the weights of the last whole epoch.
  public private(set) var network: Network
  public let recipe: TrainingRecipe
  /// All weights in the order of `Network.weights`, and the step that momentum carries on.
  private var weights: [Float]
  private var velocity: [Float]
  private var generator: SplitMix64
  private var epoch = 0

  /// - Throws: `DataError.setting` for a recipe that makes no sense.
  public init(network: Network, recipe: TrainingRecipe) throws {
    try recipe.validate()
    self.network = network
    self.recipe = recipe
    weights = network.weights.flatMap(\.values)
    velocity = [Float](repeating: 0, count: weights.count)
    generator = SplitMix64(seed: recipe.seed ^ 0x5DEE_CE66)
  }

  /// One pass over all pictures in random order; a last batch that is not full is used as it is.
  ///
  /// - Parameter progress: called after every step.
  /// - Throws: `DataError.diverged` when the loss or a weight is no number; `OperationError.setting` for a
  ///   label that is no class; what the kernels throw.
  public mutating func runEpoch(
    on data: LabelledImages, progress: (Progress) throws -> Void = { _ in }
  ) throws -> EpochResult {
    let gradients = try BatchGradients(network, data: data, recipe: recipe)
    let order = generator.permutation(data.count)
    let steps = (data.count + recipe.batchSize - 1) / recipe.batchSize
    var loss = 0.0
    var correct = 0
    var seen = 0
    for step in 0..<steps {
      let indices = order[step * recipe.batchSize..<min((step + 1) * recipe.batchSize, data.count)]
      let result = try gradients.compute(weights, data, indices, using: &generator)
      guard result.loss.isFinite else { throw DataError.diverged(epoch: epoch + 1, step: step + 1) }
      let rate = recipe.rate(step: epoch * steps + step, stepsOfEpoch: steps)
      descend(gradients, parts: result.parts, rate: rate)
      loss += result.loss * Double(indices.count)
      correct += result.correct
      seen += indices.count
      try progress(
        Progress(
          epoch: epoch + 1, step: step + 1, steps: steps, loss: loss / Double(seen),
          accuracy: Double(correct) / Double(seen), examples: seen))
    }
    guard weights.allSatisfy(\.isFinite) else { throw DataError.diverged(epoch: epoch + 1, step: steps) }
    network = try network.with(weights: network.weights(filledWith: weights))
    epoch += 1
    return EpochResult(
      epoch: epoch, loss: loss / Double(seen), accuracy: Double(correct) / Double(seen), examples: seen)
  }

  /// One step: v = momentum v + g; w -= rate v, or rate (g + momentum v) with Nesterov, as PyTorch's SGD.
  private mutating func descend(_ gradients: BatchGradients, parts: Int, rate: Float) {
    let (decay, momentum, nesterov) = (recipe.weightDecay, recipe.momentum, recipe.nesterov)
    weights.withUnsafeMutableBufferPointer { weights in
      velocity.withUnsafeMutableBufferPointer { velocity in
        // Every weight is changed by one thread.
        nonisolated(unsafe) let (weights, velocity) = (weights, velocity)
        gradients.forEachSegment(parts: parts) { range, sums in
          for (i, sum) in zip(range, sums) {
            let g = sum + decay * weights[i]
            velocity[i] = momentum * velocity[i] + g
            weights[i] -= rate * (nesterov ? g + momentum * velocity[i] : velocity[i])
          }
        }
      }
    }
  }
}

extension Network {
  /// The names and sizes of this network's weights with other values, which follow one another.
  fileprivate func weights(filledWith values: [Float]) -> [NamedArray] {
    var first = 0
    return weights.map { array in
      defer { first += array.values.count }
      return NamedArray(
        name: array.name, dimensions: array.dimensions,
        values: Array(values[first..<first + array.values.count]))
    }
  }
}
