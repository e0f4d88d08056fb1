import TensorCore

/// Random mirroring and moving of pictures while they train a network.
struct Augmentation {
  let flips: Bool
  let shift: Int

  var isActive: Bool { flips || shift > 0 }

  /// Changes every picture of a batch [N, 1, H, W]; what moves in from outside is 0.
  func callAsFunction(_ batch: Tensor, using generator: inout SplitMix64) -> Tensor {
    guard isActive else { return batch }
    let shape = batch.shape
    var result = Tensor(shape: shape)
    for n in 0..<shape.batch {
      let mirrored = flips && generator.index(below: 2) == 1
      let dy = generator.index(below: 2 * shift + 1) - shift
      let dx = generator.index(below: 2 * shift + 1) - shift
      let source = n * shape.exampleCount
      batch.values.withUnsafeBufferPointer { input in
        result.values.withUnsafeMutableBufferPointer { output in
          for plane in 0..<shape.channels {
            let start = source + plane * shape.planeCount
            for y in Self.kept(shape.height, dy) {
              let from = start + (y + dy) * shape.width
              let to = start + y * shape.width
              for x in Self.kept(shape.width, dx) {
                let column = mirrored ? shape.width - 1 - (x + dx) : x + dx
                output[to + x] = input[from + column]
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The places that something moves to when all places are read `shift` further on; none when it moves out.
  private static func kept(_ count: Int, _ shift: Int) -> Range<Int> {
    let first = min(count, max(0, -shift))
    return first..<max(first, min(count, count - shift))
  }
}
