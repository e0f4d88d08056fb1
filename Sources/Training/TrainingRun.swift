import Networks
import TensorCore

/// What one epoch of a training brought.
public struct EpochMetrics: Sendable, Equatable, Codable {
  public let epoch: Int
  /// Mean cross-entropy and share of right answers while training, on changed pictures where the recipe
  /// changes them.
  public let trainLoss: Double
  public let trainAccuracy: Double
  /// The same after the epoch, on the pictures that are judged by.
  public let judgedLoss: Double
  public let judgedAccuracy: Double
}

/// A training from the first epoch to the last, with what is judged after each: a validation share of the
/// training pictures, or else the test pictures.
public struct TrainingRun: Sendable {
  public private(set) var trainer: Trainer
  public private(set) var history: [EpochMetrics] = []
  /// The weights of the best epoch so far, by the validation share; `nil` without one.
  private var best: (epoch: Int, weights: [Float])?
  private let training: LabelledImages
  private let judged: LabelledImages

  public var recipe: TrainingRecipe { trainer.recipe }

  /// - Parameters:
  ///   - data: the training pictures; the recipe's validation share is taken out of them.
  ///   - test: judged after every epoch where there is no validation share.
  /// - Throws: `DataError.setting` for a recipe that makes no sense or leaves no pictures.
  public init(
    network: Network, recipe: TrainingRecipe, data: LabelledImages, test: LabelledImages
  ) throws {
    try self.init(try Trainer(network: network, recipe: recipe), data, test)
  }

  private init(_ trainer: Trainer, _ data: LabelledImages, _ test: LabelledImages) throws {
    self.trainer = trainer
    let recipe = trainer.recipe
    guard recipe.validation > 0 else {
      training = data
      judged = test
      return
    }
    let aside = Int((Double(data.count) * recipe.validation).rounded())
    guard aside > 0 && aside < data.count else {
      throw DataError.setting(
        "a validation share of \(recipe.validation) of \(data.count) pictures leaves none on one side")
    }
    // A generator of its own: the split is the same whatever else is drawn.
    var generator = SplitMix64(seed: recipe.seed ^ 0x0A51_DE00)
    let order = generator.permutation(data.count)
    judged = data.picked(order[..<aside].sorted())
    training = data.picked(order[aside...].sorted())
  }

  /// How many pictures are trained on, and judged by.
  public var trainingCount: Int { training.count }
  public var judgedCount: Int { judged.count }

  /// Whether all epochs are done, or the validation accuracy has not risen for the recipe's patience.
  public var isFinished: Bool { trainer.epoch >= recipe.epochs || isPatienceOver }

  public var isPatienceOver: Bool {
    guard recipe.patience > 0, let best else { return false }
    return trainer.epoch - best.epoch >= recipe.patience
  }

  /// The epoch whose weights `result` gives: the best by the validation share, else the last.
  public var resultEpoch: Int { best?.epoch ?? trainer.epoch }

  /// Runs the next epoch, or the rest of one that was interrupted, and judges it.
  ///
  /// - Throws: what `Trainer.runEpoch` throws; the run can be continued after an error of `progress`.
  @discardableResult public mutating func runEpoch(
    progress: (Trainer.Progress) throws -> Void = { _ in }
  ) throws -> EpochMetrics {
    let result = try trainer.runEpoch(on: training, progress: progress)
    let evaluation = try Evaluation(of: try trainer.trained(), on: judged)
    guard evaluation.loss.isFinite else {
      throw DataError.diverged(epoch: result.epoch, step: result.examples / recipe.batchSize)
    }
    let metrics = EpochMetrics(
      epoch: result.epoch, trainLoss: result.loss, trainAccuracy: result.accuracy,
      judgedLoss: evaluation.loss, judgedAccuracy: evaluation.accuracy)
    history.append(metrics)
    if recipe.validation > 0,
      history.allSatisfy({ $0.epoch == metrics.epoch || $0.judgedAccuracy < metrics.judgedAccuracy })
    {
      best = (metrics.epoch, trainer.weights)
    }
    return metrics
  }

