import KernelAPI
import TensorCore

/// The sum of the second derivatives: how much brighter the neighbours are than the pixel.
enum Laplacian {
  private static let neighbours = ParameterDescriptor(
    "neighbours", .choice(default: "4", of: ["4", "8"]), "whether neighbours across the corners count too")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "laplacian", summary: "Sum of the second derivatives, zero on even slopes",
      details: """
        neighbours=4: 0 1 0 / 1 -4 1 / 0 1 0. neighbours=8: 1 1 1 / 1 -8 1 / 1 1 1. Positive on the dark side \
        of an edge, negative on the bright side; the edge is where the sign changes.
        neighbours=4 agrees with cv2.Laplacian(ksize=1) and scipy.ndimage.laplace; scikit-image's laplace has \
        the opposite sign. cv2.Laplacian(ksize=3) has other weights, 2 0 2 / 0 -8 0 / 2 0 2.
        """,
      parameters: [neighbours, EdgeParameters.scale, FilterBorder.parameter])
  ) { values in
    let weights: [[Float]] =
      values.text(neighbours.name) == "4"
      ? [[0, 1, 0], [1, -4, 1], [0, 1, 0]] : [[1, 1, 1], [1, -8, 1], [1, 1, 1]]
    return MatrixFilter(Tensor(rows: weights).scaled(values), border: FilterBorder(values))
  }
}
