import TensorCore

/// Random mirroring and moving of pictures while they train a network.
struct Augmentation {
  let flips: Bool
  let shift: Int

  var isActive: Bool { flips || shift > 0 }

  /// Writes a changed copy of a picture of `height` x `width` bytes; what moves in from outside is 0.
  func change(
    _ picture: UnsafePointer<UInt8>, height: Int, width: Int, into goal: UnsafeMutablePointer<UInt8>,
    using generator: inout SplitMix64
  ) {
    let mirrored = flips && generator.index(below: 2) == 1
    let dy = generator.index(below: 2 * shift + 1) - shift
    let dx = generator.index(below: 2 * shift + 1) - shift
    let columns = Self.kept(width, dx)
    goal.update(repeating: 0, count: height * width)
    for y in Self.kept(height, dy) {
      let row = picture + (y + dy) * width
      let goal = goal + y * width
      if mirrored {
        for x in columns { goal[x] = row[width - 1 - (x + dx)] }
      } else {
        (goal + columns.lowerBound).update(from: row + columns.lowerBound + dx, count: columns.count)
      }
    }
  }

  /// The places that something moves to when all places are read `shift` further on; none when it moves out.
  private static func kept(_ count: Int, _ shift: Int) -> Range<Int> {
    let first = min(count, max(0, -shift))
    return first..<max(first, min(count, count - shift))
  }
}
