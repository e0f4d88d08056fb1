import KernelAPI

/// Prewitt's gradient: differences averaged across without weights.
enum Prewitt {
  static let factory = KernelFactory(
    KernelDescriptor(
      name: "prewitt", summary: "Prewitt's gradient: its length, parts or direction",
      details: """
        gx: -1 0 1 / -1 0 1 / -1 0 1, gy its transpose (as a convolution the signs are reversed). \
        \(GradientFilter.outputDetails)
        OpenCV has no Prewitt filter. scikit-image's prewitt_v (x) and prewitt_h (y) divide by 3, and its \
        magnitude by sqrt(2) once more.
        Source: J. Prewitt, "Object Enhancement and Extraction", 1970.
        """,
      parameters: GradientFilter.parameters)
  ) { GradientFilter(x: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], $0) }
}
