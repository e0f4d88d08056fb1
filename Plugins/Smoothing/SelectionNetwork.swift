import TensorCore
import TensorOps

// Unsafe pointers in this file stay within scratch memory of `count * vectors` vectors; exchanges name values
// below `count` only.

/// A fixed list of exchanges that brings the middle of `count` values to its place, whatever they are: many
/// pixels can go through it side by side.
///
/// Source: Batcher's odd-even merge sort, without the exchanges that do not reach the middle.
struct SelectionNetwork: Sendable {
  /// The smaller value goes to `low`, the larger to `high`.
  struct Exchange: Sendable {
    let low: Int
    let high: Int
  }

  let count: Int
  let exchanges: [Exchange]

  init(medianOf count: Int) {
    self.count = count
    var isNeeded = [Bool](repeating: false, count: count)
    isNeeded[count / 2] = true
    var kept: [Exchange] = []
    for exchange in Self.sortingNetwork(count).reversed()
    where isNeeded[exchange.low] || isNeeded[exchange.high] {
      isNeeded[exchange.low] = true
      isNeeded[exchange.high] = true
      kept.append(exchange)
    }
    exchanges = kept.reversed()
  }

  /// Knuth, "The Art of Computer Programming" 3, algorithm 5.2.2M, for any count.
  private static func sortingNetwork(_ count: Int) -> [Exchange] {
    var exchanges: [Exchange] = []
    var top = 1
    while top * 2 < count { top *= 2 }
    var p = top
    while p > 0 {
      var q = top
      var r = 0
      var d = p
      while true {
        for i in 0..<max(0, count - d) where i & p == r { exchanges.append(Exchange(low: i, high: i + d)) }
        if q == p { break }
        d = q - p
        q /= 2
        r = p
      }
      p /= 2
    }
    return exchanges
  }

  /// Puts the middle of every lane's `count` values at the place of value `count / 2`.
  ///
  /// - Parameter values: value v of vector g at `v * vectors + g`.
  func select(_ values: UnsafeMutablePointer<Lanes>, vectors: Int) {
    for exchange in exchanges {
      let a = values + exchange.low * vectors
      let b = values + exchange.high * vectors
      for i in 0..<vectors {
        let (x, y) = (a[i], b[i])
        let isInOrder = x .< y
        a[i] = y.replacing(with: x, where: isInOrder)
        b[i] = x.replacing(with: y, where: isInOrder)
      }
    }
  }
}

/// Pixels that go through a network side by side.
typealias Lanes = SIMD16<Float>

/// The median of every square of a plane [1, 1, H, W]: [1, 1, H - size + 1, W - size + 1].
func networkMedian(_ input: Tensor, size: Int, network: SelectionNetwork) -> Tensor {
  let vectors = 8
  let lanes = vectors * Lanes.scalarCount
  let shape = Shape(
    channels: 1, height: input.shape.height - size + 1, width: input.shape.width - size + 1)
  return .rowByRow(shape) { row, out in
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: network.count * vectors) { scratch in
      guard let values = scratch.baseAddress else { return }
      scratch.initialize(repeating: .zero)
      for start in stride(from: 0, to: shape.width, by: lanes) {
        let count = min(lanes, shape.width - start)
        scratch.withMemoryRebound(to: Float.self) { floats in
          for y in 0..<size {
            input.withRow(row + y) { line in
              for x in 0..<size {
                let wire = UnsafeMutableBufferPointer(rebasing: floats[((y * size + x) * lanes)...])
                _ = wire.update(fromContentsOf: line[start + x..<start + x + count])
              }
            }
          }
        }
        network.select(values, vectors: vectors)
        scratch.withMemoryRebound(to: Float.self) { floats in
          let middle = floats[(network.count / 2 * lanes)...].prefix(count)
          _ = UnsafeMutableBufferPointer(rebasing: out[start...]).update(fromContentsOf: middle)
        }
      }
    }
  }
}
