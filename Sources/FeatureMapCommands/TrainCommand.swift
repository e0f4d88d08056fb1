import ArgumentParser
import Dispatch
import FeatureMap

/// `featuremap train`: a network from examples.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network on Fashion-MNIST and write its weights as safetensors.",
    usage: "featuremap train [<options>]",
    discussion: """
      Xavier initialisation, softmax cross-entropy. The same seed gives the same weights, whatever the number \
      of threads. The weights carry PyTorch's names and layout. After each epoch a checkpoint is written \
      beside the weights; Ctrl-C ends after the step that runs, and --resume goes on to the same bytes. Weights \
      and checkpoints that are there already are replaced with --force only.

      EXAMPLES:
        featuremap download fashion-mnist
        featuremap train --data fashion-mnist/ -o lenet.safetensors
        featuremap train --data fashion-mnist/ --recipe d2l --plot curves.png
        featuremap train --data fashion-mnist/ --validation 0.1 --early-stopping 10 --log-dir logs/
        featuremap train --data fashion-mnist/ --network small.json --learning-rate 0.05 -o small.safetensors
        featuremap train --data fashion-mnist/ --resume lenet.checkpoint.safetensors
        featuremap run shoe.png --model lenet.safetensors --layer conv1
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "What to train: lenet, lenet-relu, or a .json file with a list of layers. (default: lenet)",
      valueName: "name"))
  var network: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File for the weights, .safetensors; else called like the network, or like the checkpoint of --resume.",
      valueName: "path"))
  var output: String?

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @Option(
    help: ArgumentHelp(
      "Go on where this checkpoint was written; the network and the recipe are its own.", valueName: "path"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Where checkpoints go; beside the output when not given. It is removed when the training is done.",
      valueName: "path"))
  var checkpoint: String?

  @Flag(help: "Replace weights, or the checkpoint of another training, that are there already.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Draw loss and accuracies after each epoch, .png or .svg; may be repeated.", valueName: "path"))
  var plot: [String] = []

  @Option(
    help: ArgumentHelp("Write loss and accuracies as .csv or .jsonl; may be repeated.", valueName: "path"))
  var metrics: [String] = []

  @Option(
    help: ArgumentHelp("Write loss, accuracies and kernels for TensorBoard.", valueName: "folder"))
  var logDir: String?

  @Option(
    help: ArgumentHelp(
      "Draw the first layer's kernels after each epoch, all on one scale, and an animation (APNG) of them at the end.",
      valueName: "folder"))
  var kernelFrames: String?

  @Flag(help: "Print a chart of loss and accuracies when the training ends.")
  var chart = false

  @OptionGroup var plugins: PluginOptions

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, got \(threads)") }
  }

  /// Where the weights go.
  private var goal: String {
    if let output { return output }
    let ending = ".checkpoint.safetensors"
    if let resume, resume.hasSuffix(ending) { return resume.dropLast(ending.count) + ".safetensors" }
    return "\(baseName(of: network ?? "lenet")).safetensors"
  }

  /// The command that goes on from a checkpoint, with what this one was told.
  private func resumeCommand(_ checkpoint: String) throws -> String {
    let files: [(String, [String])] = [
      ("-o", [goal]), ("--resume", [checkpoint]), ("--plot", plot), ("--metrics", metrics),
      ("--log-dir", logDir.map { [$0] } ?? []), ("--kernel-frames", kernelFrames.map { [$0] } ?? []),
    ]
    let options =
      files.flatMap { option, values in values.map { "\(option) \(shellWord($0))" } }
      + (force ? ["--force"] : []) + (chart ? ["--chart"] : []) + (threads.map { ["--threads \($0)"] } ?? [])
    return (["featuremap train --data \(shellWord(try data.folder()))"] + options).joined(separator: " ")
  }

  func run() throws {
    if let threads { Threads.count = threads }
    var session = try prepare()
    Interruption.watch()
    do {
      try train(&session)
    } catch is Interruption.Wish {
      try save(session)
      let position = session.run.trainer.progress
      Console.note(
        """
        featuremap: stopped in epoch \(position.epoch) after step \(position.step); go on with
          \(try resumeCommand(session.checkpointPath))
        """)
      throw ExitCode(130)
    } catch let error as DataError {
      if !session.run.history.isEmpty {
        Console.note(
          "featuremap: the last good state, after epoch \(session.run.history.count), is the checkpoint "
            + session.checkpointPath)
      }
      throw error
    }
    try finish(session)
  }

  /// A training with all that belongs to it.
  private struct Session {
    var run: TrainingRun
    var outputs: TrainingOutputs
    let network: Network
    let networkName: String
    /// The text of a described network.
    let architecture: String?
    let checkpointPath: String
    let test: LabelledImages

    var judgedName: String { run.recipe.validation > 0 ? "validation" : "test" }
  }

  /// Reads and checks everything before the first step.
  private func prepare() throws -> Session {
    let file = try resume.map { path in (path: path, file: try Safetensors(path: path)) }
    let name =
      try file.map { try TrainingRun.networkName(inCheckpoint: $0.file, path: $0.path) } ?? network ?? "lenet"
    if let network, network != name {
      throw CommandError.choice("\(resume ?? "") is of the network \(name); leave --network \(network) out")
    }
    let seed = recipe.changed.seed
    let stored = try file.flatMap { try TrainingRun.architecture(inCheckpoint: $0.file, path: $0.path) }
    let architecture =
      try stored.map { try NetworkFile(text: $0, source: resume ?? name) }
      ?? (fileExtension(of: name) == "json" ? NetworkFile(path: name) : nil)
    let registry = try makeRegistry(plugins)
    let untrained =
      try architecture?.network(registry, seed: seed, classes: fashionMNISTClasses)
      ?? registry.network(named: name).untrained(seed: seed)
    let training = try data.load(.train, classCount: untrained.classes.count)
    let test = try data.load(.test, classCount: untrained.classes.count)
    try checkSize(training, untrained)
    try checkSize(test, untrained)
    var run: TrainingRun
    if let file {
      run = try TrainingRun(
        checkpoint: file.file, path: file.path, network: untrained, data: training, test: test)
      try recipe.check(against: run.recipe)
    } else {
      run = try TrainingRun(network: untrained, recipe: recipe.changed, data: training, test: test)
    }
    let checkpointPath = checkpoint ?? resume ?? "\(withoutExtension(goal)).checkpoint.safetensors"
    let outputs = try prepareOutputs(checkpointPath, validated: run.recipe.validation > 0)
    print(
      "\(untrained.name): \(grouped(untrained.parameterCount)) parameters, "
        + "\(grouped(run.trainingCount)) training and \(grouped(run.judgedCount)) "
        + "\(run.recipe.validation > 0 ? "validation" : "test") pictures"
        + (file == nil ? "" : ", \(run.trainer.epoch) epoch\(run.trainer.epoch == 1 ? "" : "s") done"))
    return Session(
      run: run, outputs: outputs, network: untrained, networkName: name,
      architecture: architecture?.text, checkpointPath: checkpointPath,
      test: test)
  }

  private func prepareOutputs(_ checkpointPath: String, validated: Bool) throws -> TrainingOutputs {
    if isFolder(goal) { throw CommandError.choice("\(goal) is a folder; name a file for the weights") }
    guard fileExtension(of: goal) == "safetensors" else {
      throw CommandError.choice("\(goal): weights go into a file that ends in .safetensors")
    }
    if goal == checkpointPath || isSameFile(goal, checkpointPath) {
      throw CommandError.choice("\(goal) is the checkpoint; name another file for the weights")
    }
    if !force { try refuseToReplace(checkpointPath) }
    var outputs = TrainingOutputs()
    outputs.plots = plot
    outputs.metrics = metrics
    outputs.logFolder = logDir
    outputs.frameFolder = kernelFrames
    outputs.judgedName = validated ? "validation" : "test"
    for path in [goal, checkpointPath] + outputs.files {
      try OutputPlace.prepare(path)
      let described = network.map { fileExtension(of: $0) == "json" ? [$0] : [] } ?? []
      try OutputPlace.protect(try data.files() + described, from: path)
      try checkWritable(path)
    }
    try outputs.prepare()
    return outputs
  }

  /// Trained weights are hours of work, and so is the checkpoint of a training that was stopped.
  ///
  /// - Throws: `CommandError.choice` where one of them is there already, other than the checkpoint to go on from.
  private func refuseToReplace(_ checkpointPath: String) throws {
    if fileExists(goal) {
      throw CommandError.choice(
        "\(goal) is there already; name another file with -o, or replace it with --force")
    }
    guard fileExists(checkpointPath), resume.map({ isSameFile($0, checkpointPath) }) != true else { return }
    throw CommandError.choice(
      "\(checkpointPath) is there already, of a training that was not finished; go on with --resume "
        + "\(shellWord(checkpointPath)), or replace it with --force")
  }

  private func train(_ session: inout Session) throws {
    while !session.run.isFinished {
      let start = DispatchTime.now().uptimeNanoseconds
      // Where a training goes on, a part of the epoch is done already.
      let already = min(
        session.run.trainer.progress.step * session.run.recipe.batchSize, session.run.trainingCount)
      let metrics = try epoch(&session)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      let rate = Int(Double(session.run.trainingCount - already) / max(seconds, 1e-9))
      print(
        "epoch \(metrics.epoch)/\(session.run.recipe.epochs)"
          + "  loss \(formatted(metrics.trainLoss, fractionDigits: 4))"
          + "  train \(formatted(metrics.trainAccuracy, fractionDigits: 4))"
          + "  \(session.judgedName) \(formatted(metrics.judgedAccuracy, fractionDigits: 4))"
          + "  \(grouped(rate)) examples/s")
      Console.flush()
      try save(session)
      try session.outputs.write(session.run.history, try session.run.trainer.trained())
    }
  }

  private func save(_ session: Session) throws {
    let file = try session.run.checkpoint(
      network: session.networkName, architecture: session.architecture)
    try writeFile(try file.encoded(), to: session.checkpointPath)
  }

  /// One epoch with a bar on a terminal.
  private func epoch(_ session: inout Session) throws -> EpochMetrics {
    var bar = TrainingBar(epochs: session.run.recipe.epochs, pictures: session.run.trainingCount)
    defer { bar.clear() }
    return try session.run.runEpoch { progress in
      bar.show(progress)
      try Interruption.check()
    }
  }

  private func finish(_ session: Session) throws {
    let network = try session.run.result()
    let test = try Evaluation(of: network, on: session.test)
    if session.run.isPatienceOver {
      print("stopped early: no better validation accuracy in \(session.run.recipe.patience) epochs")
    }
    let file = Safetensors(
      arrays: network.weights, metadata: try metadata(session, network, test))
    try writeFile(try file.encoded(), to: goal)
    if !isSameFile(goal, session.checkpointPath) { removeFile(session.checkpointPath) }
    if chart { print(session.outputs.terminalChart(session.run.history, width: Console.width)) }
    try session.outputs.finish()
    let kept = session.run.recipe.validation > 0 ? ", weights of epoch \(session.run.resultEpoch)" : ""
    print("\(goal): test accuracy \(formatted(test.accuracy, fractionDigits: 4))\(kept)")
    if test.accuracy < 1.5 / Double(max(network.classes.count, 1)) {
      Console.note("featuremap: the network is hardly better than chance; a smaller learning rate may help")
    }
  }

  private func checkSize(_ images: LabelledImages, _ network: Network) throws {
    guard let shape = network.inputShape,
      shape != Shape(channels: 1, height: images.height, width: images.width)
    else { return }
    throw NetworkError.inputShape(
      got: "1x\(images.height)x\(images.width)", expected: "\(shape)", network: network.name)
  }

  private func metadata(
    _ session: Session, _ network: Network, _ test: Evaluation
  ) throws -> [String: String] {
    var metadata = [
      "program": "featuremap \(programVersion)",
      "network": session.networkName,
      "classes": try json(network.classes, pretty: false),
      "preprocessing": "grey, 28x28, light on dark, values 0...1 (pixel / 255)",
      "recipe": session.run.recipe.summary,
      "seed": "\(session.run.recipe.seed)",
      "data":
        "\(grouped(session.run.trainingCount)) training pictures of the folder \(try data.folderName())",
      "test_accuracy": formatted(test.accuracy, fractionDigits: 4),
    ]
    if let architecture = session.architecture { metadata["architecture"] = architecture }
    if let epoch = session.run.history.first(where: { $0.epoch == session.run.resultEpoch }) {
      metadata["train_loss"] = formatted(epoch.trainLoss, fractionDigits: 4)
      metadata["train_accuracy"] = formatted(epoch.trainAccuracy, fractionDigits: 4)
      if session.run.recipe.validation > 0 {
        metadata["validation_accuracy"] = formatted(epoch.judgedAccuracy, fractionDigits: 4)
      }
    }
    return metadata
  }
}
