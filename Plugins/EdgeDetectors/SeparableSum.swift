import KernelAPI
import TensorCore
import TensorOps

/// A sum of separable filters of one size: how Laplacians and differences of Gauss functions are computed with
/// few products.
struct SeparableSum: CountedKernel {
  /// One separable filter.
  struct Term: Sendable {
    /// The weights along the rows and down the columns; the two-dimensional kernel is their outer product.
    let row: [Double]
    let column: [Double]
  }

  private let rows: [Tensor]
  private let columns: [Tensor]
  private let border: FilterBorder

  /// - Precondition: there is a term, and all rows and columns have one length.
  init(_ terms: [Term], scale: Double, border: FilterBorder) {
    let size = terms.first?.row.count ?? 0
    precondition(
      size > 0 && terms.allSatisfy { $0.row.count == size && $0.column.count == size },
      "the terms of a sum must have one size")
    rows = terms.map { Tensor(rows: [$0.row.map { Float($0) }]) }
    columns = terms.map { Tensor(rows: $0.column.map { [Float($0 * scale)] }) }
    self.border = border
  }

  private var size: Int { rows[0].shape.width }

  var window: Window { border.window(Extent(size)) }

  func outputShape(for input: Shape) throws -> Shape {
    try border.outputShape(for: input, window: window)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.planeByPlane(outputShape(for: input.shape)) { plane in
      var sum: Tensor?
      for (row, column) in zip(rows, columns) {
        let along = try filterPlanes(plane, kernel: row, border: border.mode)
        let term = try filterPlanes(along, kernel: column, border: border.mode)
        sum = sum.map { added($0, term) } ?? term
      }
      return sum ?? plane
    }
  }

  func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).count * rows.count * 2 * size
  }
}

private func added(_ a: Tensor, _ b: Tensor) -> Tensor {
  .rowByRow(a.shape) { row, out in
    a.withRow(row) { a in
      b.withRow(row) { b in
        for i in out.indices { out[i] = a[i] + b[i] }
      }
    }
  }
}
