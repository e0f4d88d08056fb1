import KernelAPI
import TensorCore

/// The difference of two neighbours, with which chapter 6.2 of Dive into Deep Learning finds an edge.
enum Difference {
  private static let direction = ParameterDescriptor(
    "direction", .choice(default: "horizontal", of: ["horizontal", "vertical"]),
    "which neighbours are compared: side by side (finds vertical edges) or one above the other")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "difference",
      summary: "Difference of two neighbours, the kernel [1, -1]",
      details: """
        y[i, j] = x[i, j] - x[i, j + 1]; direction=vertical is the transpose, x[i, j] - x[i + 1, j]. 1 where \
        white turns to black, -1 where black turns to white, 0 where nothing changes.
        With border=valid this is corr2d(X, [[1.0, -1.0]]) of chapter 6.2 of "Dive into Deep Learning" \
        (Zhang, Lipton, Li, Smola): a 6x8 picture gives 6x7 values. Otherwise the size is kept, and the last \
        column (or row) is compared with what the border mode puts beyond it. As a convolution the weights \
        would be [-1, 1]. NumPy's diff has the opposite sign.
        """,
      parameters: [direction, EdgeParameters.scale, FilterBorder.parameter])
  ) { values in
    let row = Tensor(rows: [[1, -1]]).scaled(values)
    let isHorizontal = values.text(direction.name) == "horizontal"
    return MatrixFilter(isHorizontal ? row : row.transposed(), border: FilterBorder(values))
  }
}
