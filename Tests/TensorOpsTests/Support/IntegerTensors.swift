import TensorCore
import Testing

@testable import TensorOps

/// The names of all instruction sets of this machine, for parameterised tests.
let instructionSets = InnerLoops.available.map(\.name)

/// The loops of one of `instructionSets`.
func loops(_ name: String) throws -> InnerLoops {
  try #require(InnerLoops(named: name))
}

extension Tensor {
  /// Small whole numbers: sums of their products are exact in `Float`, in whatever order they are added, so
  /// that a fast operation must equal the reference bit by bit.
  static func integers(_ shape: Shape, multipleOf unit: Int = 1, seed: UInt64) -> Tensor {
    var generator = SplitMix64(seed: seed)
    return Tensor(
      shape: shape, values: (0..<shape.count).map { _ in Float((generator.index(below: 9) - 4) * unit) })
  }

  /// `batch` examples: those of this tensor again and again.
  func cycled(to batch: Int) -> Tensor {
    var values: [Float] = []
    let size = shape.exampleCount
    for n in 0..<batch {
      let start = n % shape.batch * size
      values += self.values[start..<start + size]
    }
    return Tensor(shape: shape.with(batch: batch), values: values)
  }
}

/// The first place where two lists differ, told in words; `nil` where they are equal.
func firstDifference(_ actual: [Float], _ expected: [Float]) -> String? {
  if actual == expected { return nil }
  guard actual.count == expected.count else { return "\(actual.count) values instead of \(expected.count)" }
  let place = actual.indices.first { actual[$0] != expected[$0] } ?? 0
  return "value \(place) is \(actual[place]) instead of \(expected[place])"
}
