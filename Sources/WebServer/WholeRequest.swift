import NIOHTTP1

/// A request of which everything is there.
struct WholeRequest: Sendable {
  let head: HTTPRequestHead
  let body: [UInt8]
  /// Room that is free again when nobody needs the body any more.
  let hold: Hold?

  /// Takes room of a quota and gives it back at the end of its life.
  final class Hold: Sendable {
    private let quota: Quota
    private let count: Int

    /// - Parameter count: already taken of the quota.
    init(_ quota: Quota, _ count: Int) {
      self.quota = quota
      self.count = count
    }

    deinit { quota.give(count) }
  }
}
