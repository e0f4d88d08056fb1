import FileAccess
import Layers
import LeNet
import Networks
import TensorCore
import TestSupport

@testable import Training

/// Bytes of an IDX file.
func idx(sizes: [Int], _ values: [UInt8], magic: [UInt8]? = nil) -> [UInt8] {
  (magic ?? [0, 0, 8, UInt8(sizes.count)])
    + sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } } + values
}

/// The same bytes as gzip data, stored without compression (RFC 1951, 1952).
func gzipStored(_ bytes: [UInt8]) -> [UInt8] {
  precondition(bytes.count < 65536, "one stored block")
  func little(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }
  var checksum: UInt32 = 0xffff_ffff
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xedb8_8320 : 0) }
  }
  let count = UInt32(bytes.count)
  return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(count, 2) + little(~count, 2) + bytes
    + little(~checksum, 4) + little(count, 4)
}

/// Random pictures whose classes differ: a bright bar whose place tells the label.
func barPictures(_ count: Int, classes: Int = 10, seed: UInt64 = 1) -> LabelledImages {
  var generator = SplitMix64(seed: seed)
  var pixels: [UInt8] = []
  let labels = (0..<count).map { UInt8($0 % classes) }
  for label in labels {
    for _ in 0..<28 {
      for x in 0..<28 {
        let isBar = (Int(label) * 28 / classes..<(Int(label) + 1) * 28 / classes).contains(x)
        pixels.append(UInt8((isBar ? 200 : 0) + generator.index(below: 50)))
      }
    }
  }
  return LabelledImages(height: 28, width: 28, pixels: pixels, labels: labels)
}

/// Plain descent in batches of 256 at rate 0.9, 100 epochs: what the tests change.
func plainRecipe(_ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
  var recipe = TrainingRecipe.d2l
  recipe.batchSize = 256
  change(&recipe)
  return recipe
}
