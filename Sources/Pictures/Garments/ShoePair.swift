import TensorCore

/// Two shoes side by side, seen from above, as people photograph them.
///
/// Their outline has a notch between them at the toes and another at the heels, which trousers (no notch at the
/// waist) and shirts (none at the hem) lack.
struct ShoePair {
  /// Each shoe's part of the mask.
  let shoes: [Mask]

  /// Depth of both notches as a share of the height.
  private static let notch = 0.08

  /// `nil` where the mask does not look like a pair.
  init?(_ mask: Mask) {
    guard let box = mask.box, let column = Self.partingColumn(mask, box) else { return nil }
    func part(_ columns: Range<Int>) -> Mask {
      Mask(
        extent: mask.extent,
        values: mask.values.indices.map { mask.values[$0] && columns.contains($0 % mask.extent.width) })
    }
    shoes = [part(box.columns.lowerBound..<column), part(column..<box.columns.upperBound)]
    let sizes = shoes.map(\.count).sorted()
    let widest = max(column - box.columns.lowerBound, box.columns.upperBound - column)
    // Of about one size, and longer than wide.
    guard 2 * sizes[0] >= sizes[1], 5 * box.rows.count >= 6 * widest else { return nil }
  }

  /// The column in the middle two fifths where the less deep of the two notches is deepest.
  private static func partingColumn(_ mask: Mask, _ box: (rows: Range<Int>, columns: Range<Int>)) -> Int? {
    let columns = Array(box.columns)
    let tops = columns.map { x in box.rows.first { mask[$0, x] } ?? box.rows.upperBound }
    let bottoms = columns.map { x in box.rows.last { mask[$0, x] } ?? box.rows.lowerBound }
    func depth(_ i: Int) -> Int {
      guard let topLeft = tops[..<i].min(), let topRight = tops[(i + 1)...].min(),
        let bottomLeft = bottoms[..<i].max(), let bottomRight = bottoms[(i + 1)...].max()
      else { return 0 }
      return min(tops[i] - max(topLeft, topRight), min(bottomLeft, bottomRight) - bottoms[i])
    }
    let middle = columns.count * 3 / 10..<max(columns.count * 3 / 10, columns.count * 7 / 10)
    guard let best = middle.max(by: { depth($0) < depth($1) }) else { return nil }
    return Double(depth(best)) >= notch * Double(box.rows.count) ? columns[best] : nil
  }
}
