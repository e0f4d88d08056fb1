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

  /// The network with the weights as they are now.
  ///
  /// - Throws: `DataError.diverged` when a weight is no number.
  public func trained() throws -> Network {
    guard weights.allSatisfy(\.isFinite) else {
      throw DataError.diverged(epoch: position.epoch + 1, step: position.step)
    }
    return try untrained.with(weights: untrained.weights(filledWith: weights))
  }

  public let recipe: TrainingRecipe
  let untrained: Network
  /// All weights in the order of `Network.weights`.
  var weights: [Float]
  /// What the optimiser keeps of the steps before, as many arrays as it needs.
  var moments: [[Float]]
  var position = TrainingPosition()

  /// - Throws: `DataError.setting` for a recipe that makes no sense.
  public init(network: Network, recipe: TrainingRecipe) throws {
    try recipe.validate()
    untrained = network
    self.recipe = recipe
    weights = network.weights.flatMap(\.values)
    moments = Array(
      repeating: [Float](repeating: 0, count: weights.count), count: recipe.optimizer.momentCount)
    position.generator = SplitMix64(seed: recipe.seed ^ 0x5DEE_CE66)
  }

  /// The epoch that runs, from 1, and its steps that are done.
  public var progress: (epoch: Int, step: Int) { (position.epoch + 1, position.step) }

  /// Whole epochs that were run.
  public var epoch: Int { position.epoch }

  /// One pass over all pictures in random order, or the rest of one that was interrupted; a last batch that is
  /// not full is used as it is.
  ///
  /// - Parameter progress: called after every step; what it throws ends the epoch, which may then be continued.
  /// - Throws: `DataError.diverged` when the loss or a weight is no number; `OperationError.setting` for a
  ///   label that is no class; what the kernels throw.
  public mutating func runEpoch(
    on data: LabelledImages, progress: (Progress) throws -> Void = { _ in }
  ) throws -> EpochResult {
    let gradients = try BatchGradients(untrained, data: data, recipe: recipe)
    let order = position.order(data.count)
    let steps = (data.count + recipe.batchSize - 1) / recipe.batchSize
    while position.step < steps {
      let first = position.step * recipe.batchSize
      let indices = order[first..<min(first + recipe.batchSize, data.count)]
      let result = try gradients.compute(weights, data, indices, using: &position.generator)
      guard result.loss.isFinite else {
        throw DataError.diverged(epoch: position.epoch + 1, step: position.step + 1)
      }
      let done = position.epoch * steps + position.step
      update(
        gradients,
        WeightUpdate(recipe: recipe, rate: recipe.rate(step: done, stepsOfEpoch: steps), step: done + 1))
      position.finishStep(loss: result.loss, correct: result.correct, examples: indices.count)
      try progress(
        Progress(
          epoch: position.epoch + 1, step: position.step, steps: steps, loss: position.meanLoss,
          accuracy: position.accuracy, examples: position.examples))
    }
    let result = EpochResult(
      epoch: position.epoch + 1, loss: position.meanLoss, accuracy: position.accuracy,
      examples: position.examples)
    _ = try trained()
    position.finishEpoch()
    return result
  }

  private mutating func update(_ gradients: BatchGradients, _ update: WeightUpdate) {
    weights.withUnsafeMutableBufferPointer { weights in
      withBuffers(&moments) { moments in
        // Every weight is changed by one thread.
        nonisolated(unsafe) let (weights, moments) = (weights, moments)
        gradients.forEachSegment { range, sums in
          update(
            UnsafeMutableBufferPointer(rebasing: weights[range]), gradients: sums,
            moments: moments.map { UnsafeMutableBufferPointer(rebasing: $0[range]) })
        }
      }
    }
  }
}

/// Where a training is; with the weights and the optimiser's memory all that continuing needs.
struct TrainingPosition: Sendable, Equatable, Codable {
  /// Whole epochs done, and steps of the one that runs.
  var epoch = 0
  var step = 0
  var generator = SplitMix64(seed: 0)
  /// The generator before it drew the order of the epoch that runs.
  private var beforeOrder: SplitMix64?
  private var lossSum = 0.0
  private var correct = 0
  private(set) var examples = 0

  var meanLoss: Double { lossSum / Double(max(examples, 1)) }
  var accuracy: Double { Double(correct) / Double(max(examples, 1)) }

  /// Whether a training can be here.
  func isSound(recipe: TrainingRecipe, pictures: Int) -> Bool {
    let steps = (pictures + recipe.batchSize - 1) / recipe.batchSize
    return (0...recipe.epochs).contains(epoch) && (0...steps).contains(step)
      && (step == 0 || beforeOrder != nil)
  }

  /// The order of the pictures in this epoch, the same when it is asked for again.
  mutating func order(_ count: Int) -> [Int] {
    if var again = beforeOrder { return again.permutation(count) }
    beforeOrder = generator
    return generator.permutation(count)
  }

  mutating func finishStep(loss: Double, correct: Int, examples: Int) {
    step += 1
    lossSum += loss * Double(examples)
    self.correct += correct
    self.examples += examples
  }

  mutating func finishEpoch() {
    self = TrainingPosition(epoch: epoch + 1, generator: generator)
  }

  init(epoch: Int = 0, generator: SplitMix64 = SplitMix64(seed: 0)) {
    self.epoch = epoch
    self.generator = generator
  }
}

/// Calls `body` with the memory of several arrays at once.
private func withBuffers<Result>(
  _ arrays: inout [[Float]], _ body: ([UnsafeMutableBufferPointer<Float>]) -> Result
) -> Result {
  func next(_ index: Int, _ buffers: [UnsafeMutableBufferPointer<Float>]) -> Result {
    if index == arrays.count { return body(buffers) }
    var array: [Float] = []
    swap(&array, &arrays[index])
    defer { swap(&array, &arrays[index]) }
    return array.withUnsafeMutableBufferPointer { next(index + 1, buffers + [$0]) }
  }
  return next(0, [])
}

extension Network {
  /// The names and sizes of this network's weights with other values, which follow one another.
  func weights(filledWith values: [Float]) -> [NamedArray] {
    var first = 0
    return weights.map { array in
      defer { first += array.values.count }
      return NamedArray(
        name: array.name, dimensions: array.dimensions,
        values: Array(values[first..<first + array.values.count]))
    }
  }
}
