#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The Gauss function sampled at -radius...radius and divided by its sum: `exp(-x^2 / (2 sigma^2))`.
func gaussianWeights(sigma: Double, radius: Int) -> [Double] {
  let samples = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
  let sum = samples.reduce(0, +)
  return samples.map { $0 / sum }
}

/// Where scipy.ndimage cuts a Gauss function off: four standard deviations, rounded.
func gaussianRadius(sigma: Double) -> Int {
  Int(4 * sigma + 0.5)
}
