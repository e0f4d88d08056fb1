#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the learning rate goes over a training.
public enum LearningRateSchedule: String, Sendable, CaseIterable {
  case constant
  /// Half a cosine from the full rate to zero.
  case cosine
}

/// All settings of a training by stochastic gradient descent.
public struct TrainingRecipe: Sendable, Equatable {
  public var epochs = 100
  public var batchSize = 256
  public var learningRate: Float = 0.9
  /// Share of the last step that is kept; 0 is plain gradient descent.
  public var momentum: Float = 0
  /// Whether the gradient is taken where the momentum leads (Nesterov).
  public var nesterov = false
  /// Added to the gradient for every weight, times the weight (L2).
  public var weightDecay: Float = 0
  public var schedule = LearningRateSchedule.constant
  /// Epochs in which the rate rises linearly from zero.
  public var warmupEpochs = 0
  /// Mirrors half of the pictures.
  public var flips = false
  /// Moves every picture by up to so many pixels in each direction.
  public var shift = 0
  public var seed: UInt64 = 1

  public init() {}

  /// - Throws: `DataError.setting` for the first setting that makes no sense.
  public func validate() throws {
    let sizes = 1...1_000_000
    let problems: [(Bool, String)] = [
      (!sizes.contains(epochs), "epochs must be within 1...1,000,000, got \(epochs)"),
      (!sizes.contains(batchSize), "the batch size must be within 1...1,000,000, got \(batchSize)"),
      (
        !(learningRate > 0 && learningRate.isFinite), "the learning rate must be above 0, got \(learningRate)"
      ),
      (!(momentum >= 0 && momentum < 1), "momentum must be at least 0 and below 1, got \(momentum)"),
      (!(weightDecay >= 0 && weightDecay.isFinite), "weight decay must be at least 0, got \(weightDecay)"),
      (
        warmupEpochs < 0 || warmupEpochs > sizes.upperBound,
        "warm-up epochs must be within 0...1,000,000, got \(warmupEpochs)"
      ),
      (shift < 0 || shift > 14, "the shift must be within 0...14 pixels, got \(shift)"),
    ]
    if let problem = problems.first(where: \.0) { throw DataError.setting(problem.1) }
  }

  /// The rate of a step, counted from 0 over all epochs.
  func rate(step: Int, stepsOfEpoch: Int) -> Float {
    let total = Double(epochs * stepsOfEpoch)
    let warmup = Double(warmupEpochs * stepsOfEpoch)
    let rise = warmup > 0 ? min(1, Double(step + 1) / warmup) : 1
    let fall = schedule == .cosine ? 0.5 * (1 + cos(Double.pi * Double(step) / total)) : 1
    return learningRate * Float(rise * fall)
  }

  /// The recipe in words, for the metadata of a file of weights.
  public var summary: String {
    var parts = ["Xavier initialisation", "SGD", "batch \(batchSize)", "learning rate \(learningRate)"]
    if schedule != .constant { parts.append("\(schedule.rawValue) to zero") }
    if warmupEpochs > 0 { parts.append("\(warmupEpochs) epochs of warm-up") }
    if momentum > 0 { parts.append("\(nesterov ? "Nesterov " : "")momentum \(momentum)") }
    if weightDecay > 0 { parts.append("weight decay \(weightDecay)") }
    if flips { parts.append("flips") }
    if shift > 0 { parts.append("shifts of \(shift) px") }
    parts.append("\(epochs) epochs")
    parts.append("seed \(seed)")
    return parts.joined(separator: ", ")
  }
}
