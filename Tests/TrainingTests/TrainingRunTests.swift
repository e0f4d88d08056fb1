import LeNet
import Networks
import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("A whole training")
struct TrainingRunTests {
  private func recipe(_ optimizer: Optimizer = .sgd, validation: Double = 0) -> TrainingRecipe {
    plainRecipe {
      $0.epochs = 3
      $0.batchSize = 32
      $0.optimizer = optimizer
      $0.learningRate = optimizer == .sgd ? 0.1 : 0.001
      $0.momentum = 0.9
      $0.flips = true
      $0.shift = 1
      $0.warps = 0.5
      $0.tones = 0.25
      $0.patches = 0.25
      $0.validation = validation
    }
  }

  private func run(_ recipe: TrainingRecipe) throws -> TrainingRun {
    try TrainingRun(
      network: try makeLeNet(seed: recipe.seed), recipe: recipe, data: barPictures(120),
      test: barPictures(30, seed: 9))
  }

  /// Written to bytes and read again.
  private func again(_ run: TrainingRun) throws -> TrainingRun {
    let bytes = try run.checkpoint(network: "lenet").encoded()
    let file = try Safetensors(bytes: bytes, name: "c")
    #expect(try TrainingRun.networkName(inCheckpoint: file, path: "c") == "lenet")
    return try TrainingRun(
      checkpoint: file, path: "c", network: try makeLeNet(seed: run.recipe.seed), data: barPictures(120),
      test: barPictures(30, seed: 9))
  }

  @Test(
    "going on from a checkpoint ends with the same bytes, also from the middle of an epoch",
    arguments: Optimizer.allCases, [0, 0.25])
  func resume(optimizer: Optimizer, validation: Double) throws {
    struct Stop: Error {}
    let recipe = recipe(optimizer, validation: validation)
    var whole = try run(recipe)
    while !whole.isFinished { try whole.runEpoch() }

    var broken = try run(recipe)
    try broken.runEpoch()
    broken = try again(broken)
    #expect(throws: Stop.self) { try broken.runEpoch { if $0.step == 2 { throw Stop() } } }
    broken = try again(broken)
    #expect(broken.trainer.progress == (2, 2))
    while !broken.isFinished { try broken.runEpoch() }
    #expect(broken.history == whole.history)
    #expect(
      try Safetensors(arrays: broken.result().weights).encoded()
        == Safetensors(arrays: whole.result().weights).encoded())
    #expect(broken.resultEpoch == whole.resultEpoch)
  }

  @Test("the validation share is taken out of the training pictures, the same with every start")
  func split() throws {
    let first = try run(recipe(validation: 0.25))
    #expect(first.trainingCount == 90 && first.judgedCount == 30)
    #expect(try run(recipe()).trainingCount == 120)
    #expect(throws: DataError.self) {
      try TrainingRun(
        network: try makeLeNet(seed: 1), recipe: recipe(validation: 0.001), data: barPictures(20),
        test: barPictures(20))
    }
  }

  @Test("ends early when nothing is gained, and gives the best epoch's weights")
  func earlyStopping() throws {
    var recipe = recipe(validation: 0.25)
    recipe.epochs = 50
    recipe.patience = 2
    // Too small to change any answer: the first epoch stays the best.
    recipe.learningRate = 1e-9
    var run = try run(recipe)
    while !run.isFinished { try run.runEpoch() }
    #expect(run.history.count == 3 && run.isPatienceOver && run.resultEpoch == 1)
  }

  @Test("files that are no checkpoint, and those of other data or networks, are refused")
  func refusals() throws {
    let run = try run(recipe())
    let file = try run.checkpoint(network: "lenet")
    func load(_ file: Safetensors, count: Int = 120) throws -> TrainingRun {
      try TrainingRun(
        checkpoint: file, path: "c", network: try makeLeNet(seed: 1), data: barPictures(count),
        test: barPictures(10))
    }
    _ = try load(file)
    #expect(throws: DataError.file(path: "c", problem: "is no checkpoint of a training")) {
      try load(Safetensors(arrays: file.arrays))
    }
    #expect(
      throws: DataError.file(
        path: "c", problem: "was made with 120 training pictures, there are 110 now")
    ) { try load(file, count: 110) }
    var other = file
    other.arrays.removeAll { $0.name == "fc2.weight" }
    #expect(
      throws: DataError.file(
        path: "c", problem: "'fc2.weight' is missing or is not of the network lenet")
    ) { try load(other) }
  }
}

@Suite("TensorBoard's files")
struct EventFileTests {
  @Test("the checksum is CRC-32C")
  func checksum() {
    // The check value of the checksum's definition (RFC 3720, B.4 has more).
    #expect(EventFile.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(EventFile.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  }

  @Test("records are those that TensorBoard's own writer makes")
  func records() {
    // tensorboard.summary.writer.record_writer.RecordWriter over event_pb2.Event(wall_time=1.5, ...).
    #expect(
      EventFile.start(time: 1.5) == eventFixtures.start)
    let values: [(tag: String, value: EventFile.Value)] = [
      ("loss/train", .scalar(0.25)), ("kernels", .picture(png: [1, 2, 3], width: 200, height: 7)),
    ]
    #expect(EventFile.record(time: 1.5, step: 300, values: values) == eventFixtures.record)
  }
}

/// Made with tensorboard's RecordWriter and event_pb2.
private let eventFixtures: (start: [UInt8], record: [UInt8]) = (
  [
    24, 0, 0, 0, 0, 0, 0, 0, 163, 127, 75, 34, 9, 0, 0, 0, 0, 0, 0, 248, 63, 26, 13, 98, 114, 97, 105, 110,
    46, 69, 118, 101, 110, 116, 58, 50, 42, 40, 100, 108,
  ],
  [
    58, 0, 0, 0, 0, 0, 0, 0, 18, 149, 234, 226, 9, 0, 0, 0, 0, 0, 0, 248, 63, 16, 172, 2, 42, 44, 10, 17, 10,
    10, 108, 111, 115, 115, 47, 116, 114, 97, 105, 110, 21, 0, 0, 128, 62, 10, 23, 10, 7, 107, 101, 114, 110,
    101, 108, 115, 34, 12, 8, 7, 16, 200, 1, 24, 3, 34, 3, 1, 2, 3, 60, 188, 40, 131,
  ]
)
