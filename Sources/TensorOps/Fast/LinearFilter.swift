import CKernels
import TensorCore

/// The weights of a photo filter in the form that needs the fewest operations.
package struct LinearFilter: Sendable {
  /// A column times a row: a kernel that can be applied as two of one dimension each.
  package struct Product: Sendable {
    package let column: [Float]
    package let row: [Float]

    package init(column: [Float], row: [Float]) {
      self.column = column
      self.row = row
    }
  }

  /// How results are computed.
  enum Form: Sendable {
    /// All weights, row by row, in register blocks of several rows.
    case dense([Float])
    /// The weights that are not zero.
    case sparse([fm_tap])
    /// A separable kernel, or a sum of them.
    case separable(SeparableWeights)
  }

  /// The window's size [kH, kW].
  package let size: Extent
  let bias: Float
  let form: Form
  /// What the results mean: the sum over the terms of what their kernels, one after the other, make of a plane.
  let definition: [[Tensor]]

  /// - Precondition: there is a product, and all have one size.
  package init(products: [Product], bias: Float = 0) {
    let size = Extent(height: products.first?.column.count ?? 0, width: products.first?.row.count ?? 0)
    precondition(
      size.count > 0 && products.allSatisfy { $0.column.count == size.height && $0.row.count == size.width },
      "the products of a filter must have one size")
    self.size = size
    self.bias = bias
    definition = products.map { [Tensor(rows: [$0.row]), Tensor(rows: $0.column.map { [$0] })] }
    if size.height == 1 || size.width == 1 {
      form = .dense(Self.sum(products, size))
    } else {
      form = .separable(SeparableWeights(products))
    }
  }

  /// A kernel [1, 1, kH, kW] that is a column times a row is applied as these where that saves products.
  ///
  /// - Throws: `OperationError.shape` when there are several kernels, `.setting` when there are no weights.
  package init(kernel: Tensor, bias: Float = 0) throws {
    try requireSingleKernel(kernel.shape)
    size = kernel.shape.extent
    self.bias = bias
    definition = [[kernel]]
    let taps = Self.taps(kernel)
    let product = size.height > 1 && size.width > 1 ? Product(factoring: kernel) : nil
    if let product, product.cost < min(2 * taps.count, size.count) {
      form = .separable(SeparableWeights([product]))
    } else if 2 * taps.count <= size.count {
      form = .sparse(taps)
    } else {
      form = .dense(kernel.values)
    }
  }

  private static func taps(_ kernel: Tensor) -> [fm_tap] {
    kernel.values.indices.filter { kernel.values[$0] != 0 }.map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: kernel.shape.width)
      return fm_tap(row: Int32(row), column: Int32(column), weight: kernel.values[index])
    }
  }

  /// The kernel that products amount to.
  private static func sum(_ products: [Product], _ size: Extent) -> [Float] {
    (0..<size.count).map { index in
      let (y, x) = index.quotientAndRemainder(dividingBy: size.width)
      return products.reduce(0) { $0 + $1.column[y] * $1.row[x] }
    }
  }
}
