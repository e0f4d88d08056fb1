import TensorCore
import TensorOps

// Unsafe pointers in this file lead into rows of a RowBlock, which end with slack for the last vector, or into
// the matrix of a NormalEquations, whose count is unknowns * unknowns.

extension KernelLearning {
  /// Results are summed in parts of this many rows at least, and in 32 parts at most, so that the sums do not
  /// depend on the number of threads.
  private static let partRows = 64

  /// The normal equations of one pair.
  ///
  /// Entries of A whose windows differ by the same shift share their sums: of the products of two rows at each
  /// shift one is summed, the others differ from it by a product at each end (auto-correlation). Results that do
  /// not count are taken away again window by window; rows of which most do not count are summed directly.
  func sums(of example: KernelExample) throws -> [NormalEquations] {
    let geometry = try ExampleGeometry(example, kernel: kernelSize)
    let parts = max(1, min(32, geometry.rows / Self.partRows))
    let after = example.after.shape.channels
    let results = Locked([[NormalEquations]](repeating: [], count: parts))
    try parallelForThrowing(parts) { part in
      let rows = geometry.rows * part / parts..<geometry.rows * (part + 1) / parts
      var systems: [NormalEquations] = []
      if sharing == .mixed {
        systems = [
          try partSums(
            example, geometry, rows, inputs: Array(0..<example.before.shape.channels),
            outputs: Array(0..<after))
        ]
      } else {
        for channel in 0..<after {
          let sums = try partSums(example, geometry, rows, inputs: [channel], outputs: [channel])
          if sharing == .shared, !systems.isEmpty {
            systems[0].add(sums)
          } else {
            systems.append(sums)
          }
        }
      }
      results.withLock { $0[part] = systems }
    }
    let lists = results.withLock { $0 }
    var total = lists[0]
    for part in lists.dropFirst() {
      for index in total.indices { total[index].add(part[index]) }
    }
    guard total.allSatisfy({ $0.count > 0 }) else {
      throw KernelLearningError.nothingCounts(values: geometry.rows * geometry.columns * after)
    }
    return total
  }

  private func partSums(
    _ example: KernelExample, _ geometry: ExampleGeometry, _ rows: Range<Int>, inputs: [Int], outputs: [Int]
  ) throws -> NormalEquations {
    let summing = try PartSum(
      example, geometry, rows, kernel: kernelSize, inputs: inputs, outputs: outputs, usesBias: usesBias)
    return summing.result()
  }
}

/// The sums over some rows of results.
private final class PartSum {
  private let kernel: Extent
  private let rows: Int
  private let columns: Int
  private let inputs: Int
  private let outputs: Int
  private let usesBias: Bool
  private let unknowns: Int
  private let before: RowBlock
  /// 0 where a result does not count.
  private let after: RowBlock
  /// The columns of each row that do not count.
  private var skipped: [[Int]] = []
  private var system: NormalEquations

  init(
    _ example: KernelExample, _ geometry: ExampleGeometry, _ range: Range<Int>, kernel: Extent,
    inputs: [Int], outputs: [Int], usesBias: Bool
  ) throws {
    self.kernel = kernel
    self.usesBias = usesBias
    rows = range.count
    columns = geometry.columns
    self.inputs = inputs.count
    self.outputs = outputs.count
    unknowns = inputs.count * kernel.count + (usesBias ? 1 : 0)
    system = NormalEquations(unknowns: unknowns, outputs: outputs.count)
    let readRows = rows + kernel.height - 1
    before = RowBlock(rows: inputs.count * readRows, columns: columns + kernel.width - 1)
    for (index, channel) in inputs.enumerated() {
      let bad = before.load(
        example, channel: channel, first: range.lowerBound, count: readRows,
        columns: columns + kernel.width - 1, geometry, at: index * readRows)
      if let bad { throw KernelLearningError.notFinite(channel: channel, row: bad) }
    }
    after = RowBlock(rows: outputs.count * rows, columns: columns)
    loadAfter(example, geometry, range, outputs)
  }

  private func beforeRow(_ channel: Int, _ row: Int) -> UnsafeMutableBufferPointer<Double> {
    before.row(channel * (rows + kernel.height - 1) + row)
  }