  /// The trained network.
  ///
  /// - Throws: `DataError.diverged` when a weight is no number.
  public func result() throws -> Network {
    var trainer = trainer
    if let best { trainer.weights = best.weights }
    return try trainer.trained()
  }
}

extension TrainingRun {
  /// What a checkpoint's text holds.
  private struct Content: Codable {
    var format = 1
    var network: String
    /// The text of a described network.
    var architecture: String?
    var pictures: Int
    var recipe: TrainingRecipe
    var position: TrainingPosition
    var history: [EpochMetrics]
    var bestEpoch: Int?
  }

  /// All that is needed to go on, as a safetensors file; the network's weights carry their own names in it.
  ///
  /// - Parameters:
  ///   - network: what the network is called, to find it again.
  ///   - architecture: the text of a described network.
  public func checkpoint(network: String, architecture: String? = nil) throws -> Safetensors {
    let content = Content(
      network: network, architecture: architecture,
      pictures: training.count + (recipe.validation > 0 ? judged.count : 0),
      recipe: recipe, position: trainer.position, history: history, bestEpoch: best?.epoch)
    var arrays = trainer.untrained.weights(filledWith: trainer.weights)
    for (index, moment) in trainer.moments.enumerated() {
      arrays.append(NamedArray(name: "optimizer.\(index)", dimensions: [moment.count], values: moment))
    }
    if let best {
      arrays.append(NamedArray(name: "best", dimensions: [best.weights.count], values: best.weights))
    }
    return Safetensors(arrays: arrays, metadata: ["checkpoint": try encodedJSON(content)])
  }

  /// The name of the network in a checkpoint.
  ///
  /// - Throws: `DataError.file` for a file that is no checkpoint.
  public static func networkName(inCheckpoint file: Safetensors, path: String) throws -> String {
    try content(file, path).network
  }

  /// The text of the described network in a checkpoint; `nil` for one that a plugin brings.
  ///
  /// - Throws: `DataError.file` for a file that is no checkpoint.
  public static func architecture(inCheckpoint file: Safetensors, path: String) throws -> String? {
    try content(file, path).architecture
  }

  /// Goes on where a checkpoint was written.
  ///
  /// - Throws: `DataError.file` for a file that is no checkpoint or one of another network or data set.
  public init(
    checkpoint file: Safetensors, path: String, network: Network, data: LabelledImages, test: LabelledImages
  ) throws {
    func problem(_ text: String) -> DataError { .file(path: path, problem: text) }
    let content = try Self.content(file, path)
    guard content.pictures == data.count else {
      throw problem("was made with \(content.pictures) training pictures, there are \(data.count) now")
    }
    var trainer = try Trainer(network: network, recipe: content.recipe)
    func values(_ name: String, _ count: Int) throws -> [Float] {
      guard let array = file.arrays.first(where: { $0.name == name }), array.values.count == count else {
        throw problem("'\(name)' is missing or is not of the network \(network.name)")
      }
      return array.values
    }
    trainer.weights = try network.weights.flatMap { try values($0.name, $0.values.count) }
    let count = trainer.weights.count
    trainer.moments = try trainer.moments.indices.map { try values("optimizer.\($0)", count) }
    guard content.position.isSound(recipe: content.recipe, pictures: data.count) else {
      throw problem("tells a place in the training that does not exist")
    }
    trainer.position = content.position
    try self.init(trainer, data, test)
    history = content.history
    if let epoch = content.bestEpoch { best = (epoch, try values("best", count)) }
  }

  private static func content(_ file: Safetensors, _ path: String) throws -> Content {
    guard let text = file.metadata["checkpoint"] else {
      throw DataError.file(path: path, problem: "is no checkpoint of a training")
    }
    do {
      return try decodedJSON(Content.self, from: text)
    } catch {
      throw DataError.file(path: path, problem: "its checkpoint cannot be read: \(error)")
    }
  }
}
