import KernelAPI
import TensorCore
import TensorOps

/// A sum of separable filters of one size: how Laplacians and differences of Gauss functions are computed with
/// few products.
struct SeparableSum: CountedKernel, BorderedKernel {
  /// One separable filter.
  struct Term: Sendable {
    /// The weights along the rows and down the columns; the two-dimensional kernel is their outer product.
    let row: [Double]
    let column: [Double]
  }

  private let filter: LinearFilter
  private let count: Int
  let border: FilterBorder

  /// - Precondition: there is a term, and all rows and columns have one length.
  init(_ terms: [Term], scale: Double, border: FilterBorder) {
    let size = terms.first?.row.count ?? 0
    precondition(
      size > 0 && terms.allSatisfy { $0.row.count == size && $0.column.count == size },
      "the terms of a sum must have one size")
    filter = LinearFilter(
      products: terms.map { term in
        .init(column: term.column.map { Float($0 * scale) }, row: term.row.map { Float($0) })
      })
    count = terms.count
    self.border = border
  }

  var window: Window { border.window(filter.size) }

  func outputShape(for input: Shape) throws -> Shape {
    try border.outputShape(for: input, window: window)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    _ = try outputShape(for: input.shape)
    return try filterPlanes(input, filter, border: border.mode)
  }

  func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).count * count * (filter.size.height + filter.size.width)
  }
}
