import FeatureMapPluginKit

/// A layer for networks: max(x, 0) + slope * min(x, 0).
struct LeakyReLU: Kernel {
  let slope: Float

  static let descriptor = KernelDescriptor(
    name: "leaky-relu", summary: "negative values become small",
    details: "max(x, 0) + slope * min(x, 0); Maas, Hannun, Ng, Rectifier Nonlinearities, 2013.",
    parameters: [
      ParameterDescriptor("slope", .number(default: 0.01, in: 0...1), "what is left of negative values")
    ])

  init(_ values: ParameterValues) { slope = Float(values.number("slope")) }

  /// Each value is made of the one at its place.
  let window = Window.pointwise

  func outputShape(for input: Shape) throws -> Shape { input }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    input.map { $0 >= 0 ? $0 : slope * $0 }
  }
}
