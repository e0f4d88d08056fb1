import Synchronization

/// A number of things of which only so many may be held at once.
final class Quota: Sendable {
  private let limit: Int
  private let held = Atomic(0)

  init(_ limit: Int) {
    self.limit = limit
  }

  /// Takes so many more, or none where that would be too many.
  func take(_ count: Int) -> Bool {
    if held.add(count, ordering: .relaxed).newValue <= limit { return true }
    give(count)
    return false
  }

  func give(_ count: Int) {
    held.subtract(count, ordering: .relaxed)
  }
}
