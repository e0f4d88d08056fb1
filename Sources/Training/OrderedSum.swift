import TensorOps

/// The sum of rows of floats that several threads compute, added in the order of the rows whoever is first, so that
/// the number of threads does not change a bit.
///
/// A thread borrows a row and gives it back as soon as it is done; so there are about as many rows as threads, and
/// they stay in the caches.
final class OrderedSum: Sendable {
  /// Memory that one thread works on at a time.
  final class Row: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Float>
    private let memory: WorkingMemory
    var base: UnsafeMutablePointer<Float> { memory.base }

    init(count: Int) {
      memory = WorkingMemory(count: count)
      values = UnsafeMutableBufferPointer(start: memory.base, count: count)
      values.update(repeating: 0)
    }
  }

  private struct State {
    var free: [Row] = []
    /// Rows that came before their turn.
    var waiting: [Int: Row] = [:]
    var next = 0
  }

  private let count: Int
  private let sum: Row
  private let state = Locked(State())

  /// - Parameter count: floats of a row.
  init(count: Int) {
    self.count = count
    sum = Row(count: count)
  }

  /// The sum of the rows that were given since `begin`; nobody else may be at work.
  var values: UnsafeMutableBufferPointer<Float> { sum.values }

  /// Starts a new sum.
  func begin() {
    state.withLock { state in
      state.free += state.waiting.values
      state.waiting = [:]
      state.next = 0
    }
    sum.values.update(repeating: 0)
  }

  /// A row of zeros.
  func borrow() -> Row {
    let row = state.withLock { $0.free.popLast() } ?? Row(count: count)
    row.values.update(repeating: 0)
    return row
  }

  /// Takes a row back and adds it when all rows before it have been.
  ///
  /// - Parameter index: of the row, from 0; every index once.
  func give(_ row: Row, _ index: Int) {
    state.withLock { state in
      state.waiting[index] = row
      while let row = state.waiting.removeValue(forKey: state.next) {
        for i in 0..<count { sum.base[i] += row.base[i] }
        state.free.append(row)
        state.next += 1
      }
    }
  }
}
