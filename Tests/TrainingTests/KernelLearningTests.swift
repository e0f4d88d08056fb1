import FileAccess
import Networks
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Training

/// The chapter's picture: ones, but zeros in columns 2 to 5, and what [1, -1] makes of it.
private enum Chapter {
  static let before = Tensor(rows: (0..<6).map { _ in [1, 1, 0, 0, 0, 0, 1, 1] })
  static let after = Tensor(rows: (0..<6).map { _ in [0, 1, 0, 0, 0, -1, 0] })
}

private func learned(
  _ before: Tensor, _ after: Tensor, _ size: Extent, _ sharing: KernelLearning.Sharing = .shared,
  bias: Bool = false
) throws -> LeastSquaresKernel {
  var learning = try KernelLearning(kernelSize: size, sharing: sharing, usesBias: bias)
  try learning.add(KernelExample(before: before, after: after))
  return try learning.leastSquares()
}

@Suite("Learning a kernel from two pictures")
struct KernelLearningTests {
  /// What numpy.linalg.lstsq found, made by Scripts/make_kernel_learning_fixtures.py.
  struct Fixture {
    let file: Safetensors
    let name: String

    init(_ name: String) throws {
      file = try Safetensors(
        path: joinPath(parentFolder(of: #filePath), "Fixtures/kernel_learning.safetensors"))
      self.name = name
    }

    func array(_ part: String) throws -> NamedArray { try file.array(named: "\(name).\(part)") }
    func values(_ part: String) throws -> [Double] { try array(part).values.map(Double.init) }
    func picture(_ part: String) throws -> Tensor {
      let array = try array(part)
      return Tensor(
        shape: Shape(
          channels: array.dimensions[0], height: array.dimensions[1], width: array.dimensions[2]),
        values: array.values)
    }
  }

  @Test("the chapter's kernel [1, -1] is found exactly, and how well it is determined")
  func chapterExact() throws {
    let exact = try learned(Chapter.before, Chapter.after, Extent(height: 1, width: 2))
    expectClose(exact.kernel.weight.values, [1, -1], tolerance: 1e-14)
    #expect(exact.kernel.bias == nil)
    // The windows are (1, 1) twice in a row, (1, 0) and (0, 1) once, (0, 0) three times, in six rows.
    expectClose(exact.solutions[0].eigenvalues, [6, 30], tolerance: 1e-12)
    expectClose([exact.conditionNumber, exact.startLoss, exact.endLoss], [5, 12, 0], tolerance: 1e-12)
    #expect(exact.isDetermined && exact.rank == 2)
    expectClose([exact.learningRateLimit, exact.bestLearningRate], [1 / 30, 1 / 36], tolerance: 1e-14)
  }

  @Test("ten steps at 0.03 are the book's loop, and come near")
  func chapterDescent() throws {
    var learning = try KernelLearning(kernelSize: Extent(height: 1, width: 2))
    try learning.add(KernelExample(before: Chapter.before, after: Chapter.after))
    let exact = try learning.leastSquares()
    var generator = SplitMix64(seed: 1)
    var told: [DescentStep] = []
    let kernel = try learning.gradientDescent(
      steps: 10, learningRate: 0.03, every: 2, from: exact, using: &generator
    ) { told.append($0) }
    #expect(told.map(\.step) == [0, 2, 4, 6, 8, 10])

    // The loop of the book, on the pixels themselves.
    var start = SplitMix64(seed: 1)
    let bound = Float(0.5).squareRoot()
    var w = (0..<2).map { _ in Double(start.uniform(-bound...bound)) }
    var losses: [Double] = []
    for step in 0...10 {
      var gradient = [0.0, 0.0]
      var loss = 0.0
      for y in 0..<6 {
        for x in 0..<7 {
          let window = [Double(Chapter.before[0, 0, y, x]), Double(Chapter.before[0, 0, y, x + 1])]
          let error = window[0] * w[0] + window[1] * w[1] - Double(Chapter.after[0, 0, y, x])
          loss += error * error
          for i in 0..<2 { gradient[i] += 2 * error * window[i] }
        }
      }
      if step % 2 == 0 { losses.append(loss) }
      if step < 10 { for i in 0..<2 { w[i] -= 0.03 * gradient[i] } }
    }
    expectClose(told.map(\.loss), losses, tolerance: 1e-11)
    expectClose(kernel.weight.values, w, tolerance: 1e-12)
    expectClose(kernel.weight.values, [1, -1], tolerance: 0.1)
    #expect(losses[5] < losses[0] / 100)
  }

  @Test(
    "weights, loss, standard errors and eigenvalues are those of numpy's lstsq",
    arguments: [
      ("shared", KernelLearning.Sharing.shared, Extent(3), false),
      ("colours", .shared, Extent(height: 3, width: 5), true),
      ("each", .each, Extent(height: 2, width: 3), true),
      ("mixed", .mixed, Extent(height: 3, width: 2), true),
      ("mixed4", .mixed, Extent(height: 1, width: 4), false),
      ("row", .shared, Extent(height: 1, width: 7), false),
      ("column", .shared, Extent(height: 6, width: 1), true),
      ("clipped", .shared, Extent(3), true),
      ("clippedmixed", .mixed, Extent(height: 2, width: 3), true),
      ("zero", .shared, Extent(height: 4, width: 3), false),
      ("replicate", .shared, Extent(height: 4, width: 3), false),
      ("reflect", .shared, Extent(height: 4, width: 3), false),
      ("symmetric", .shared, Extent(height: 4, width: 3), false),
      ("circular", .shared, Extent(height: 4, width: 3), false),
    ])
  func numpy(name: String, sharing: KernelLearning.Sharing, size: Extent, bias: Bool) throws {
    let fixture = try Fixture(name)
    var learning = try KernelLearning(kernelSize: size, sharing: sharing, usesBias: bias)
    let bounds = try? fixture.values("clip")
    let example = KernelExample(
      before: try fixture.picture("before"), after: try fixture.picture("after"),
      border: BorderMode(rawValue: name), clipping: bounds.map { $0[0]...$0[1] })
    try learning.add(example)
    let exact = try learning.leastSquares()
    // The fixture holds 32-bit floats.
    expectClose(
      exact.solutions.flatMap(\.weights).flatMap { $0 }, try fixture.values("weights"), tolerance: 2e-6)
    let loss = try fixture.values("loss")[0]
    expectClose([exact.endLoss], [loss], tolerance: 1e-6 * loss)
    let fit = try learning.fit(of: exact.kernel, to: example)
    expectClose([fit.squaredErrors.reduce(0, +)], [loss], tolerance: 1e-6 * loss)
    let errors = learning.standardErrors(exact.solutions, squaredErrors: fit.squaredErrors)
    expectClose(errors.flatMap { $0 }.map { $0 ?? -1 }, try fixture.values("errors"), tolerance: 1e-6)
    let condition = try fixture.values("condition")[0]
    expectClose([exact.conditionNumber], [condition], tolerance: 1e-5 * condition)
    let smallest = try fixture.values("smallest")[0]
    expectClose([exact.smallestEigenvalue], [smallest], tolerance: 1e-5 * smallest)
  }

  @Test("of many kernels that do the same, the one of least size is given and marked")
  func singular() throws {
    let fixture = try Fixture("singular")
    let exact = try learned(try fixture.picture("before"), try fixture.picture("after"), Extent(3))
    #expect(!exact.isDetermined && exact.rank == 3 && exact.unknowns == 9)
    #expect(exact.conditionNumber == .infinity)
    #expect(exact.solutions[0].inverseDiagonal.allSatisfy { $0 == nil })
    expectClose(exact.kernel.weight.values, try fixture.values("weights"), tolerance: 1e-5)
  }

  @Test("a flat picture determines one direction, a black one none")
  func flat() throws {
    let flat = Tensor(shape: Shape(channels: 1, height: 9, width: 9), repeating: 0.37)
    let exact = try learned(flat, flat, Extent(3))
    #expect(exact.rank == 1 && !exact.isDetermined)
    expectClose(exact.kernel.weight.values, [Double](repeating: 1 / 9, count: 9), tolerance: 1e-12)
    #expect(throws: KernelLearningError.noSignal) {
      try learned(flat.map { _ in 0 }, flat, Extent(3))
    }
    // With a bias even a black picture tells that much.
    #expect(try learned(flat.map { _ in 0 }, flat, Extent(3), bias: true).rank == 1)
  }

  @Test("some weights may be determined while others are not")
  func partly() throws {
    // The last column of the windows is always 0.
    var before = Tensor.random(Shape(channels: 1, height: 30, width: 4), seed: 3)
    for y in 0..<30 { before[0, 0, y, 3] = 0 }
    let after = try crossCorrelation(before, weight: Tensor(rows: [[2, 3, 4, 5]]))
    let exact = try learned(before, after, Extent(height: 1, width: 4))
    expectClose(exact.kernel.weight.values, [2, 3, 4, 0], tolerance: 1e-5)
    #expect(exact.solutions[0].inverseDiagonal.map { $0 == nil } == [false, false, false, true])
  }

  @Test("sums and residuals are bit by bit the same on any number of threads")
  func threads() throws {
    let before = Tensor.random(Shape(channels: 2, height: 300, width: 41), seed: 5)
    let after = Tensor.random(Shape(channels: 2, height: 300, width: 41), seed: 6)
    let example = KernelExample(before: before, after: after, clipping: -0.6...0.9)
    func systems() throws -> ([NormalEquations], KernelFit) {
      var learning = try KernelLearning(kernelSize: Extent(5), sharing: .mixed, usesBias: true)
      try learning.add(example)
      return (
        learning.systems, try learning.fit(of: try learning.leastSquares().kernel, to: example)
      )
    }
    let count = Threads.count
    defer { Threads.count = count }
    Threads.count = 1
    let alone = try systems()
    Threads.count = 7
    let together = try systems()
    #expect(alone.0 == together.0)
    #expect(alone.1.squaredErrors == together.1.squaredErrors && alone.1.residual == together.1.residual)
    #expect(alone.0[0].count + alone.0[0].skipped == 296 * 37 && alone.0[0].skipped > 1000)
  }

  @Test("pairs tell more together than one of them alone")
  func severalPairs() throws {
    let columns = Tensor(rows: (0..<9).map { y in (0..<9).map { x in Float((x * 7 + 3) % 5) } })
    let rows = Tensor(rows: (0..<9).map { y in (0..<9).map { x in Float((y * 5 + 1) % 7) } })
    let noise = Tensor.random(Shape(channels: 1, height: 9, width: 9), seed: 2)
    let truth = Tensor(rows: [[1, 2, 0], [-3, 4, 1], [0.5, 0, 2]])
    var learning = try KernelLearning(kernelSize: Extent(3))
    for before in [columns, rows] {
      try learning.add(
        KernelExample(before: before, after: try crossCorrelation(before, weight: truth)))
    }
    #expect(try !learning.leastSquares().isDetermined)
    try learning.add(KernelExample(before: noise, after: try crossCorrelation(noise, weight: truth)))
    let exact = try learning.leastSquares()
    #expect(exact.isDetermined)
    expectClose(exact.kernel.weight.values, truth.values.map(Double.init), tolerance: 1e-5)
  }

  @Test("values stored around mid-grey are read as what they mean")
  func coding() throws {
    let before = Tensor.random(Shape(channels: 1, height: 20, width: 20), in: 0...1, seed: 4)
    let truth = Tensor(rows: [[-0.5, 0, 0.5]])
    let stored = try crossCorrelation(before, weight: truth).map { 0.5 + $0 / 2 }
    var learning = try KernelLearning(kernelSize: Extent(height: 1, width: 3))
    let example = KernelExample(before: before, after: stored, clipping: 0...1, coding: .offset)
    try learning.add(example)
    let exact = try learning.leastSquares()
    expectClose(exact.kernel.weight.values, [-0.5, 0, 0.5], tolerance: 1e-6)
    #expect(try learning.fit(of: exact.kernel, to: example).rootMeanSquare < 1e-6)
  }

  @Test("what was cut off is compared with the kernel's result cut off in the same way")
  func clippedResidual() throws {
    let before = Tensor.random(Shape(channels: 1, height: 30, width: 30), in: 0...1, seed: 9)
    let truth = Tensor(rows: [[-1.5, 3, -0.5]])
    let after = try crossCorrelation(before, weight: truth).map { min(max($0, 0), 1) }
    var learning = try KernelLearning(kernelSize: Extent(height: 1, width: 3))
    let example = KernelExample(before: before, after: after, clipping: 0...1)
    try learning.add(example)
    let exact = try learning.leastSquares()
    expectClose(exact.kernel.weight.values, truth.values.map(Double.init), tolerance: 1e-5)
    let fit = try learning.fit(of: exact.kernel, to: example)
    let residual = try #require(fit.residual)
    #expect(residual.values.allSatisfy { abs($0) < 1e-5 })
    #expect(fit.count == learning.systems[0].count && learning.systems[0].skipped > 300)
    // Where cut values count, the kernel is another.
    #expect(abs(try learned(before, after, Extent(height: 1, width: 3)).kernel.weight.values[1] - 3) > 0.3)
  }

  @Test("a value after that is no number does not count, one before is an error")
  func notFinite() throws {
    let before = Tensor.random(Shape(channels: 1, height: 8, width: 9), seed: 4)
    let truth = Tensor(rows: [[1, -2], [0.5, 3]])
    var after = try crossCorrelation(before, weight: truth)
    after[0, 0, 3, 3] = .nan
    after[0, 0, 5, 1] = .infinity
    expectClose(
      try learned(before, after, Extent(2)).kernel.weight.values, truth.values.map(Double.init),
      tolerance: 1e-5)
    var bad = before
    bad[0, 0, 6, 2] = .infinity
    #expect(throws: KernelLearningError.notFinite(channel: 0, row: 6)) {
      try learned(bad, after, Extent(2))
    }
    #expect(throws: KernelLearningError.nothingCounts(values: 56)) {
      try learned(before, after.map { _ in .nan }, Extent(2))
    }
  }

