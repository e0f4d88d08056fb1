import FileAccess
import Layers
import LeNet
import Networks
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Training

@Suite("Trainer", .serialized)
struct TrainerTests {
  private func trained(
    _ data: LabelledImages, seed: UInt64 = 1, epochs: Int = 1, _ change: (inout TrainingRecipe) -> Void
  ) throws -> Network {
    var recipe = plainRecipe()
    recipe.seed = seed
    change(&recipe)
    var trainer = try Trainer(network: try makeLeNet(seed: seed), recipe: recipe)
    for _ in 0..<epochs { _ = try trainer.runEpoch(on: data) }
    return try trainer.trained()
  }

  @Test(
    "three steps are PyTorch's SGD, with momentum, Nesterov and weight decay",
    arguments: ["plain", "momentum", "nesterov", "decay"])
  func steps(kind: String) throws {
    // Made by NetworksTests/Scripts/make_pytorch_fixtures.py.
    let file = try Safetensors(
      path: joinPath(parentFolder(of: #filePath), "Fixtures/sgd_steps.safetensors"))
    func values(_ name: String) throws -> [Float] { try file.array(named: name).values }
    let layer = Linear(
      weight: Tensor(
        shape: Shape(batch: 3, channels: 4, height: 1, width: 1), values: try values("start.weight")),
      bias: try values("start.bias"))
    let network = try Network(name: "n", chain: [("flatten", Flatten()), ("fc", layer)])
    let data = LabelledImages(
      height: 2, width: 2, pixels: try values("pixels").map { UInt8($0) },
      labels: try values("labels").map { UInt8($0) })
    var recipe = plainRecipe()
    recipe.epochs = 3
    recipe.batchSize = 6
    recipe.learningRate = 0.3
    recipe.momentum = ["plain": 0, "momentum": 0.9, "nesterov": 0.8, "decay": 0.5][kind] ?? 0
    recipe.nesterov = kind == "nesterov"
    recipe.weightDecay = kind == "decay" ? 0.01 : 0
    var trainer = try Trainer(network: network, recipe: recipe)
    for _ in 0..<3 { _ = try trainer.runEpoch(on: data) }
    let weights = try trainer.trained().weights
    expectClose(weights[0].values, try values("\(kind).weight"), tolerance: 2e-6)
    expectClose(weights[1].values, try values("\(kind).bias"), tolerance: 2e-6)
  }

  @Test("one step of plain descent is the weights less rate times gradient")
  func oneStep() throws {
    let data = barPictures(20)
    let before = try makeLeNet(seed: 4)
    let gradients = try before.gradients(for: data.batch(Array(0..<20))) {
      try crossEntropy($0, labels: data.labels.map(Int.init)).gradient
    }
    let after = try trained(data, seed: 4) { $0.learningRate = 0.5 }
    for (index, array) in before.weights.enumerated() {
      let expected = zip(array.values, gradients[index]).map { $0 - 0.5 * $1 }
      expectClose(after.weights[index].values, expected, tolerance: 1e-6, "\(array.name)")
    }
    #expect(after.weights != before.weights)
  }

  @Test("eight pictures are learned by heart")
  func overfit() throws {
    let data = barPictures(8)
    var recipe = plainRecipe()
    recipe.batchSize = 8
    recipe.learningRate = 0.3
    recipe.momentum = 0.9
    recipe.epochs = 800
    var trainer = try Trainer(network: try makeLeNet(seed: 1), recipe: recipe)
    var last = try trainer.runEpoch(on: data)
    #expect(last.loss > 1)
    while last.epoch < recipe.epochs && last.loss > 0.01 { last = try trainer.runEpoch(on: data) }
    #expect(last.loss <= 0.01, "after \(last.epoch) epochs")
    #expect(last.accuracy == 1)
    let evaluation = try Evaluation(of: try trainer.trained(), on: data)
    #expect(evaluation.accuracy == 1)
    #expect(evaluation.loss < 0.02)
  }

  @Test("the same seed gives the same bytes for one thread and two, another seed others")
  func determinism() throws {
    let data = barPictures(150, seed: 3)
    func bytes(seed: UInt64, threads: Int) throws -> [UInt8] {
      Threads.count = threads
      let network = try trained(data, seed: seed, epochs: 2) {
        $0.batchSize = 140
        $0.momentum = 0.9
        $0.flips = true
        $0.shift = 2
        $0.warps = 0.5
        $0.tones = 0.5
        $0.patches = 0.5
      }
      return try Safetensors(arrays: network.weights).encoded()
    }
    let before = Threads.count
    defer { Threads.count = before }
    let one = try bytes(seed: 1, threads: 1)
    #expect(try bytes(seed: 1, threads: 2) == one)
    #expect(try bytes(seed: 1, threads: 1) == one)
    #expect(try bytes(seed: 2, threads: 2) != one)
  }

  @Test("an epoch sees every picture once, the last batch is what is left, progress counts up")
  func progress() throws {
    var recipe = plainRecipe()
    recipe.batchSize = 8
    recipe.learningRate = 0.1
    var trainer = try Trainer(network: try makeLeNet(seed: 1), recipe: recipe)
    var examples: [Int] = []
    var last: Trainer.Progress?
    let result = try trainer.runEpoch(on: barPictures(20)) {
      examples.append($0.examples)
      last = $0
    }
    #expect(examples == [8, 16, 20])
    #expect(last?.step == 3 && last?.steps == 3 && last?.epoch == 1)
    #expect(result.examples == 20 && result.epoch == 1)
    #expect(result.loss == last?.loss && result.accuracy == last?.accuracy)
    #expect(try trainer.runEpoch(on: barPictures(20)).epoch == 2)
  }

  @Test("a loss or a weight that is no number stops the training and says where", arguments: [1e38, 3e38])
  func diverges(rate: Float) throws {
    var recipe = plainRecipe()
    recipe.batchSize = 4
    recipe.learningRate = rate
    recipe.momentum = 0.9
    let error = try #require(throws: DataError.self) {
      var trainer = try Trainer(network: try makeLeNet(seed: 1), recipe: recipe)
      for _ in 0..<50 { _ = try trainer.runEpoch(on: barPictures(8)) }
    }
    guard case .diverged = error else {
      Issue.record("\(error)")
      return
    }
    #expect(
      "\(DataError.diverged(epoch: 2, step: 3))"
        == "the loss is no number any more (epoch 2, step 3); try a smaller learning rate")
  }

  @Test("a recipe that makes no sense is refused")
  func badRecipe() throws {
    var recipe = plainRecipe()
    recipe.batchSize = 0
    #expect(throws: DataError.setting("the batch size must be within 1...1,000,000, got 0")) {
      try Trainer(network: try makeLeNet(seed: 1), recipe: recipe)
    }
  }

