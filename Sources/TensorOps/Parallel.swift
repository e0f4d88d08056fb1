import Dispatch
import Synchronization

/// How many threads the operations of this process use.
public enum Threads {
  private static let chosen = Atomic<Int>(0)

  /// All cores unless set; never below 1.
  public static var count: Int {
    get {
      let value = chosen.load(ordering: .relaxed)
      return value > 0 ? value : max(1, onlineCores)
    }
    set { chosen.store(max(1, newValue), ordering: .relaxed) }
  }
}

#if canImport(Glibc)
  import Glibc
  private let onlineCores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
#elseif canImport(Darwin)
  import Darwin
  private let onlineCores = Int(sysconf(_SC_NPROCESSORS_ONLN))
#endif

/// Runs `body` for every index in `0..<count`, on several threads. Indices are dealt from a counter, so that
/// a busy core gets fewer. The order is open: `body` must write to places of its own.
package func parallelFor(_ count: Int, _ body: @Sendable (Int) -> Void) {
  let threads = min(Threads.count, count)
  if threads <= 1 {
    for i in 0..<count { body(i) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index)
    }
  }
}

/// The same for a body that may fail: throws the error of the lowest index that failed.
package func parallelForThrowing(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
  let failure = Locked<(index: Int, error: any Error)?>(nil)
  parallelFor(count) { index in
    do {
      try body(index)
    } catch {
      failure.withLock { first in
        if index < first?.index ?? .max { first = (index, error) }
      }
    }
  }
  if let (_, error) = failure.withLock({ $0 }) { throw error }
}