  @Test("sizes, channels and settings that do not fit are refused with what was expected")
  func refusals() throws {
    func picture(_ channels: Int, _ height: Int, _ width: Int) -> Tensor {
      Tensor.random(Shape(channels: channels, height: height, width: width), seed: 1)
    }
    #expect(
      throws: KernelLearningError.size(
        before: Extent(height: 8, width: 9), after: Extent(height: 7, width: 7), kernel: Extent(3))
    ) { try learned(picture(1, 8, 9), picture(1, 7, 7), Extent(3)) }
    let text = KernelLearningError.size(
      before: Extent(height: 8, width: 9), after: Extent(height: 7, width: 7), kernel: Extent(3)
    ).description
    #expect(text.contains("expected 8x9 after, or 6x7"))
    #expect(
      throws: KernelLearningError.kernelTooLarge(
        kernel: Extent(9), picture: Extent(height: 8, width: 9))
    ) { try learned(picture(1, 8, 9), picture(1, 8, 9), Extent(9)) }
    #expect(throws: KernelLearningError.channels(before: 3, after: 1, sharing: .shared)) {
      try learned(picture(3, 8, 9), picture(1, 8, 9), Extent(3))
    }
    #expect(throws: KernelLearningError.self) { try KernelLearning(kernelSize: Extent(33)) }
    #expect(throws: KernelLearningError.self) { try KernelLearning(kernelSize: Extent(0)) }
    #expect(throws: KernelLearningError.self) {
      try learned(picture(2, 40, 40), picture(1, 40, 40), Extent(32), .mixed)
    }
    var learning = try KernelLearning(kernelSize: Extent(3))
    #expect(throws: KernelLearningError.self) { try learning.leastSquares() }
    try learning.add(KernelExample(before: picture(1, 8, 9), after: picture(1, 8, 9)))
    #expect(throws: KernelLearningError.self) {
      try learning.add(KernelExample(before: picture(3, 8, 9), after: picture(3, 8, 9)))
    }
    #expect(
      throws: KernelLearningError.border(
        before: Extent(height: 8, width: 9), after: Extent(height: 6, width: 7))
    ) {
      try learning.add(
        KernelExample(before: picture(1, 8, 9), after: picture(1, 6, 7), border: .reflect))
    }
  }

  @Test("a learning rate that is too large is told with the largest that is not")
  func divergence() throws {
    var learning = try KernelLearning(kernelSize: Extent(height: 1, width: 2))
    try learning.add(KernelExample(before: Chapter.before, after: Chapter.after))
    let exact = try learning.leastSquares()
    var generator = SplitMix64(seed: 1)
    #expect {
      try learning.gradientDescent(
        steps: 10000, learningRate: 0.04, every: 10, from: exact, using: &generator)
    } throws: { error in
      guard case KernelLearningError.diverged(_, 0.04, let limit) = error else { return false }
      return abs(limit - 1 / 30) < 1e-12
    }
  }

  @Test("eigenvalues and vectors of a matrix with many equal ones", arguments: [1, 2, 5, 40])
  func eigen(count: Int) throws {
    // A projection on two directions, three times the size, and a small multiple of the identity.
    var matrix = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0..<count { matrix[i * count + j] = 3.0 / Double(count) + (i == j ? 0.25 : 0) }
    }
    let eigen = SymmetricEigen(matrix, count: count)
    expectClose(
      eigen.values.dropLast().map { $0 }, [Double](repeating: 0.25, count: count - 1), tolerance: 1e-13)
    expectClose([eigen.values[count - 1]], [3.25], tolerance: 1e-13)
    let right = (0..<count).map { Double($0 % 3) - 0.7 }
    let x = eigen.leastSolution(right, rank: count)
    let back = (0..<count).map { i in (0..<count).reduce(0) { $0 + matrix[i * count + $1] * x[$1] } }
    expectClose(back, right, tolerance: 1e-12)
  }
}
