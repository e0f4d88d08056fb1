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
    let weights = gaussianWeights(sigma: sigma, radius: gaussianRadius(sigma: sigma)).map { Float($0) }
    return UnsharpFilter(
      blur: LinearFilter(products: [.init(column: weights, row: weights)]),
      amount: Float(values.number(amount.name)), threshold: Float(values.number(threshold.name)),
      border: FilterBorder(values))
  }
}

/// See the descriptor.
struct UnsharpFilter: CountedKernel, BorderedKernel {
  let blur: LinearFilter
  let amount: Float
  let threshold: Float
  let border: FilterBorder

  var window: Window { border.window(blur.size) }

  func outputShape(for input: Shape) throws -> Shape {
    try border.outputShape(for: input, window: window)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    _ = try outputShape(for: input.shape)
    return try sharpenPlanes(
      input, blur: blur, amount: amount, threshold: threshold, border: border.mode)
  }

  /// A row and a column of the Gauss filter, and the difference times the amount.
  func multiplyAdds(for input: Shape) throws -> Int {
    try outputShape(for: input).count * (blur.size.height + blur.size.width + 1)
  }
}
