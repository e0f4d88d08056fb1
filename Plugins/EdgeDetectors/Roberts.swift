import KernelAPI
import TensorCore

/// Roberts' cross: differences along both diagonals of two by two pixels.
enum Roberts {
  static let factory = KernelFactory(
    KernelDescriptor(
      name: "roberts", summary: "Roberts' cross: the length of the gradient of 2x2 pixels",
      details: """
        sqrt(g1^2 + g2^2) with g1: 1 0 / 0 -1 and g2: 0 1 / -1 0, over the pixel and its neighbours to the \
        right, below and at the lower right. The value belongs to the corner between the four pixels: half a \
        pixel below and to the right of where it stands.
        scikit-image's roberts divides by sqrt(2): scale=0.70710678 and border=symmetric give the same. OpenCV \
        has no such filter.
        Source: L. Roberts, "Machine Perception of Three-Dimensional Solids", 1963.
        """,
      parameters: [EdgeParameters.scale, FilterBorder.parameter])
  ) { values in
    GradientFilter(
      x: Tensor(rows: [[1, 0], [0, -1]]), y: Tensor(rows: [[0, 1], [-1, 0]]), output: .magnitude, values)
  }
}
