import FeatureMap

/// Files dealt out to threads in chunks, and what comes of the chunks put back in order.
///
/// A chunk is one file at first and grows as long as it takes few milliseconds: small pictures come sixteen at a
/// time, as a network likes them, photos one by one, so that no thread waits long for another.
final class ChunkedFiles<Outcome: Sendable>: Sendable {
  private struct Chunk: Sendable {
    let outcome: Outcome
    let end: Int
  }

  private struct State: Sendable {
    var dealt = 0
    var size = 1
    /// Chunks that wait for those before them, by the number of their first file.
    var waiting: [Int: Chunk] = [:]
    var used = 0
    var isUsing = false
  }

  /// Files of a chunk at most.
  private static var largestSize: Int { TileLayout.lanes.examples }

  private let paths: [String]
  private let state = Locked(State())

  init(_ paths: [String]) {
    self.paths = paths
  }

  /// Does all files, by several threads.
  ///
  /// - Parameters:
  ///   - work: makes what a thread calls for each of its chunks.
  ///   - use: takes the outcomes in the order of the files, one call at a time.
  func forEach(work: @Sendable () -> (ArraySlice<String>) -> Outcome, use: (Outcome) -> Void) {
    // One call at a time: see `next`.
    nonisolated(unsafe) let use = use
    // Of two that read standard input only the first gets something.
    let threads = paths.count { $0 == standardStreamPath } > 1 ? 1 : Threads.count
    parallelFor(min(threads, paths.count)) { _ in
      let work = work()
      while let range = deal() {
        let start = ContinuousClock.now
        let outcome = work(paths[range])
        let duration = ContinuousClock.now - start
        state.withLock { state in
          state.waiting[range.lowerBound] = Chunk(outcome: outcome, end: range.upperBound)
          if duration < .milliseconds(2) {
            state.size = min(max(state.size, 2 * range.count), Self.largestSize)
          } else if duration > .milliseconds(10) {
            state.size = max(1, range.count / 2)
          }
        }
        while let outcome = next() {
          use(outcome)
          state.withLock { $0.isUsing = false }
        }
      }
    }
  }

  /// The next files that nobody does yet. Standard input, which only one can read, is a chunk by itself.
  private func deal() -> Range<Int>? {
    state.withLock { state in
      let start = state.dealt
      guard start < paths.count else { return nil }
      let chunk = paths[start..<min(start + state.size, paths.count)]
      let count = paths[start] == standardStreamPath ? 1 : chunk.prefix { $0 != standardStreamPath }.count
      state.dealt += count
      return start..<start + count
    }
  }

  /// The outcome whose turn it is, unless another thread is using one.
  private func next() -> Outcome? {
    state.withLock { state in
      guard !state.isUsing, let chunk = state.waiting.removeValue(forKey: state.used) else { return nil }
      state.isUsing = true
      state.used = chunk.end
      return chunk.outcome
    }
  }
}
