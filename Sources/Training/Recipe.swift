#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a step is made of a gradient.
public enum Optimizer: String, Sendable, CaseIterable, Codable {
  /// Stochastic gradient descent with momentum, as PyTorch's `SGD`.
  case sgd
  /// Kingma and Ba, "Adam", 2015, with 0.9, 0.999 and 1e-8; weight decay is added to the gradient.
  case adam
  /// The same with weight decay beside it: Loshchilov and Hutter, 2019.
  case adamw

  var name: String {
    switch self {
    case .sgd: "SGD"
    case .adam: "Adam"
    case .adamw: "AdamW"
    }
  }

  /// Numbers that are kept for every weight.
  var momentCount: Int { self == .sgd ? 1 : 2 }
}

/// How the learning rate goes over a training.
public enum LearningRateSchedule: String, Sendable, CaseIterable, Codable {
  case constant
  /// A factor after every so many epochs.
  case step
  /// Half a cosine from the full rate to zero.
  case cosine
}

/// All settings of a training.
public struct TrainingRecipe: Sendable, Equatable, Codable {
  public var epochs = 60
  public var batchSize = 256
  public var optimizer = Optimizer.sgd
  public var learningRate: Float = 0.4
  /// Share of the last step that is kept; 0 is plain gradient descent.
  public var momentum: Float = 0.9
  /// Whether the gradient is taken where the momentum leads (Nesterov).
  public var nesterov = true
  /// Added to the gradient for every weight, times the weight (L2).
  public var weightDecay: Float = 0.00002
  public var schedule = LearningRateSchedule.cosine
  /// For `step`: epochs between two changes of the rate, and the factor.
  public var stepEpochs = 30
  public var stepFactor: Float = 0.1
  /// Epochs in which the rate rises linearly from zero.
  public var warmupEpochs = 2
  /// Share of the target that goes to all classes alike (label smoothing).
  public var labelSmoothing: Double = 0
  /// Mirrors half of the pictures.
  public var flips = true
  /// Moves every picture by up to so many pixels in each direction.
  public var shift = 1
  /// Share of the pictures that change in form: proportions, shear, a small turn.
  public var warps: Float = 0
  /// Share of the pictures that get another brightness and contrast.
  public var tones: Float = 0
  /// Share of the pictures that get a rectangle of one grey, or lose one.
  public var patches: Float = 0
  /// Share of the training pictures that is kept aside to judge by; 0 keeps none.
  public var validation: Double = 0
  /// Ends when the validation accuracy has not risen for so many epochs; 0 never does.
  public var patience = 0
  public var seed: UInt64 = 1

  /// What makes a good LeNet in about a minute.
  public init() {}

  /// The chapter's: Xavier, SGD 0.9, batch 1024, 100 epochs. Source: Dive into Deep Learning 6.6.
  public static var d2l: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.epochs = 100
    recipe.batchSize = 1024
    recipe.learningRate = 0.9
    recipe.momentum = 0
    recipe.nesterov = false
    recipe.weightDecay = 0
    recipe.schedule = .constant
    recipe.warmupEpochs = 0
    recipe.flips = false
    recipe.shift = 0
    return recipe
  }

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
      (!sizes.contains(stepEpochs), "step epochs must be within 1...1,000,000, got \(stepEpochs)"),
      (
        !(stepFactor > 0 && stepFactor <= 1),
        "the step factor must be above 0 and at most 1, got \(stepFactor)"
      ),
      (
        warmupEpochs < 0 || warmupEpochs > sizes.upperBound,
        "warm-up epochs must be within 0...1,000,000, got \(warmupEpochs)"
      ),
      (
        !(labelSmoothing >= 0 && labelSmoothing < 1),
        "label smoothing must be at least 0 and below 1, got \(labelSmoothing)"
      ),
      (shift < 0 || shift > 14, "the shift must be within 0...14 pixels, got \(shift)"),
      (!(0...1).contains(warps), "the share of warps must be within 0...1, got \(warps)"),
      (!(0...1).contains(tones), "the share of tones must be within 0...1, got \(tones)"),
      (!(0...1).contains(patches), "the share of patches must be within 0...1, got \(patches)"),
      (
        !(validation >= 0 && validation <= 0.9),
        "the validation share must be within 0...0.9, got \(validation)"
      ),
      (
        patience < 0 || patience > sizes.upperBound,
        "early stopping must be within 0...1,000,000 epochs, got \(patience)"
      ),
      (patience > 0 && validation == 0, "early stopping needs pictures to judge by: set a validation share"),
    ]
    if let problem = problems.first(where: \.0) { throw DataError.setting(problem.1) }
  }

  /// The rate of a step, counted from 0 over all epochs.
  func rate(step: Int, stepsOfEpoch: Int) -> Float {
    let total = Double(epochs * stepsOfEpoch)
    let warmup = Double(warmupEpochs * stepsOfEpoch)
    let rise = warmup > 0 ? min(1, Double(step + 1) / warmup) : 1
    let fall =
      switch schedule {
      case .constant: 1.0
      case .step: pow(Double(stepFactor), Double(step / (stepEpochs * stepsOfEpoch)))
      case .cosine: 0.5 * (1 + cos(Double.pi * Double(step) / total))
      }
    return learningRate * Float(rise * fall)
  }

  /// The recipe in words, for the metadata of a file of weights.
  public var summary: String {
    var parts = [
      "Xavier initialisation", optimizer.name, "batch \(batchSize)", "learning rate \(learningRate)",
    ]
    switch schedule {
    case .constant: break
    case .step: parts.append("times \(stepFactor) every \(stepEpochs) epochs")
    case .cosine: parts.append("cosine to zero")
    }
    if warmupEpochs > 0 { parts.append("\(warmupEpochs) epochs of warm-up") }
    if optimizer == .sgd && momentum > 0 {
      parts.append("\(nesterov ? "Nesterov " : "")momentum \(momentum)")
    }
    if weightDecay > 0 { parts.append("weight decay \(weightDecay)") }
    if labelSmoothing > 0 { parts.append("label smoothing \(labelSmoothing)") }
    if flips { parts.append("flips") }
    if shift > 0 { parts.append("shifts of \(shift) px") }
    if warps > 0 { parts.append("\(warps) of the pictures warped") }
    if tones > 0 { parts.append("\(tones) with other tones") }
    if patches > 0 { parts.append("\(patches) with patches") }
    if validation > 0 { parts.append("\(validation) of the pictures for validation") }
    if patience > 0 { parts.append("early stopping after \(patience) epochs") }
    parts.append("\(epochs) epochs")
    parts.append("seed \(seed)")
    return parts.joined(separator: ", ")
  }
}
