import KernelAPI

/// A narrow Gauss filter less a wide one: what is left are edges and spots of about that size.
enum DifferenceOfGaussians {
  private static let ratio = ParameterDescriptor(
    "ratio", .number(default: 1.6, in: 1.01...10), "the wide standard deviation divided by the narrow one")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "difference-of-gaussians", summary: "Narrow Gauss filter less a wide one, a band of sizes",
      details: """
        G(sigma) * x - G(ratio * sigma) * x, each Gauss function of sum 1 and cut off at four of its standard \
        deviations. Positive on bright spots and on the bright side of edges. With the default ratio of 1.6 \
        it comes close to -laplacian-of-gaussian.
        Agrees with skimage.filters.difference_of_gaussians(low_sigma=sigma, high_sigma=ratio*sigma), whose \
        default border is replicate.
        Source: D. Marr, E. Hildreth, "Theory of Edge Detection", 1980.
        """,
      parameters: [EdgeParameters.sigma, ratio, EdgeParameters.scale, FilterBorder.parameter])
  ) { values in
    let narrow = values.number(EdgeParameters.sigma.name)
    let wide = narrow * values.number(ratio.name)
    let radius = gaussianRadius(sigma: wide)
    // Weights of 0 around the narrow one give both one size; down the columns filters leave them out.
    let margin = [Double](repeating: 0, count: radius - gaussianRadius(sigma: narrow))
    let inner = margin + gaussianWeights(sigma: narrow, radius: radius - margin.count) + margin
    let outer = gaussianWeights(sigma: wide, radius: radius)
    return SeparableSum(
      [.init(row: inner, column: inner), .init(row: outer, column: outer.map { -$0 })],
      scale: values.number(EdgeParameters.scale.name), border: FilterBorder(values))
  }
}
