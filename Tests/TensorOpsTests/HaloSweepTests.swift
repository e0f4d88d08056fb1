import TensorCore
import Testing

@testable import TensorOps

@Suite("Tiles of a filter")
struct HaloSweepTests {
  /// What the tiles of a sweep say: how often each result was visited, and every place where a row does not hold
  /// what the enlarged picture holds.
  private func check(_ shape: Shape, _ window: Extent, _ border: BorderMode?) throws {
    let input = Tensor(shape: shape, values: (0..<shape.count).map { Float($0 + 1) })
    let edges = border == nil ? .zero : CorrelationOptions.samePadding(kernel: window)
    let padded = border.map { input.padded(by: edges, border: $0) } ?? input
    let sweep = try HaloSweep(shape, window: window, border: border)
    let visits = Locked([Int](repeating: 0, count: sweep.output.count))
    let wrong = Locked(0)
    sweep.forEachTile(of: input) { tile in
      for i in 0..<tile.extent.height {
        for j in 0..<tile.extent.width {
          let place = tile.place + i * tile.rowLength + j
          visits.withLock { $0[place] += 1 }
          let plane = place / sweep.output.planeCount
          let (y, x) = (place % sweep.output.planeCount).quotientAndRemainder(dividingBy: sweep.output.width)
          for u in 0..<window.height {
            for v in 0..<window.width {
              let expected = padded.values[
                (plane * padded.shape.height + y + u) * padded.shape.width + x + v]
              if tile.rows[i + u]?[j + v] != expected { wrong.withLock { $0 += 1 } }
            }
          }
        }
      }
    }
    #expect(visits.withLock { $0.allSatisfy { $0 == 1 } }, "\(shape), \(window), \(border as Any)")
    #expect(wrong.withLock { $0 } == 0, "\(shape), \(window), \(border as Any)")
  }

  @Test(
    "every result lies in one tile, whose rows go on beyond the picture as the border says",
    arguments: BorderMode.allCases + [nil] as [BorderMode?])
  func tiles(border: BorderMode?) throws {
    let windows = [
      Extent(1), Extent(2), Extent(3), Extent(height: 1, width: 4), Extent(height: 5, width: 1),
    ]
    for window in windows {
      for (height, width) in [(1, 1), (2, 3), (5, 17), (49, 40), (97, 131)]
      where border != nil || (window.height <= height && window.width <= width) {
        try check(Shape(batch: 2, channels: 1, height: height, width: width), window, border)
      }
    }
  }

  @Test("windows larger than the picture or than a band", arguments: BorderMode.allCases)
  func large(border: BorderMode) throws {
    try check(Shape(channels: 1, height: 2, width: 3), Extent(height: 9, width: 11), border)
    try check(Shape(channels: 2, height: 70, width: 3), Extent(height: 61, width: 2), border)
    try check(Shape(channels: 1, height: 1, width: 120), Extent(height: 2, width: 17), border)
  }

  @Test("parts of a tile are its rows in order")
  func parts() throws {
    let input = Tensor(shape: Shape(channels: 1, height: 20, width: 30), repeating: 1)
    let sweep = try HaloSweep(input.shape, window: Extent(3), border: nil)
    let seen = Locked<[Int]>([])
    sweep.forEachTile(of: input) { tile in
      tile.forEachPart(of: 7) { part, first in
        let isInPlace =
          part.place == tile.place + first * tile.rowLength && part.rows[0] == tile.rows[first]
        seen.withLock { $0 += [first, part.extent.height, isInPlace ? 1 : 0] }
      }
    }
    #expect(seen.withLock { $0 } == [0, 7, 1, 7, 7, 1, 14, 4, 1])
  }

  @Test(
    "parts hold whole blocks of rows, no more than the tile needs", arguments: [(4, 28), (48, 6000), (1, 1)])
  func rowsOfPart(height: Int, width: Int) throws {
    let input = Tensor(shape: Shape(channels: 1, height: height, width: width))
    let sweep = try HaloSweep(input.shape, window: .one, border: nil)
    sweep.forEachTile(of: input) { tile in
      let rows = tile.rowsOfPart(lines: 2, blockRows: 4)
      #expect(rows % 4 == 0 && rows >= 4 && rows < tile.extent.height + 4)
      #expect(rows == 4 || rows * 2 * tile.extent.width <= 1 << 13)
    }
  }
}
