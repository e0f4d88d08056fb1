import KernelAPI

/// Sobel's gradient: differences smoothed across by 1 2 1.
enum Sobel {
  static let weights: [[Float]] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]

  static let factories: [KernelFactory] = [
    KernelFactory(
      KernelDescriptor(
        name: "sobel", summary: "Sobel's gradient: its length, parts or direction",
        details: """
          gx: -1 0 1 / -2 0 2 / -1 0 1, gy its transpose (as a convolution the signs are reversed). \
          \(GradientFilter.outputDetails)
          Agrees with cv2.Sobel(ksize=3, scale=1). scikit-image's sobel divides by 4, and its magnitude by \
          sqrt(2) once more: scale=0.25 gives its sobel_v (x) and sobel_h (y).
          Source: I. Sobel, G. Feldman, "A 3x3 Isotropic Gradient Operator for Image Processing", 1968; \
          Duda and Hart, "Pattern Classification and Scene Analysis", 1973.
          """,
        parameters: GradientFilter.parameters)
    ) { GradientFilter(x: weights, $0) },
    part("sobel-x", .x, "Sobel's gradient to the right: positive where it gets brighter to the right"),
    part("sobel-y", .y, "Sobel's gradient downwards: positive where it gets brighter downwards"),
  ]

  /// One part of the gradient under a name of its own.
  private static func part(
    _ name: String, _ output: GradientFilter.Output, _ summary: String
  ) -> KernelFactory {
    KernelFactory(
      KernelDescriptor(
        name: name, summary: summary,
        details: "The same as sobel:output=\(output.rawValue), and as cv2.Sobel(ksize=3).",
        parameters: [EdgeParameters.scale, FilterBorder.parameter])
    ) { GradientFilter(x: weights, output: output, $0) }
  }
}
