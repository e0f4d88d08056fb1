import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("Recipe of a training")
struct RecipeTests {
  private func recipe(_ change: (inout TrainingRecipe) -> Void) -> TrainingRecipe {
    var recipe = TrainingRecipe()
    change(&recipe)
    return recipe
  }

  private func problem(_ change: (inout TrainingRecipe) -> Void) throws -> String {
    let recipe = recipe(change)
    return "\(try #require(throws: DataError.self) { try recipe.validate() })"
  }

  @Test("settings that make no sense are refused, those at the edge are not")
  func validation() throws {
    #expect(try problem { $0.epochs = 0 } == "epochs must be within 1...1,000,000, got 0")
    #expect(try problem { $0.batchSize = 0 } == "the batch size must be within 1...1,000,000, got 0")
    #expect(try problem { $0.learningRate = 0 } == "the learning rate must be above 0, got 0.0")
    #expect(try problem { $0.learningRate = .nan } == "the learning rate must be above 0, got nan")
    #expect(try problem { $0.learningRate = .infinity } == "the learning rate must be above 0, got inf")
    #expect(try problem { $0.momentum = 1 } == "momentum must be at least 0 and below 1, got 1.0")
    #expect(try problem { $0.momentum = -0.1 } == "momentum must be at least 0 and below 1, got -0.1")
    #expect(try problem { $0.weightDecay = -1 } == "weight decay must be at least 0, got -1.0")
    #expect(try problem { $0.warmupEpochs = -1 } == "warm-up epochs must be within 0...1,000,000, got -1")
    #expect(try problem { $0.shift = 15 } == "the shift must be within 0...14 pixels, got 15")
    try recipe {
      $0.epochs = 1
      $0.batchSize = 1
      $0.momentum = 0.99
      $0.shift = 14
    }.validate()
    try TrainingRecipe().validate()
  }

  @Test("the rate is constant, or falls as half a cosine, after a linear rise")
  func schedule() {
    let constant = recipe {
      $0.epochs = 2
      $0.learningRate = 0.5
    }
    #expect((0..<8).map { constant.rate(step: $0, stepsOfEpoch: 4) } == Array(repeating: 0.5, count: 8))
    let cosine = recipe {
      $0.epochs = 2
      $0.learningRate = 2
      $0.schedule = .cosine
    }
    // 1 + cos(pi step / 8)
    expectClose(
      (0..<8).map { cosine.rate(step: $0, stepsOfEpoch: 4) },
      [2, 1.9238795, 1.7071068, 1.3826834, 1, 0.6173166, 0.29289322, 0.07612047], tolerance: 1e-6)
    let warm = recipe {
      $0.epochs = 2
      $0.learningRate = 1
      $0.warmupEpochs = 1
    }
    expectClose(
      (0..<8).map { warm.rate(step: $0, stepsOfEpoch: 4) }, [0.25, 0.5, 0.75, 1, 1, 1, 1, 1],
      tolerance: 1e-6)
  }

  @Test("the summary names what differs from plain descent")
  func summary() {
    #expect(
      TrainingRecipe().summary
        == "Xavier initialisation, SGD, batch 256, learning rate 0.9, 100 epochs, seed 1")
    let full = recipe {
      $0.schedule = .cosine
      $0.warmupEpochs = 2
      $0.momentum = 0.9
      $0.nesterov = true
      $0.weightDecay = 0.001
      $0.flips = true
      $0.shift = 3
      $0.seed = 7
    }
    #expect(
      full.summary
        == "Xavier initialisation, SGD, batch 256, learning rate 0.9, cosine to zero, 2 epochs of warm-up, "
        + "Nesterov momentum 0.9, weight decay 0.001, flips, shifts of 3 px, 100 epochs, seed 7")
  }
}

@Suite("Augmentation")
struct AugmentationTests {
  private let picture = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
  private let mirrored = Tensor(rows: [[3, 2, 1], [6, 5, 4]])

  /// The distinct results of many draws.
  private func results(_ augmentation: Augmentation, draws: Int = 400) -> Set<[Float]> {
    var generator = SplitMix64(seed: 5)
    return Set((0..<draws).map { _ in augmentation(picture, using: &generator).values })
  }

  @Test("flips give the picture and its mirror image, each about half of the time")
  func flips() {
    let augmentation = Augmentation(flips: true, shift: 0)
    #expect(results(augmentation) == [picture.values, mirrored.values])
    var generator = SplitMix64(seed: 5)
    let same = (0..<400).count { _ in augmentation(picture, using: &generator) == picture }
    #expect((150...250).contains(same))
  }

  @Test("shifts move by up to so many pixels each way, with black from outside")
  func shifts() {
    var expected: Set<[Float]> = []
    for dy in -1...1 {
      for dx in -1...1 {
        var moved = Tensor(shape: picture.shape)
        for y in 0..<2 {
          for x in 0..<3 where (0..<2).contains(y + dy) && (0..<3).contains(x + dx) {
            moved[0, 0, y, x] = picture[0, 0, y + dy, x + dx]
          }
        }
        expected.insert(moved.values)
      }
    }
    #expect(expected.count == 9)
    #expect(results(Augmentation(flips: false, shift: 1)) == expected)
  }

  @Test("shifts beyond the picture leave it black rather than crash")
  func largeShifts() {
    #expect(results(Augmentation(flips: true, shift: 14)).contains([0, 0, 0, 0, 0, 0]))
  }

  @Test("without flips and shifts nothing changes and no random number is drawn")
  func nothing() {
    var generator = SplitMix64(seed: 5)
    var untouched = generator
    let augmentation = Augmentation(flips: false, shift: 0)
    #expect(!augmentation.isActive)
    #expect(augmentation(picture, using: &generator) == picture)
    #expect(generator.next() == untouched.next())
  }

  @Test("every picture of a batch is changed by itself")
  func batch() {
    let batch = Tensor(
      shape: Shape(batch: 64, channels: 1, height: 2, width: 3),
      values: Array(repeatElement(picture.values, count: 64).joined()))
    var generator = SplitMix64(seed: 5)
    let result = Augmentation(flips: true, shift: 0)(batch, using: &generator)
    let examples = Set((0..<64).map { result.examples($0..<$0 + 1).values })
    #expect(examples == [picture.values, mirrored.values])
  }
}
