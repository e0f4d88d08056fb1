import TensorCore
import Testing

@testable import Training

@Suite("Warps, tones and patches")
struct PictureChangesTests {
  private static let side = 28

  /// A garment of grey 100...199 on black.
  private let garment: [UInt8] = (0..<784).map { place in
    let (y, x) = (place / 28, place % 28)
    return (6..<22).contains(y) && (8..<20).contains(x) ? UInt8(100 + (y * 7 + x * 13) % 100) : 0
  }

  private func changed(_ picture: [UInt8], _ change: (PictureBytes) -> Void) -> [UInt8] {
    var result = picture
    result.withUnsafeMutableBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      change(PictureBytes(start: start, height: Self.side, width: picture.count / Self.side))
    }
    return result
  }

  private func augmented(_ augmentation: Augmentation, seed: UInt64) -> [UInt8] {
    var generator = SplitMix64(seed: seed)
    var result = [UInt8](repeating: 99, count: garment.count)
    augmentation.change(
      garment, height: Self.side, width: Self.side, into: &result, using: &generator)
    return result
  }

  @Test("a share of the pictures is changed, the others stay, and the same seed gives the same")
  func shares() {
    for augmentation in [Augmentation(warps: 0.25), Augmentation(tones: 0.25), Augmentation(patches: 0.25)] {
      let count = (0..<400).count { augmented(augmentation, seed: $0) != garment }
      #expect((60...140).contains(count), "\(count) of 400")
      #expect((0..<20).allSatisfy { augmented(augmentation, seed: $0) == augmented(augmentation, seed: $0) })
    }
  }

  @Test("a share of 0 draws no number")
  func nothing() {
    var generator = SplitMix64(seed: 1)
    var untouched = generator
    var result = garment
    Augmentation().change(garment, height: 28, width: 28, into: &result, using: &generator)
    #expect(result == garment && generator == untouched)
    _ = untouched.next()
  }

  @Test("a warp keeps the middle, the amount of light within its scales, and black around")
  func warp() {
    let light = garment.reduce(0) { $0 + Int($1) }
    var different: Set<[UInt8]> = []
    for seed in 0..<100 as Range<UInt64> {
      var generator = SplitMix64(seed: seed)
      let warp = Warp(using: &generator)
      let result = changed(garment) { warp.apply(to: $0) }
      different.insert(result)
      let share = Double(result.reduce(0) { $0 + Int($1) }) / Double(light)
      // 0.75 x 0.75 to 1.1 x 1.1, and a little for what shearing and turning change.
      #expect((0.54...1.25).contains(share), "\(share)")
      #expect(result[14 * 28 + 14] >= 90)
      #expect((0..<28).allSatisfy { result[$0] == 0 && result[27 * 28 + $0] == 0 })
    }
    #expect(different.count == 100)
  }

  @Test("a warp reads what it should: one of twice the width and half the height")
  func warpExactly() {
    let picture: [UInt8] = (0..<784).map { ($0 % 28) % 2 == 0 ? 200 : 100 }
    // The identity leaves every byte.
    let identity = Warp(xx: 1, xy: 0, yx: 0, yy: 1)
    #expect(changed(picture) { identity.apply(to: $0) } == picture)
    // Read half a pixel further with every row from the middle: a shear by whole pixels on every other row.
    let shear = Warp(xx: 1, xy: 1, yx: 0, yy: 1)
    let sheared = changed(picture) { shear.apply(to: $0) }
    // Row 14 is half a pixel below the middle, so it is the mean of neighbours; so is every row.
    #expect((2..<25).allSatisfy { sheared[14 * 28 + $0] == 150 })
    // What comes from outside is black.
    let shrunk = Warp(xx: 4, xy: 0, yx: 0, yy: 4)
    let small = changed(picture) { shrunk.apply(to: $0) }
    #expect(small[0] == 0 && small[783] == 0 && small[14 * 28 + 14] > 0)
  }

  @Test("tones keep black, the order of greys and the range")
  func tones() {
    let ramp = (0..<784).map { UInt8(min($0 / 3, 255)) }
    for seed in 0..<200 as Range<UInt64> {
      var generator = SplitMix64(seed: seed)
      let curve = ToneCurve(using: &generator)
      let result = changed(ramp) { curve.apply(to: $0) }
      #expect(result[0] == 0)
      #expect(zip(result, result.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(result[783] >= 150)
    }
  }

  @Test("a patch changes a rectangle of its sizes to one grey and nothing else, half of them black")
  func patches() {
    var holes = 0
    for seed in 0..<400 as Range<UInt64> {
      var generator = SplitMix64(seed: seed)
      let white = [UInt8](repeating: 255, count: 784)
      let result = changed(white) { Patch(in: $0, using: &generator).apply(to: $0) }
      let places = result.indices.filter { result[$0] != 255 }
      let height = Set(places.map { $0 / 28 }).count
      let width = Set(places.map { $0 % 28 }).count
      #expect((2...9).contains(height) && (2...9).contains(width) && places.count == height * width)
      #expect(Set(places.map { result[$0] }).count == 1)
      if let first = places.first, result[first] == 0 { holes += 1 }
    }
    #expect((150...250).contains(holes))
  }
}
