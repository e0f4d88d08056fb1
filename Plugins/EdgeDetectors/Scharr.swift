import KernelAPI

/// Scharr's gradient, whose direction is the most exact one of 3x3 weights.
enum Scharr {
  static let factory = KernelFactory(
    KernelDescriptor(
      name: "scharr", summary: "Scharr's gradient, more exact in its direction than Sobel's",
      details: """
        gx: -3 0 3 / -10 0 10 / -3 0 3, gy its transpose (as a convolution the signs are reversed). \
        \(GradientFilter.outputDetails)
        Agrees with cv2.Scharr(scale=1). scikit-image's scharr_v (x) and scharr_h (y) divide by 16, and its \
        magnitude by sqrt(2) once more: scale=0.0625 gives its parts.
        Source: H. Scharr, "Optimal Operators in Digital Image Processing", 2000.
        """,
      parameters: GradientFilter.parameters)
  ) { GradientFilter(x: [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]], $0) }
}
