/// The weights of a sum of separable kernels, laid out for two passes.
struct SeparableWeights: Sendable {
  /// A column without the zeros at both its ends.
  struct Column: Sendable {
    let start: Int
    let weights: [Float]
  }

  let products: [LinearFilter.Product]
  /// One for each product.
  let columns: [Column]
  /// The rows of all products, one below the other: summed along the rows and over the products, they are one
  /// kernel of that many rows.
  let rows: [Float]

  init(_ products: [LinearFilter.Product]) {
    self.products = products
    columns = products.map { product in
      let used = product.column.indices.filter { product.column[$0] != 0 }
      guard let first = used.first, let last = used.last else { return Column(start: 0, weights: [0]) }
      return Column(start: first, weights: Array(product.column[first...last]))
    }
    rows = products.flatMap(\.row)
  }

  /// The only product, where its column is short enough for both passes to be done on blocks of results in
  /// registers. Few rows of results share the sums along an input row there; with a longer column it costs less
  /// to keep these sums.
  func shortProduct(_ loops: InnerLoops) -> LinearFilter.Product? {
    guard products.count == 1, products[0].column.count <= loops.longestProduct else { return nil }
    return products[0]
  }
}
