import KernelAPI
import TensorCore
import TensorOps

/// The unsharp mask: what a Gauss filter takes away is added once more.
enum Unsharp {
  private static let sigma = ParameterDescriptor(
    "sigma", .number(default: 1, in: 0.1...50), unit: "px", "the standard deviation of the Gauss function")
  private static let amount = ParameterDescriptor(
    "amount", .number(default: 1, in: 0...20), "how much of the difference is added; 0 changes nothing")
  private static let threshold = ParameterDescriptor(
    "threshold", .number(default: 0, in: 0...1000), "differences up to this one are left alone, as noise")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "unsharp", summary: "Unsharp mask: differences to the blurred picture made stronger",
      details: """
        d = x - gaussian(x); the result is x + amount * d where |d| > threshold, and x elsewhere. The Gauss \
        function is cut off at four standard deviations. With threshold=0 the weights have sum 1; results may \
        leave 0...1.
        Agrees with skimage.filters.unsharp_mask(radius=sigma, amount, preserve_range=True), whose border is \
        symmetric and which has no threshold.
        """,
      parameters: [sigma, amount, threshold, FilterBorder.parameter])
  ) { values in
    let sigma = values.number(sigma.name)
    let border = FilterBorder(values)
    return UnsharpFilter(
      blur: gaussianFilter(sigma: sigma, radius: gaussianRadius(sigma: sigma), border: border),
      amount: Float(values.number(amount.name)), threshold: Float(values.number(threshold.name)))
  }
}

/// See the descriptor.
struct UnsharpFilter: CountedKernel {
  let blur: MatrixFilter
  let amount: Float
  let threshold: Float

  var window: Window { blur.window }

  func outputShape(for input: Shape) throws -> Shape {
    try blur.outputShape(for: input)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.planeByPlane(outputShape(for: input.shape)) { plane in
      let blurred = try blur(plane)
      // A smaller result, without a border, lies in the middle of the plane.
      let top = (plane.shape.height - blurred.shape.height) / 2
      let left = (plane.shape.width - blurred.shape.width) / 2
      return Tensor.rowByRow(blurred.shape) { row, out in
        plane.withRow(row + top) { sharp in
          blurred.withRow(row) { blurred in
            for i in out.indices {
              let difference = sharp[i + left] - blurred[i]
              out[i] = sharp[i + left] + (abs(difference) > threshold ? amount * difference : 0)
            }
          }
        }
      }
    }
  }

  func multiplyAdds(for input: Shape) throws -> Int {
    try blur.multiplyAdds(for: input) + outputShape(for: input).count
  }
}