  @Test("an epoch that was interrupted goes on as if it had not been")
  func interruption() throws {
    struct Stop: Error {}
    let data = barPictures(100)
    let recipe = plainRecipe {
      $0.batchSize = 16
      $0.flips = true
      $0.momentum = 0.9
    }
    var whole = try Trainer(network: try makeLeNet(seed: 1), recipe: recipe)
    let results = try (0..<2).map { _ in try whole.runEpoch(on: data) }
    var broken = try Trainer(network: try makeLeNet(seed: 1), recipe: recipe)
    #expect(throws: Stop.self) {
      try broken.runEpoch(on: data) { if $0.step == 3 { throw Stop() } }
    }
    #expect(broken.progress == (1, 3))
    for expected in results {
      let result = try broken.runEpoch(on: data)
      #expect(result.loss == expected.loss && result.accuracy == expected.accuracy)
      #expect(result.examples == 100)
    }
    #expect(broken.weights == whole.weights)
  }
}

@Suite("Optimisers")
struct OptimizerTests {
  /// Three steps of PyTorch 2.15's optimisers from [1, -2, 0.5] at rate 0.1.
  @Test(
    "three steps are PyTorch's",
    arguments: [
      (Optimizer.sgd, Float(0), false, Float(0), [Float(0.98), -1.95, 0.49]),
      (.sgd, 0.9, false, 0.01, [0.88009477, -1.7951394, 0.46252239]),
      (.sgd, 0.9, true, 0.01, [0.86946553, -1.7602507, 0.45489255]),
      (.adam, 0, false, 0.01, [0.80721581, -1.8318349, 0.37576488]),
      (.adamw, 0, false, 0.5, [0.68146622, -1.5634032, 0.31861156]),
    ])
  func steps(optimizer: Optimizer, momentum: Float, nesterov: Bool, decay: Float, expected: [Float]) {
    let recipe = plainRecipe {
      $0.optimizer = optimizer
      $0.momentum = momentum
      $0.nesterov = nesterov
      $0.weightDecay = decay
    }
    var weights: [Float] = [1, -2, 0.5]
    var first: [Float] = [0, 0, 0]
    var second: [Float] = [0, 0, 0]
    let gradients: [[Float]] = [[0.5, -1, 0.25], [0.1, 0.3, -0.2], [-0.4, 0.2, 0.05]]
    for (step, gradient) in gradients.enumerated() {
      var gradient = gradient
      weights.withUnsafeMutableBufferPointer { weights in
        gradient.withUnsafeMutableBufferPointer { gradient in
          first.withUnsafeMutableBufferPointer { first in
            second.withUnsafeMutableBufferPointer { second in
              WeightUpdate(recipe: recipe, rate: 0.1, step: step + 1)(
                weights, gradients: gradient, moments: [first, second])
            }
          }
        }
      }
    }
    expectClose(weights, expected, tolerance: 2e-6)
  }
}

