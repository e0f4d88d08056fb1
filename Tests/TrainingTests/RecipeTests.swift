import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("Recipe of a training")
struct RecipeTests {
  private func recipe(_ change: (inout TrainingRecipe) -> Void) -> TrainingRecipe {
    plainRecipe(change)
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
    #expect(
      try problem { $0.labelSmoothing = 1 } == "label smoothing must be at least 0 and below 1, got 1.0")
    #expect(try problem { $0.stepFactor = 0 } == "the step factor must be above 0 and at most 1, got 0.0")
    #expect(try problem { $0.validation = 1 } == "the validation share must be within 0...0.9, got 1.0")
    #expect(
      try problem { $0.patience = 3 } == "early stopping needs pictures to judge by: set a validation share")
    try TrainingRecipe.d2l.validate()
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
    let step = recipe {
      $0.epochs = 4
      $0.learningRate = 1
      $0.schedule = .step
      $0.stepEpochs = 2
      $0.stepFactor = 0.5
    }
    #expect((0..<4).map { step.rate(step: $0 * 3, stepsOfEpoch: 3) } == [1, 1, 0.5, 0.5])
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
      plainRecipe().summary
        == "Xavier initialisation, SGD, batch 256, learning rate 0.9, 100 epochs, seed 1")
    let full = recipe {
      $0.schedule = .cosine
      $0.warmupEpochs = 2
      $0.momentum = 0.9
      $0.nesterov = true
      $0.weightDecay = 0.001
      $0.flips = true
      $0.shift = 3
      $0.warps = 0.5
      $0.tones = 0.25
      $0.patches = 0.125
      $0.seed = 7
    }
    #expect(
      full.summary
        == "Xavier initialisation, SGD, batch 256, learning rate 0.9, cosine to zero, 2 epochs of warm-up, "
        + "Nesterov momentum 0.9, weight decay 0.001, flips, shifts of 3 px, 0.5 of the pictures warped, "
        + "0.25 with other tones, 0.125 with patches, 100 epochs, seed 7")
  }
}

@Suite("Augmentation")
struct AugmentationTests {
  private let picture: [UInt8] = [1, 2, 3, 4, 5, 6]
  private let mirrored: [UInt8] = [3, 2, 1, 6, 5, 4]

  private func changed(_ augmentation: Augmentation, _ generator: inout SplitMix64) -> [UInt8] {
    var result = [UInt8](repeating: 99, count: picture.count)
    augmentation.change(picture, height: 2, width: 3, into: &result, using: &generator)
    return result
  }

  /// The distinct results of many draws.
  private func results(_ augmentation: Augmentation, draws: Int = 400) -> Set<[UInt8]> {
    var generator = SplitMix64(seed: 5)
    return Set((0..<draws).map { _ in changed(augmentation, &generator) })
  }

  @Test("flips give the picture and its mirror image, each about half of the time")
  func flips() {
    let augmentation = Augmentation(flips: true, shift: 0)
    #expect(results(augmentation) == [picture, mirrored])
    var generator = SplitMix64(seed: 5)
    let same = (0..<400).count { _ in changed(augmentation, &generator) == picture }
    #expect((150...250).contains(same))
  }

  @Test("shifts move by up to so many pixels each way, with black from outside")
  func shifts() {
    var expected: Set<[UInt8]> = []
    for dy in -1...1 {
      for dx in -1...1 {
        var moved = [UInt8](repeating: 0, count: 6)
        for y in 0..<2 {
          for x in 0..<3 where (0..<2).contains(y + dy) && (0..<3).contains(x + dx) {
            moved[y * 3 + x] = picture[(y + dy) * 3 + x + dx]
          }
        }
        expected.insert(moved)
      }
    }
    #expect(expected.count == 9)
    #expect(results(Augmentation(flips: false, shift: 1)) == expected)
  }

  @Test("shifts beyond the picture leave it black rather than crash")
  func largeShifts() {
    #expect(results(Augmentation(flips: true, shift: 14)).contains([0, 0, 0, 0, 0, 0]))
  }

  @Test("pictures lie side by side in the lanes, each changed by itself, empty lanes are 0")
  func lanes() {
    let data = LabelledImages(
      height: 2, width: 3, pixels: (0..<5).flatMap { _ in picture }, labels: [0, 0, 0, 0, 0])
    func load(_ augmentation: Augmentation, _ generator: inout SplitMix64) -> [[Float]] {
      var lanes = [Float](repeating: -1, count: 6 * 16)
      data.load(0..<5, into: &lanes, augmentation, using: &generator)
      return (0..<16).map { lane in (0..<6).map { lanes[$0 * 16 + lane] } }
    }
    let straight = picture.map { Float($0) / 255 }
    let turned = mirrored.map { Float($0) / 255 }
    let empty = [Float](repeating: 0, count: 6)
    var generator = SplitMix64(seed: 5)
    var untouched = generator
    let unchanged = load(Augmentation(flips: false, shift: 0), &generator)
    #expect(unchanged == Array(repeating: straight, count: 5) + Array(repeating: empty, count: 11))
    #expect(generator.next() == untouched.next(), "without flips and shifts no random number is drawn")
    let flipped = load(Augmentation(flips: true, shift: 0), &generator)
    #expect(Set(flipped[..<5]) == [straight, turned])
    #expect(flipped[5...].allSatisfy { $0 == empty })
  }
}
