import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The Gauss function sampled at -radius...radius and divided by its sum: `exp(-x^2 / (2 sigma^2))`.
package func gaussianWeights(sigma: Double, radius: Int) -> [Double] {
  let samples = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
  let sum = samples.reduce(0, +)
  return samples.map { $0 / sum }
}

/// Where scipy.ndimage cuts a Gauss function off: after `truncate` standard deviations, rounded.
package func gaussianRadius(sigma: Double, truncate: Double = 4) -> Int {
  Int(truncate * sigma + 0.5)
}

/// The Gauss filter as a row and a column.
package func gaussianFilter(sigma: Double, radius: Int, border: FilterBorder) -> MatrixFilter {
  let row = Tensor(rows: [gaussianWeights(sigma: sigma, radius: radius).map { Float($0) }])
  return MatrixFilter([row, row.transposed()], border: border)
}
