import TensorCore

/// The kernel of least squared error, and how well the pictures determine it.
public struct LeastSquaresKernel: Sendable {
  public let kernel: LearnedKernel
  /// The summed squared error of a kernel of zeros, and of this one (to about 1e-15 of the former).
  public let startLoss: Double
  public let endLoss: Double
  /// One for each system.
  public let solutions: [SolvedEquations]

  /// Whether all weights are determined. Where not, the kernel is that of least size among equals.
  public var isDetermined: Bool { solutions.allSatisfy(\.isDetermined) }
  /// The largest condition number of a normal matrix.
  public var conditionNumber: Double { solutions.map(\.conditionNumber).max() ?? .infinity }
  /// The smallest and the largest eigenvalue of the normal matrices, and how many weights they have.
  public var smallestEigenvalue: Double { solutions.compactMap(\.eigenvalues.first).min() ?? 0 }
  public var largestEigenvalue: Double { solutions.compactMap(\.eigenvalues.last).max() ?? 0 }
  public var rank: Int { solutions.reduce(0) { $0 + $1.rank } }
  public var unknowns: Int { solutions.reduce(0) { $0 + $1.eigenvalues.count } }

  /// Gradient descent on the summed squared error falls only below this learning rate: 1 / largest eigenvalue.
  public var learningRateLimit: Double { 1 / largestEigenvalue }
  /// The learning rate with which the slowest direction is learned fastest.
  public var bestLearningRate: Double {
    let low = solutions.compactMap { solution in
      solution.eigenvalues.dropFirst(solution.eigenvalues.count - solution.rank).first
    }.min()
    return 1 / (largestEigenvalue + (low ?? 0))
  }
}

/// A step of gradient descent and the summed squared error after it; step 0 is the start.
public struct DescentStep: Sendable, Equatable {
  public let step: Int
  public let loss: Double
}

extension KernelLearning {
  /// The kernel of least squared error over all pairs that were added.
  ///
  /// - Throws: `KernelLearningError.noSignal`, or `setting` when no pair was added.
  /// - Complexity: O(unknowns^3)
  public func leastSquares() throws -> LeastSquaresKernel {
    guard !systems.isEmpty else {
      throw KernelLearningError.setting("a kernel is learned from a pair of pictures")
    }
    let solutions = try systems.map(SolvedEquations.init)
    return LeastSquaresKernel(
      kernel: kernel(solutions.map(\.weights)), startLoss: systems.flatMap(\.energies).reduce(0, +),
      endLoss: loss(solutions.map(\.weights)), solutions: solutions)
  }

  private func loss(_ weights: [[[Double]]]) -> Double {
    var sum = 0.0
    for (system, weights) in zip(systems, weights) {
      for (output, vector) in weights.enumerated() { sum += system.squaredError(vector, output: output) }
    }
    return sum
  }

  /// The kernel after steps of plain gradient descent on the summed squared error, as in the book:
  /// w -= learningRate * 2 (A w - b), the gradient that the pixels themselves would give.
  ///
  /// Weights begin as PyTorch's convolution has them, uniform in +-1 / sqrt(inputs * kH * kW).
  ///
  /// - Parameters:
  ///   - exact: the solution of the same systems: the loss is its loss and how far the weights are from it,
  ///     which is more exact than the sums themselves near the end.
  ///   - every: how many steps lie between two losses that are told.
  /// - Throws: `KernelLearningError.diverged` when the loss grows out of all bounds; `setting`.
  public func gradientDescent(
    steps: Int, learningRate: Double, every: Int, from exact: LeastSquaresKernel,
    using generator: inout SplitMix64, _ report: (DescentStep) -> Void = { _ in }
  ) throws -> LearnedKernel {
    guard steps >= 0, every > 0, learningRate > 0, learningRate.isFinite else {
      throw KernelLearningError.setting(
        "gradient descent needs steps of 0 or more and a learning rate above 0, got \(steps) and \(learningRate)"
      )
    }
    var weights = systems.map { system in
      system.moments.map { _ in
        let bound = 1 / Float(system.unknowns - (usesBias ? 1 : 0)).squareRoot()
        return (0..<system.unknowns).map { _ in Double(generator.uniform(-bound...bound)) }
      }
    }
    let startLoss = lossBeyond(exact, weights)
    report(DescentStep(step: 0, loss: startLoss))
    for step in 1..<max(steps + 1, 1) {
      for (index, system) in systems.enumerated() {
        for output in system.moments.indices {
          let product = system.product(weights[index][output])
          for i in product.indices {
            weights[index][output][i] -= learningRate * 2 * (product[i] - system.moments[output][i])
          }
        }
      }
      guard weights.joined().joined().allSatisfy({ abs($0) < 1e100 }) else {
        throw KernelLearningError.diverged(
          step: step, learningRate: learningRate, limit: exact.learningRateLimit)
      }
      if step % every == 0 || step == steps {
        report(DescentStep(step: step, loss: lossBeyond(exact, weights)))
      }
    }
    guard learningRate < exact.learningRateLimit || lossBeyond(exact, weights) <= 10 * startLoss else {
      throw KernelLearningError.diverged(
        step: steps, learningRate: learningRate, limit: exact.learningRateLimit)
    }
    return kernel(weights)
  }

  /// E(w) = E(w*) + (w - w*).A (w - w*)
  private func lossBeyond(_ exact: LeastSquaresKernel, _ weights: [[[Double]]]) -> Double {
    var sum = exact.endLoss
    for (index, system) in systems.enumerated() {
      for (output, vector) in weights[index].enumerated() {
        let distance = zip(vector, exact.solutions[index].weights[output]).map { $0 - $1 }
        sum += zip(distance, system.product(distance)).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return sum
  }

  /// The standard error of every weight, in the order of the kernel's values (then of its biases), given the
  /// summed squared error of each output: sqrt(E / (count - unknowns) * (A^-1)ii). It holds for errors that do
  /// not depend on one another; `nil` for weights that are not determined, or without more values than weights.
  public func standardErrors(_ solutions: [SolvedEquations], squaredErrors: [Double]) -> [[Double?]] {
    var output = 0
    return zip(systems, solutions).flatMap { system, solution in
      system.moments.indices.map { _ in
        // One kernel for all channels has the errors of all of them.
        let error = sharing == .shared ? squaredErrors.reduce(0, +) : squaredErrors[output]
        output += 1
        let free = system.count - system.unknowns
        return solution.inverseDiagonal.map { inverse in
          inverse.flatMap { free > 0 ? (error / Double(free) * $0).squareRoot() : nil }
        }
      }
    }
  }
}
