import FeatureMap
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C as a wish: long work ends where it can be continued. A second Ctrl-C ends the program at once.
enum Interruption {
  private static let wished = Atomic<Bool>(false)

  /// Thrown by work that was asked to end.
  struct Wish: Error {}

  /// From now on Ctrl-C, and being asked to end, is noted instead of ending the program.
  static func watch() {
    // Initialised before any signal comes: a handler must not allocate.
    wished.store(false, ordering: .relaxed)
    for wish in [SIGINT, SIGTERM] {
      let before = signal(wish) { number in
        Interruption.wished.store(true, ordering: .relaxed)
        UnfinishedFiles.removeAtSignal(number)
      }
      // Who started the program in the background wants it to go on.
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(wish, SIG_IGN) }
    }
  }

  /// - Throws: `Wish` after Ctrl-C.
  static func check() throws {
    if wished.load(ordering: .relaxed) { throw Wish() }
  }
}
