import KernelAPI
import TensorCore

/// The mean of a square.
enum Box {
  private static let size = ParameterDescriptor(
    "size", .integer(default: 3, in: 1...255), unit: "px", "the side of the square")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "box", summary: "Mean of the pixels of a square",
      details: """
        All size * size weights are 1 / size^2. Computed down columns and along rows.
        Agrees with cv2.blur((size, size)) and scipy.ndimage.uniform_filter for odd sizes. The square of an \
        even size reaches half a pixel further to the right and down; in the other two to the left and up.
        """,
      parameters: [size, FilterBorder.parameter])
  ) { values in
    let size = values.integer(size.name)
    let row = Tensor(rows: [[Float](repeating: 1 / Float(size), count: size)])
    return MatrixFilter([row, row.transposed()], border: FilterBorder(values))
  }
}
