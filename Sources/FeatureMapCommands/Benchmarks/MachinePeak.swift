import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The two limits that figures are compared with, both measured with all threads in use.
struct MachinePeak {
  /// Multiplications and additions a second: the most of a few bursts of some milliseconds.
  static func flops() -> Double {
    let threads = Threads.count
    var best = 0.0
    for _ in 0..<4 {
      let operations = InnerLoops.best.peakLoop(rounds: 1)
      let seconds = secondsOf {
        parallelFor(threads) { _ in _ = InnerLoops.best.peakLoop(rounds: burst) }
      }
      best = max(best, operations * Double(burst * threads) / seconds)
    }
    return best
  }

  private static let burst = 1 << 21

  /// Seconds for copying so many floats to another place, dealt to all threads.
  static func copying(_ source: [Float], to goal: inout [Float], repeats: Int) -> RunTimes {
    let part = 1 << 18
    let count = source.count
    return source.withUnsafeBufferPointer { source in
      goal.withUnsafeMutableBufferPointer { goal in
        // Each thread has a part of its own; the last is cut to what there is.
        nonisolated(unsafe) let (from, to) = (source.baseAddress, goal.baseAddress)
        return RunTimes.measure(repeats: repeats) {
          parallelFor((count + part - 1) / part) { index in
            guard let from, let to else { return }
            let start = index * part
            memcpy(to + start, from + start, min(part, count - start) * MemoryLayout<Float>.stride)
          }
        }
      }
    }
  }
}
