import TensorCore

extension LinearFilter.Product {
  /// The multiplications for one result.
  var cost: Int { column.count { $0 != 0 } + row.count }

  /// The column and the row that a kernel is exactly the product of, without any rounding; `nil` where there are
  /// none.
  ///
  /// One of the two is taken from the kernel, the other has a weight of 1. Where the weights of one have sum 0
  /// it is that one: a gradient's difference then is one of equal numbers where nothing changes, which is 0
  /// whatever the kernel is scaled by.
  init?(factoring kernel: Tensor) {
    let width = kernel.shape.width
    guard let place = kernel.values.firstIndex(where: { $0 != 0 }) else { return nil }
    let (firstRow, firstColumn) = place.quotientAndRemainder(dividingBy: width)
    let row = (0..<width).map { kernel[0, 0, firstRow, $0] }
    let column = (0..<kernel.shape.height).map { kernel[0, 0, $0, firstColumn] }
    let withUnitRow = row.indices.lazy.filter { row[$0] != 0 }.map { pivot in
      Self(
        column: column.indices.map { kernel[0, 0, $0, pivot] }, row: row.map { $0 / row[pivot] })
    }.first { $0.amounts(to: kernel) }
    let withUnitColumn = column.indices.lazy.filter { column[$0] != 0 }.map { pivot in
      Self(
        column: column.map { $0 / column[pivot] }, row: row.indices.map { kernel[0, 0, pivot, $0] })
    }.first { $0.amounts(to: kernel) }
    if let withUnitColumn, withUnitColumn.column.reduce(0, +) == 0 {
      self = withUnitColumn
    } else if let product = withUnitRow ?? withUnitColumn {
      self = product
    } else {
      return nil
    }
  }

  /// Whether the kernel is this product. Products of two `Float` are exact in `Double`.
  private func amounts(to kernel: Tensor) -> Bool {
    column.indices.allSatisfy { y in
      row.indices.allSatisfy { x in Double(column[y]) * Double(row[x]) == Double(kernel[0, 0, y, x]) }
    }
  }
}
