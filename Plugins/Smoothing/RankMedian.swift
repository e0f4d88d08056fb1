import TensorCore
import TensorOps

// Unsafe pointers in this file: every tile writes its own part of the result, bounded by the result's shape.

/// The median of every square of a plane [1, 1, H, W]: [1, 1, H - size + 1, W - size + 1].
///
/// - Complexity: about `2 * size` steps for a pixel, whatever the values are.
func rankMedian(_ input: Tensor, size: Int) -> Tensor {
  let shape = Shape(
    channels: 1, height: input.shape.height - size + 1, width: input.shape.width - size + 1)
  let side = 64
  let tilesAcross = (shape.width + side - 1) / side
  let tilesDown = (shape.height + side - 1) / side
  return Tensor(shape: shape) { output in
    nonisolated(unsafe) let output = output
    parallelFor(tilesAcross * tilesDown) { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: tilesAcross)
      let top = row * side
      let left = column * side
      let extent = Extent(height: min(side, shape.height - top), width: min(side, shape.width - left))
      var tile = RankTile(input, top: top, left: left, extent: extent, size: size)
      tile.scan { y, x, median in output[(top + y) * shape.width + left + x] = median }
    }
  }
}

/// The medians of one tile: its values are sorted once, then a window of ranks moves over it.
///
/// Every value has a rank of its own, so that the window is a set of bits, and its median the bit with
/// `size * size / 2` bits before it, which never is far from that of the window before.
private struct RankTile {
  private let extent: Extent
  private let size: Int
  private let width: Int
  /// The rank of every value of the tile, the border around it included.
  private let ranks: [Int32]
  /// The values in order.
  private let sorted: [Float]
  /// One bit for each rank in the window.
  private var bits: [UInt64]
  /// Where the median was last seen, and how many bits lie in the words before.
  private var word = 0
  private var countBefore = 0

  init(_ input: Tensor, top: Int, left: Int, extent: Extent, size: Int) {
    self.extent = extent
    self.size = size
    let width = extent.width + size - 1
    self.width = width
    var values: [Float] = []
    values.reserveCapacity(width * (extent.height + size - 1))
    for y in top..<top + extent.height + size - 1 {
      input.withRow(y) { values.append(contentsOf: $0[left..<left + width]) }
    }
    let order = sortedOrder(values)
    sorted = order.map { values[Int($0)] }
    var ranks = [Int32](repeating: 0, count: values.count)
    for (rank, place) in order.enumerated() { ranks[Int(place)] = Int32(rank) }
    self.ranks = ranks
    bits = Array(repeating: 0, count: values.count / 64 + 1)
  }

  /// Moves the window over the tile, to the right and to the left in turn, and answers with every median.
  mutating func scan(_ answer: (_ y: Int, _ x: Int, _ median: Float) -> Void) {
    for y in 0..<size { for x in 0..<size { insert(y * width + x) } }
    var x = 0
    for y in 0..<extent.height {
      if y > 0 {
        for i in x..<x + size {
          remove((y - 1) * width + i)
          insert((y + size - 1) * width + i)
        }
      }
      answer(y, x, median())
      let step = y % 2 == 0 ? 1 : -1
      for _ in 1..<extent.width {
        let leaving = step > 0 ? x : x + size - 1
        for row in y..<y + size {
          remove(row * width + leaving)
          insert(row * width + leaving + step * size)
        }
        x += step
        answer(y, x, median())
      }
    }
  }

  private mutating func insert(_ place: Int) {
    let rank = Int(ranks[place])
    bits[rank / 64] |= 1 << UInt64(rank % 64)
    if rank / 64 < word { countBefore += 1 }
  }

  private mutating func remove(_ place: Int) {
    let rank = Int(ranks[place])
    bits[rank / 64] &= ~(1 << UInt64(rank % 64))
    if rank / 64 < word { countBefore -= 1 }
  }

  private mutating func median() -> Float {
    let target = size * size / 2
    while countBefore > target {
      word -= 1
      countBefore -= bits[word].nonzeroBitCount
    }
    while countBefore + bits[word].nonzeroBitCount <= target {
      countBefore += bits[word].nonzeroBitCount
      word += 1
    }
    var rest = bits[word]
    for _ in countBefore..<target { rest &= rest - 1 }
    return sorted[word * 64 + rest.trailingZeroBitCount]
  }
}

/// The places of the values from the smallest to the largest, equal ones in their order: a radix sort of three
/// passes of eleven bits.
private func sortedOrder(_ values: [Float]) -> [Int32] {
  // Bits of floats, read as integers, are in order after this; NaN comes last (or first, if negative).
  let keys = values.map { value in
    let bits = value.bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 1 << 31
  }
  var order = Array(0..<Int32(values.count))
  var next = order
  for shift: UInt32 in [0, 11, 22] {
    var starts = [Int](repeating: 0, count: 2049)
    for key in keys { starts[Int(key >> shift & 2047) + 1] += 1 }
    for i in 1...2048 { starts[i] += starts[i - 1] }
    for place in order {
      let digit = Int(keys[Int(place)] >> shift & 2047)
      next[starts[digit]] = place
      starts[digit] += 1
    }
    swap(&order, &next)
  }
  return order
}