  /// A result counts when it does in all outputs of the system.
  private func loadAfter(
    _ example: KernelExample, _ geometry: ExampleGeometry, _ range: Range<Int>, _ channels: [Int]
  ) {
    let width = example.after.shape.width
    let stored = UnsafeMutableBufferPointer<Double>.allocate(capacity: width)
    stored.initialize(repeating: 0)
    defer { stored.deallocate() }
    for y in 0..<rows {
      var counts = [Bool](repeating: true, count: columns)
      for (index, channel) in channels.enumerated() {
        example.after.readRow(geometry.afterTop + range.lowerBound + y, channel: channel, into: stored)
        let goal = after.row(index * rows + y)
        for x in 0..<columns {
          let value = stored[geometry.afterLeft + x]
          if !example.counts(value) { counts[x] = false }
          goal[x] = example.coding.value(value)
        }
      }
      let missing = counts.indices.filter { !counts[$0] }
      for index in channels.indices {
        let goal = after.row(index * rows + y)
        for x in missing { goal[x] = 0 }
        var (sum, energy) = (0.0, 0.0)
        for x in 0..<columns {
          sum += goal[x]
          energy += goal[x] * goal[x]
        }
        system.sums[index] += sum
        system.energies[index] += energy
      }
      system.count += columns - missing.count
      system.skipped += missing.count
      skipped.append(missing)
    }
  }

  func result() -> NormalEquations {
    // Of rows that mostly do not count the windows that do are added one by one.
    let direct = skipped.map { 2 * $0.count > columns }
    for channel in 0..<inputs {
      for other in 0..<inputs { addProducts(channel, other, direct) }
    }
    if usesBias { addWindowSums(direct) }
    for y in 0..<rows {
      if direct[y] {
        let missing = Set(skipped[y])
        for x in 0..<columns where !missing.contains(x) { addWindow(y, x, 1) }
      } else {
        for x in skipped[y] { addWindow(y, x, -1) }
      }
    }
    addMoments()
    system.mirror()
    return system
  }

  private func index(_ channel: Int, _ i: Int, _ j: Int) -> Int {
    (channel * kernel.height + i) * kernel.width + j
  }

  /// A of the weights of two inputs: each pair of weights once, the one of the upper row first.
  private func addProducts(_ channel: Int, _ other: Int, _ direct: [Bool]) {
    let width = kernel.width
    // S[j][l] = sum over x of first[x + j] * second[x + l]
    var table = [Double](repeating: 0, count: width * width)
    for r in 0..<rows + kernel.height - 1 {
      // The rows i of the kernel for which r = y + i is read by a result row y that is summed here.
      let all = max(0, r - rows + 1)...min(kernel.height - 1, r)
      let used = all.filter { !direct[r - $0] }
      if used.isEmpty { continue }
      for down in 0..<kernel.height {
        if down == 0 && other < channel { continue }
        let fitting = used.filter { $0 + down < kernel.height }
        if fitting.isEmpty { continue }
        let first = beforeRow(channel, r)
        let second = beforeRow(other, r + down)
        let isSame = down == 0 && other == channel
        fillTable(&table, first, second, upperOnly: isSame)
        for i in fitting {
          for j in 0..<width {
            let p = index(channel, i, j)
            for l in (isSame ? j : 0)..<width {
              let q = index(other, i + down, l)
              system.matrix[min(p, q) * unknowns + max(p, q)] += table[j * width + l]
            }
          }
        }
      }
    }
  }

  private func fillTable(
    _ table: inout [Double], _ first: UnsafeMutableBufferPointer<Double>,
    _ second: UnsafeMutableBufferPointer<Double>, upperOnly: Bool
  ) {
    let width = kernel.width
    table.withUnsafeMutableBufferPointer { table in
      shiftedProducts(first, second, count: columns, shifts: 0..<width) { table[$0] = $1 }
      if !upperOnly {
        shiftedProducts(second, first, count: columns, shifts: 1..<width) { table[$0 * width] = $1 }
      }
      // The same shift one column further: one product leaves, one comes.
      for j in 1..<max(width, 1) {
        for l in (upperOnly ? j : 1)..<width {
          table[j * width + l] =
            table[(j - 1) * width + l - 1] - first[j - 1] * second[l - 1]
            + first[columns + j - 1] * second[columns + l - 1]
        }
      }
    }
  }

