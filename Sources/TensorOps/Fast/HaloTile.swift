import TensorCore

// Unsafe pointers in this file: a tile's pointers are made by HaloSweep, which owns what they point to and says
// how far they may be read; the parts of a tile read no more than the tile itself.

/// A rectangle of a filter's results, and the rows of input around it that they are computed from.
///
/// What lies beyond the picture is already filled in, so that a filter sees no border.
struct HaloTile {
  /// `extent.height + window.height - 1` rows of at least `extent.width + window.width - 1` values: result
  /// (i, j) is computed from `rows[i + u][j + v]` for the places (u, v) of the window.
  let rows: UnsafePointer<UnsafePointer<Float>?>
  /// The size of the rectangle of results.
  let extent: Extent
  /// Where the first result lies in a tensor of results, whose rows are `rowLength` values long.
  let place: Int
  let rowLength: Int

  /// Results `range` of the rows.
  func part(_ range: Range<Int>) -> HaloTile {
    HaloTile(
      rows: rows + range.lowerBound, extent: Extent(height: range.count, width: extent.width),
      place: place + range.lowerBound * rowLength, rowLength: rowLength)
  }

  /// How many rows to work on at a time for `lines` intermediate values of each result to stay in the nearest
  /// cache: a multiple of `blockRows`.
  func rowsOfPart(lines: Int, blockRows: Int) -> Int {
    let fitting = Self.lineBudget / max(1, lines * extent.width)
    let most = (extent.height + blockRows - 1) / blockRows
    return max(1, min(most, fitting / blockRows)) * blockRows
  }

  /// The tile in parts of `count` rows, and the first row of each.
  func forEachPart(of count: Int, _ body: (_ part: HaloTile, _ first: Int) -> Void) {
    for first in stride(from: 0, to: extent.height, by: count) {
      body(part(first..<min(first + count, extent.height)), first)
    }
  }

  /// Floats of intermediate rows: 16 KiB, half of a nearest cache.
  private static let lineBudget = 1 << 12
}
