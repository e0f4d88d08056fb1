import FeatureMapPluginKit

let slopeDescriptor = KernelDescriptor(
  name: "slope", summary: "How much brighter it gets from left to right, for each pixel",
  parameters: [FilterBorder.parameter])

/// A linear filter is its weights: `MatrixFilter` does the rest, quickly, and knows all borders.
func slope(_ values: ParameterValues) -> MatrixFilter {
  let weights = Tensor(rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]).map { $0 / 8 }
  return MatrixFilter(weights, border: FilterBorder(values))
}