@Suite("Evaluation")
struct EvaluationTests {
  @Test("accuracy, precision and recall of a confusion made by hand")
  func metrics() {
    let evaluation = Evaluation(confusion: [[5, 1, 0], [2, 2, 0], [0, 0, 0]], loss: 0.5)
    #expect(evaluation.count == 10)
    #expect(evaluation.accuracy == 0.7)
    #expect(evaluation.precision(0) == 5.0 / 7)
    #expect(evaluation.precision(1) == 2.0 / 3)
    #expect(evaluation.precision(2) == nil)
    #expect(evaluation.recall(0) == 5.0 / 6)
    #expect(evaluation.recall(1) == 0.5)
    #expect(evaluation.recall(2) == nil)
  }

  /// Pictures of three pixels, whose brightest is the network's answer.
  private func data(_ answers: [Int], labels: [UInt8]) -> LabelledImages {
    LabelledImages(
      height: 1, width: 3,
      pixels: answers.flatMap { answer in (0..<3).map { UInt8($0 == answer ? 255 : 0) } }, labels: labels)
  }

  private func network() throws -> Network {
    try Network(name: "n", chain: [("flatten", Flatten())])
  }

  @Test("answers are counted by label over several tiles, and the loss is the mean")
  func counts() throws {
    let answers = (0..<40).map { $0 % 3 }
    let labels = (0..<40).map { UInt8($0 < 30 ? $0 % 3 : 0) }
    let evaluation = try Evaluation(of: try network(), on: data(answers, labels: labels))
    #expect(evaluation.confusion == [[14, 3, 3], [0, 10, 0], [0, 0, 10]])
    #expect(evaluation.accuracy == 34.0 / 40)
    // -log(e / (e + 2)) where the answer is right, -log(1 / (e + 2)) where it is wrong.
    #expect(abs(evaluation.loss - (0.5514447 * 34 + 1.5514447 * 6) / 40) < 1e-5)
  }

  @Test("a label that the network does not know is refused")
  func unknownLabel() throws {
    #expect(
      throws: OperationError.setting(operation: "cross-entropy", problem: "label 3 is not one of 3 classes")
    ) { try Evaluation(of: try network(), on: data([0], labels: [3])) }
  }
}
