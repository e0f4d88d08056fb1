import TensorCore

/// Random changes of pictures while they train a network.
///
/// Numbers are drawn only for changes that are asked for, so that one does not alter what another draws.
struct Augmentation {
  var flips = false
  /// Pixels in each direction.
  var shift = 0
  /// Shares of the pictures, 0...1, that are warped, get other tones, and get a patch.
  var warps: Float = 0
  var tones: Float = 0
  var patches: Float = 0

  init(
    flips: Bool = false, shift: Int = 0, warps: Float = 0, tones: Float = 0, patches: Float = 0
  ) {
    self.flips = flips
    self.shift = shift
    self.warps = warps
    self.tones = tones
    self.patches = patches
  }

  init(_ recipe: TrainingRecipe) {
    self.init(
      flips: recipe.flips, shift: recipe.shift, warps: recipe.warps, tones: recipe.tones,
      patches: recipe.patches)
  }

  private var moves: Bool { flips || shift > 0 }
  var isActive: Bool { moves || warps > 0 || tones > 0 || patches > 0 }

  /// Writes a changed copy of a picture of `height` x `width` bytes; what comes in from outside is 0.
  func change(
    _ picture: UnsafePointer<UInt8>, height: Int, width: Int, into goal: UnsafeMutablePointer<UInt8>,
    using generator: inout SplitMix64
  ) {
    if moves {
      move(picture, height: height, width: width, into: goal, using: &generator)
    } else {
      goal.update(from: picture, count: height * width)
    }
    let changed = PictureBytes(start: goal, height: height, width: width)
    if Self.happens(warps, &generator) { Warp(using: &generator).apply(to: changed) }
    if Self.happens(tones, &generator) { ToneCurve(using: &generator).apply(to: changed) }
    if Self.happens(patches, &generator) { Patch(in: changed, using: &generator).apply(to: changed) }
  }

  private static func happens(_ share: Float, _ generator: inout SplitMix64) -> Bool {
    share > 0 && generator.unitFloat() < share
  }

  /// Mirroring and shifting.
  private func move(
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