  /// The column of A of the bias: sums of the weights' inputs.
  private func addWindowSums(_ direct: [Bool]) {
    for channel in 0..<inputs {
      for r in 0..<rows + kernel.height - 1 {
        let used = (max(0, r - rows + 1)...min(kernel.height - 1, r)).filter { !direct[r - $0] }
        if used.isEmpty { continue }
        let row = beforeRow(channel, r)
        var sum = 0.0
        for x in 0..<columns { sum += row[x] }
        for j in 0..<kernel.width {
          if j > 0 { sum += row[columns + j - 1] - row[j - 1] }
          for i in used { system.matrix[index(channel, i, j) * unknowns + unknowns - 1] += sum }
        }
      }
    }
    let counted = direct.indices.reduce(0) { $0 + (direct[$1] ? 0 : columns) }
    system.matrix[unknowns * unknowns - 1] += Double(counted)
  }

  /// One window of A, added or taken away.
  private func addWindow(_ y: Int, _ x: Int, _ sign: Double) {
    var window: [Double] = []
    window.reserveCapacity(unknowns)
    for channel in 0..<inputs {
      for i in 0..<kernel.height {
        window += beforeRow(channel, y + i)[x..<x + kernel.width]
      }
    }
    if usesBias { window.append(1) }
    let count = unknowns
    system.matrix.withUnsafeMutableBufferPointer { matrix in
      window.withUnsafeBufferPointer { window in
        for p in 0..<count {
          let factor = sign * window[p]
          for q in p..<count { matrix[p * count + q] += factor * window[q] }
        }
      }
    }
  }

  /// b: results that do not count are 0 here.
  private func addMoments() {
    for output in 0..<outputs {
      for y in 0..<rows {
        let results = after.row(output * rows + y)
        for channel in 0..<inputs {
          for i in 0..<kernel.height {
            let start = index(channel, i, 0)
            system.moments[output].withUnsafeMutableBufferPointer { moments in
              shiftedProducts(
                results, beforeRow(channel, y + i), count: columns, shifts: 0..<kernel.width
              ) { moments[start + $0] += $1 }
            }
          }
        }
      }
      if usesBias { system.moments[output][unknowns - 1] = system.sums[output] }
    }
  }
}

/// For each shift s the sum over x in 0..<count of fixed[x] * moving[x + s]; four shifts share what they read.
///
/// - Precondition: `fixed` can be read at `count + 3`, `moving` at `count + 3` plus the largest shift (slack).
private func shiftedProducts(
  _ fixed: UnsafeMutableBufferPointer<Double>, _ moving: UnsafeMutableBufferPointer<Double>, count: Int,
  shifts: Range<Int>, _ store: (Int, Double) -> Void
) {
  guard let first = fixed.baseAddress, let second = moving.baseAddress else { return }
  let whole = count / 4 * 4
  var shift = shifts.lowerBound
  while shift + 4 <= shifts.upperBound {
    var (s0, s1, s2, s3) = (
      SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero
    )
    let start = UnsafeRawPointer(second + shift)
    let fixedStart = UnsafeRawPointer(first)
    var x = 0
    while x < whole {
      let value = fixedStart.loadUnaligned(fromByteOffset: x * 8, as: SIMD4<Double>.self)
      s0 += value * start.loadUnaligned(fromByteOffset: x * 8, as: SIMD4<Double>.self)
      s1 += value * start.loadUnaligned(fromByteOffset: x * 8 + 8, as: SIMD4<Double>.self)
      s2 += value * start.loadUnaligned(fromByteOffset: x * 8 + 16, as: SIMD4<Double>.self)
      s3 += value * start.loadUnaligned(fromByteOffset: x * 8 + 24, as: SIMD4<Double>.self)
      x += 4
    }
    var totals = SIMD4<Double>(s0.sum(), s1.sum(), s2.sum(), s3.sum())
    while x < count {
      totals +=
        first[x]
        * SIMD4(
          second[x + shift], second[x + shift + 1], second[x + shift + 2], second[x + shift + 3])
      x += 1
    }
    for i in 0..<4 { store(shift + i, totals[i]) }
    shift += 4
  }
  while shift < shifts.upperBound {
    var sum = SIMD4<Double>.zero
    var x = 0
    while x < whole {
      sum +=
        UnsafeRawPointer(first).loadUnaligned(fromByteOffset: x * 8, as: SIMD4<Double>.self)
        * UnsafeRawPointer(second + shift).loadUnaligned(fromByteOffset: x * 8, as: SIMD4<Double>.self)
      x += 4
    }
    var total = sum.sum()
    while x < count {
      total += first[x] * second[x + shift]
      x += 1
    }
    store(shift, total)
    shift += 1
  }
}
