import ArgumentParser
import Dispatch
import FeatureMap

/// `featuremap train`: a network from examples.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train LeNet on Fashion-MNIST and write its weights as safetensors.",
    discussion: """
      Xavier initialisation and stochastic gradient descent on softmax cross-entropy. The same seed gives \
      the same weights, whatever the number of threads. The weights carry PyTorch's names and layout.

      EXAMPLES:
        featuremap train --data fashion-mnist/ -o lenet.safetensors
        featuremap train --data fashion-mnist/ --epochs 20 --batch-size 256 --learning-rate 0.9
        featuremap run shoe.png --model lenet.safetensors --layer conv1
      """)

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("The network's architecture.", valueName: "name"))
  var network = "lenet"

  @Option(name: .shortAndLong, help: ArgumentHelp("File for the weights.", valueName: "path"))
  var output = "lenet.safetensors"

  @Option(help: "Passes over the training set.")
  var epochs = 100

  @Option(help: "Examples of a step.")
  var batchSize = 256

  @Option(help: "Learning rate.")
  var learningRate: Float = 0.9

  @Option(help: "Momentum, 0 for none.")
  var momentum: Float = 0

  @Flag(help: "Take the gradient where the momentum leads.")
  var nesterov = false

  @Option(help: "Weight decay (L2).")
  var weightDecay: Float = 0

  @Option(help: "constant, or cosine to zero.")
  var schedule = LearningRateSchedule.constant

  @Option(help: "Epochs in which the learning rate rises from zero.")
  var warmupEpochs = 0

  @Flag(help: "Mirror half of the pictures.")
  var flips = false

  @Option(help: ArgumentHelp("Move pictures by up to so many pixels.", valueName: "px"))
  var shift = 0

  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, got \(threads)") }
    do { try recipe.validate() } catch { throw ValidationError("\(error)") }
  }

  private var recipe: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.epochs = epochs
    recipe.batchSize = batchSize
    recipe.learningRate = learningRate
    recipe.momentum = momentum
    recipe.nesterov = nesterov
    recipe.weightDecay = weightDecay
    recipe.schedule = schedule
    recipe.warmupEpochs = warmupEpochs
    recipe.flips = flips
    recipe.shift = shift
    recipe.seed = seed
    return recipe
  }

  func run() throws {
    if let threads { Threads.count = threads }
    let factory = try makeRegistry().network(named: network)
    let untrained = try factory.untrained(seed: seed)
    let training = try data.load(.train, classCount: untrained.classes.count)
    let test = try data.load(.test, classCount: untrained.classes.count)
    try checkSize(training, untrained)
    try checkSize(test, untrained)
    if isFolder(output) { throw CommandError.choice("\(output) is a folder; name a file for the weights") }
    try OutputPlace.prepare(output)
    try OutputPlace.protect(try data.files(), from: output)
    try checkWritable(output)
    print(
      "\(untrained.name): \(grouped(untrained.parameterCount)) parameters, "
        + "\(grouped(training.count)) training and \(grouped(test.count)) test pictures")

    var trainer = try Trainer(network: untrained, recipe: recipe)
    var last: (training: Trainer.EpochResult, test: Evaluation)?
    for _ in 0..<epochs {
      let result = try epoch(&trainer, training)
      let evaluation = try Evaluation(of: trainer.network, on: test)
      print(
        "epoch \(result.training.epoch)/\(epochs)  loss \(formatted(result.training.loss, fractionDigits: 4))"
          + "  train \(formatted(result.training.accuracy, fractionDigits: 4))"
          + "  test \(formatted(evaluation.accuracy, fractionDigits: 4))"
          + "  \(grouped(result.examplesPerSecond)) examples/s")
      Console.flush()
      last = (result.training, evaluation)
    }
    guard let last else { return }
    let file = Safetensors(
      arrays: trainer.network.weights, metadata: try metadata(trainer, last.training, last.test))
    try writeFile(try file.encoded(), to: output)
    print("\(output): test accuracy \(formatted(last.test.accuracy, fractionDigits: 4))")
  }

  private func checkSize(_ images: LabelledImages, _ network: Network) throws {
    guard let shape = network.inputShape,
      shape != Shape(channels: 1, height: images.height, width: images.width)
    else { return }
    throw NetworkError.inputShape(
      got: "1x\(images.height)x\(images.width)", expected: "\(shape)", network: network.name)
  }

  /// One epoch with a bar on a terminal.
  private func epoch(
    _ trainer: inout Trainer, _ images: LabelledImages
  ) throws -> (training: Trainer.EpochResult, examplesPerSecond: Int) {
    let start = DispatchTime.now().uptimeNanoseconds
    var shownAt: UInt64 = 0
    let shows = Console.showsProgress
    func seconds() -> Double { Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
    let epochs = epochs
    let result = try trainer.runEpoch(on: images) { progress in
      let now = DispatchTime.now().uptimeNanoseconds
      guard shows, now - shownAt > 100_000_000 || progress.step == progress.steps else { return }
      shownAt = now
      let filled = progress.step * 20 / progress.steps
      let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
      let rate = Double(progress.examples) / max(seconds(), 1e-9)
      Console.progress(
        "\r\u{1B}[Kepoch \(progress.epoch)/\(epochs) [\(bar)] loss "
          + "\(formatted(progress.loss, fractionDigits: 4)) train "
          + "\(formatted(progress.accuracy, fractionDigits: 4)) \(grouped(Int(rate))) examples/s")
    }
    let rate = Double(result.examples) / max(seconds(), 1e-9)
    if shows { Console.progress("\r\u{1B}[K") }
    return (result, Int(rate))
  }

  private func metadata(
    _ trainer: Trainer, _ training: Trainer.EpochResult, _ test: Evaluation
  ) throws -> [String: String] {
    [
      "program": "featuremap \(programVersion)",
      "network": network,
      "classes": try json(trainer.network.classes, pretty: false),
      "preprocessing": "grey, 28x28, light on dark, values 0...1 (pixel / 255)",
      "recipe": recipe.summary,
      "seed": "\(seed)",
      "data": "\(grouped(training.examples)) training pictures of the folder \(try data.folderName())",
      "train_loss": formatted(training.loss, fractionDigits: 4),
      "train_accuracy": formatted(training.accuracy, fractionDigits: 4),
      "test_accuracy": formatted(test.accuracy, fractionDigits: 4),
    ]
  }
}
