/// The normal equations A w = b of a linear least-squares problem, as sums over its examples.
public struct NormalEquations: Sendable, Equatable {
  /// The number of weights, the bias included.
  public let unknowns: Int
  /// A = sum of v v^T, symmetric, row by row: `unknowns * unknowns` numbers.
  public internal(set) var matrix: [Double]
  /// b = sum of v y, for each output.
  public internal(set) var moments: [[Double]]
  /// The sum of y^2 for each output.
  public internal(set) var energies: [Double]
  /// The sum of y for each output.
  public internal(set) var sums: [Double]
  /// The number of examples that count, and of those that do not.
  public internal(set) var count = 0
  public internal(set) var skipped = 0

  init(unknowns: Int, outputs: Int) {
    self.unknowns = unknowns
    matrix = [Double](repeating: 0, count: unknowns * unknowns)
    moments = [[Double]](repeating: [Double](repeating: 0, count: unknowns), count: outputs)
    energies = [Double](repeating: 0, count: outputs)
    sums = energies
  }

  mutating func add(_ other: NormalEquations) {
    for i in matrix.indices { matrix[i] += other.matrix[i] }
    for output in moments.indices {
      for i in 0..<unknowns { moments[output][i] += other.moments[output][i] }
      energies[output] += other.energies[output]
      sums[output] += other.sums[output]
    }
    count += other.count
    skipped += other.skipped
  }

  /// Copies the upper triangle to the lower one.
  mutating func mirror() {
    for p in 0..<unknowns {
      for q in p + 1..<max(unknowns, p + 1) { matrix[q * unknowns + p] = matrix[p * unknowns + q] }
    }
  }

  /// A w
  func product(_ vector: [Double]) -> [Double] {
    matrix.withUnsafeBufferPointer { matrix in
      (0..<unknowns).map { p in
        var sum = 0.0
        for q in 0..<unknowns { sum += matrix[p * unknowns + q] * vector[q] }
        return sum
      }
    }
  }

  /// The summed squared error of these weights for one output: y.y - 2 b.w + w.A w. Exact to about 1e-15 y.y.
  public func squaredError(_ weights: [Double], output: Int) -> Double {
    let product = product(weights)
    var sum = energies[output]
    for i in 0..<unknowns { sum += weights[i] * (product[i] - 2 * moments[output][i]) }
    return max(0, sum)
  }

  /// The sum of squares of y less their mean: the error of a constant.
  public func variation(output: Int) -> Double {
    count > 0 ? max(0, energies[output] - sums[output] * sums[output] / Double(count)) : 0
  }
}

/// A system that was solved, and how well the examples determine its solution.
public struct SolvedEquations: Sendable {
  /// The weights that make the error least, for each output; those of least size where several do.
  public let weights: [[Double]]
  /// The eigenvalues of A, ascending.
  public let eigenvalues: [Double]
  /// How many directions in the space of weights the examples determine.
  public let rank: Int
  /// The diagonal of the inverse of A; `nil` for a weight that the examples do not determine.
  public let inverseDiagonal: [Double?]

  /// Eigenvalues below this part of the largest are zeros that were rounded.
  static let rankTolerance = 1e-12

  public var isDetermined: Bool { rank == eigenvalues.count }
  /// The largest eigenvalue divided by the smallest; infinite where a direction is not determined.
  public var conditionNumber: Double {
    guard isDetermined, let low = eigenvalues.first, let high = eigenvalues.last else { return .infinity }
    return high / low
  }

  /// Solves by Cholesky's factors and one step of refinement; a singular system by its eigenvectors, with the
  /// weights of least size (the pseudo-inverse).
  ///
  /// - Throws: `KernelLearningError.noSignal` when A is zero.
  public init(_ system: NormalEquations) throws {
    let eigen = SymmetricEigen(system.matrix, count: system.unknowns)
    eigenvalues = eigen.values
    let largest = eigen.values.last ?? 0
    guard largest > 0 else { throw KernelLearningError.noSignal }
    let rank = eigen.values.reduce(0) { $0 + ($1 > largest * Self.rankTolerance ? 1 : 0) }
    self.rank = rank
    if rank == system.unknowns, let factor = CholeskyFactor(system.matrix, count: system.unknowns) {
      weights = system.moments.map { moments in
        let first = factor.solve(moments)
        let product = system.product(first)
        let rest = factor.solve(zip(moments, product).map { $0 - $1 })
        return zip(first, rest).map { $0 + $1 }
      }
      inverseDiagonal = factor.inverseDiagonal()
    } else {
      weights = system.moments.map { eigen.leastSolution($0, rank: rank) }
      inverseDiagonal = eigen.inverseDiagonal(rank: rank)
    }
  }
}

/// A = L L^T.
private struct CholeskyFactor {
  private let count: Int
  /// L, row by row.
  private var lower: [Double]

  /// `nil` when the matrix is not positive definite.
  init?(_ matrix: [Double], count: Int) {
    self.count = count
    var lower = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i {
        var sum = matrix[i * count + j]
        for k in 0..<j { sum -= lower[i * count + k] * lower[j * count + k] }
        if i == j {
          guard sum > 0 else { return nil }
          lower[i * count + i] = sum.squareRoot()
        } else {
          lower[i * count + j] = sum / lower[j * count + j]
        }
      }
    }
    self.lower = lower
  }

  func solve(_ right: [Double]) -> [Double] {
    var x = right
    for i in 0..<count {
      for k in 0..<i { x[i] -= lower[i * count + k] * x[k] }
      x[i] /= lower[i * count + i]
    }
    for i in (0..<count).reversed() {
      for k in i + 1..<max(count, i + 1) { x[i] -= lower[k * count + i] * x[k] }
      x[i] /= lower[i * count + i]
    }
    return x
  }

  /// Entry i is the squared length of the column i of L^-1.
  func inverseDiagonal() -> [Double] {
    (0..<count).map { column in
      var x = [Double](repeating: 0, count: count)
      var length = 0.0
      for i in column..<count {
        var sum = i == column ? 1.0 : 0
        for k in column..<max(i, column) { sum -= lower[i * count + k] * x[k] }
        x[i] = sum / lower[i * count + i]
        length += x[i] * x[i]
      }
      return length
    }
  }
}
