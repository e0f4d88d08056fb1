import TensorOps

/// Keeps calls apart that must not run at once; without a lock all may.
struct CallOrder: Sendable {
  /// The value means nothing, but ThreadSanitizer would take one of no size for the field beside it.
  private let lock: Locked<Bool>?

  static let free = CallOrder(lock: nil)

  static func oneAtATime() -> CallOrder { CallOrder(lock: Locked(false)) }

  func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let lock else { return try body() }
    return try lock.withLock { _ in try body() }
  }
}

/// What a plugin promises about calls from several threads.
package enum ThreadPromise: UInt32 {
  /// One call into the plugin at a time.
  case none = 0
  /// One call for an instance at a time.
  case instance = 1
  /// No restriction.
  case full = 2
}
