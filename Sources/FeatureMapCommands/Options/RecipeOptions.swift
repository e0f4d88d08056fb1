import ArgumentParser
import FeatureMap

/// A recipe to start from.
enum RecipeName: String, ExpressibleByArgument, CaseIterable {
  /// What makes a good network in about a minute.
  case good
  /// The chapter's.
  case d2l

  var recipe: TrainingRecipe { self == .good ? TrainingRecipe() : .d2l }
}

extension Optimizer: ExpressibleByArgument {}
extension LearningRateSchedule: ExpressibleByArgument {}

/// How a network is trained: a named recipe, and what is changed of it.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "good: SGD with Nesterov momentum 0.9, batch 256, rate 0.4 on a cosine with 2 epochs of warm-up, weight "
        + "decay 0.00002, flips, shifts of 1 pixel, 60 epochs. d2l: the chapter's plain SGD, batch 1024, rate 0.9, "
        + "100 epochs. The options below change it. (default: good)", valueName: "good|d2l"))
  var recipe: RecipeName?

  @Option(parsing: .unconditional, help: ArgumentHelp("Passes over the training pictures.", valueName: "n"))
  var epochs: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Pictures of a step.", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("How a step is made of a gradient.", valueName: "sgd|adam|adamw"))
  var optimizer: Optimizer?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Learning rate; ReLU wants about 0.05, Adam 0.001.", valueName: "rate"))
  var learningRate: Float?

  @Option(parsing: .unconditional, help: ArgumentHelp("Momentum of SGD, 0 for none.", valueName: "share"))
  var momentum: Float?

  @Flag(inversion: .prefixedNo, help: "Take the gradient where the momentum leads.")
  var nesterov: Bool?

  @Option(parsing: .unconditional, help: ArgumentHelp("Weight decay (L2).", valueName: "factor"))
  var weightDecay: Float?

  @Option(help: ArgumentHelp("How the learning rate goes.", valueName: "constant|step|cosine"))
  var schedule: LearningRateSchedule?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("For --schedule step: epochs between changes.", valueName: "n"))
  var stepEpochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("For --schedule step: the factor of a change.", valueName: "factor"))
  var stepFactor: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Epochs in which the learning rate rises from zero.", valueName: "n"))
  var warmupEpochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Share of the target for all classes alike.", valueName: "share"))
  var labelSmoothing: Double?

  @Flag(inversion: .prefixedNo, help: "Mirror half of the pictures.")
  var flips: Bool?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Move pictures by up to so many pixels.", valueName: "px"))
  var shift: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the pictures to warp: each axis scaled by 0.75...1.1, sheared and turned by up to 7 degrees.",
      valueName: "share"))
  var warps: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the pictures that get another brightness and contrast; black stays black.", valueName: "share"
    ))
  var tones: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the pictures that get a rectangle of one grey or of black, 1/10 to 1/3 of a side.",
      valueName: "share"))
  var patches: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the training pictures to judge by instead of the test pictures; the best epoch's weights are kept.",
      valueName: "share"))
  var validation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End when the validation accuracy has not risen for so many epochs.", valueName: "n"))
  var earlyStopping: Int?

  @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    do { try changed.validate() } catch { throw ValidationError("\(error)") }
  }

  /// The recipe asked for.
  var changed: TrainingRecipe {
    var result = (recipe ?? .good).recipe
    for change in changes { change.apply(&result) }
    return result
  }

  /// An option that was given.
  private struct Change {
    let option: String
    let apply: (inout TrainingRecipe) -> Void
  }

  private var changes: [Change] {
    func change<Value>(
      _ option: String, _ path: WritableKeyPath<TrainingRecipe, Value>, _ value: Value?
    ) -> Change? {
      value.map { value in Change(option: option) { $0[keyPath: path] = value } }
    }
    return [
      change("--epochs", \.epochs, epochs), change("--batch-size", \.batchSize, batchSize),
      change("--optimizer", \.optimizer, optimizer), change("--learning-rate", \.learningRate, learningRate),
      change("--momentum", \.momentum, momentum), change("--nesterov", \.nesterov, nesterov),
      change("--weight-decay", \.weightDecay, weightDecay), change("--schedule", \.schedule, schedule),
      change("--step-epochs", \.stepEpochs, stepEpochs), change("--step-factor", \.stepFactor, stepFactor),
      change("--warmup-epochs", \.warmupEpochs, warmupEpochs),
      change("--label-smoothing", \.labelSmoothing, labelSmoothing), change("--flips", \.flips, flips),
      change("--shift", \.shift, shift), change("--warps", \.warps, warps),
      change("--tones", \.tones, tones), change("--patches", \.patches, patches),
      change("--validation", \.validation, validation),
      change("--early-stopping", \.patience, earlyStopping), change("--seed", \.seed, seed),
    ].compactMap { $0 }
  }

  /// - Throws: `CommandError.choice` for an option that a resumed training does not have.
  func check(against resumed: TrainingRecipe) throws {
    if let recipe, recipe.recipe != resumed {
      throw CommandError.choice("a resumed training keeps its recipe; leave --recipe \(recipe.rawValue) out")
    }
    for change in changes {
      var other = resumed
      change.apply(&other)
      guard other == resumed else {
        throw CommandError.choice("a resumed training keeps its recipe; leave \(change.option) out")
      }
    }
  }
}
