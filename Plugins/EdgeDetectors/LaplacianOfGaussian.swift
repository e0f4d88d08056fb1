import KernelAPI

/// The Laplacian of a picture smoothed by a Gauss function, the "Mexican hat".
enum LaplacianOfGaussian {
  static let factory = KernelFactory(
    KernelDescriptor(
      name: "laplacian-of-gaussian", summary: "Second derivatives of the smoothed picture",
      details: """
        (x^2 + y^2 - 2 sigma^2) / sigma^4 * G(x, y), cut off at four standard deviations (radius \
        floor(4 sigma + 0.5)); G is the Gauss function of sum 1. Computed as two separable filters. Negative \
        on bright spots, positive on dark ones; edges are where the sign changes. scale = sigma^2 makes the \
        responses of different sigma comparable.
        Agrees with scipy.ndimage.gaussian_laplace(truncate=4) but for one thing: the sampled second \
        derivative is corrected to have sum 0, so that a constant picture gives 0. The difference is below \
        2e-4 of the brightness for sigma >= 1 and grows for smaller ones, which sampling does no justice.
        Source: D. Marr, E. Hildreth, "Theory of Edge Detection", 1980.
        """,
      parameters: [EdgeParameters.sigma, EdgeParameters.scale, FilterBorder.parameter])
  ) { values in
    let sigma = values.number(EdgeParameters.sigma.name)
    let radius = gaussianRadius(sigma: sigma)
    let smooth = gaussianWeights(sigma: sigma, radius: radius)
    let curve = secondDerivative(of: smooth, sigma: sigma)
    return SeparableSum(
      [.init(row: curve, column: smooth), .init(row: smooth, column: curve)],
      scale: values.number(EdgeParameters.scale.name), border: FilterBorder(values))
  }

  /// `(x^2 - sigma^2) / sigma^4 * g(x)`, with as much of `g` taken away as makes the sum 0.
  private static func secondDerivative(of weights: [Double], sigma: Double) -> [Double] {
    let radius = weights.count / 2
    let variance = sigma * sigma
    let sampled = weights.enumerated().map { index, weight in
      let x = Double(index - radius)
      return (x * x - variance) / (variance * variance) * weight
    }
    let excess = sampled.reduce(0, +)
    return zip(sampled, weights).map { $0 - excess * $1 }
  }
}
