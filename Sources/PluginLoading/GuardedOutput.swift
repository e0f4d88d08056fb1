/// Memory for one output of a plugin, between words that show when something else was written, and filled with a
/// pattern that shows what was not.
struct GuardedOutput: ~Copyable {
  /// On either side: 64 bytes.
  private static let guardCount = 16
  /// A NaN that no arithmetic gives.
  private static let pattern = Float(bitPattern: 0x7fc0_dead)

  private let start: UnsafeMutablePointer<Float>
  private let count: Int

  init(count: Int) {
    self.count = count
    let total = count + 2 * Self.guardCount
    start = UnsafeMutableRawPointer.allocate(
      byteCount: total * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: total)
    start.initialize(repeating: Self.pattern, count: total)
  }

  deinit { start.deallocate() }

  /// Where the plugin writes its `count` values.
  var data: UnsafeMutablePointer<Float> { start + Self.guardCount }

  var wroteBefore: Bool { !isUntouched(start) }
  var wroteBehind: Bool { !isUntouched(data + count) }

  private func isUntouched(_ words: UnsafeMutablePointer<Float>) -> Bool {
    (0..<Self.guardCount).allSatisfy { words[$0].bitPattern == Self.pattern.bitPattern }
  }

  /// Copies the values and tells whether all are finite, in one pass.
  func copy(to goal: UnsafeMutablePointer<Float>) -> Bool {
    var found: UInt32 = 0
    for i in 0..<count {
      let bits = data[i].bitPattern
      goal[i] = data[i]
      // All bits of the exponent: infinite or NaN.
      found |= bits & 0x7f80_0000 == 0x7f80_0000 ? 1 : 0
    }
    return found == 0
  }

  /// How many values still are what they were before the call.
  var unwrittenCount: Int {
    (0..<count).reduce(0) { $0 + (data[$1].bitPattern == Self.pattern.bitPattern ? 1 : 0) }
  }

  var notFiniteCount: Int { (0..<count).reduce(0) { $0 + (data[$1].isFinite ? 0 : 1) } }
}
