import KernelAPI
import TensorCore
import TensorOps

/// Two kernels of one size, one for each direction, and what is made of the gradient they measure.
///
///     magnitude = sqrt(gx * gx + gy * gy)      direction = atan2(gy, gx)
struct GradientFilter: CountedKernel, BorderedKernel {
  /// What is given of the gradient.
  enum Output: String, CaseIterable, Sendable {
    case magnitude, x, y, direction

    static let parameter = ParameterDescriptor(
      "output", .choice(default: magnitude.rawValue, of: allCases.map(\.rawValue)),
      "length of the gradient, one of its parts, or its direction in radians (-pi...pi, 0 is to the right)")
  }

  static let parameters: [ParameterDescriptor] = [
    Output.parameter, EdgeParameters.scale, FilterBorder.parameter,
  ]

  /// What the details of every gradient filter say about the outputs.
  static let outputDetails = """
    output=x and output=y give these raw, signed values; magnitude is sqrt(gx^2 + gy^2); direction is \
    atan2(gy, gx) in radians, -pi...pi: 0 where the picture gets brighter to the right, pi/2 where it gets \
    brighter downwards, and 0 where it is constant. scale does not change the direction. \
    Look at directions with --gray --signed color.
    """

  let x: Tensor
  let y: Tensor
  let output: Output
  let border: FilterBorder

  /// - Parameters:
  ///   - x: the weights for changes to the right; those for changes downwards are its transpose.
  ///   - output: `nil` takes the setting `output`.
  init(x: [[Float]], output: Output? = nil, _ values: ParameterValues) {
    let x = Tensor(rows: x)
    self.init(x: x, y: x.transposed(), output: output, values)
  }

  /// - Precondition: both kernels have shape [1, 1, kH, kW] and one size.
  init(x: Tensor, y: Tensor, output: Output? = nil, _ values: ParameterValues) {
    precondition(x.shape == y.shape, "the kernels of a gradient differ in size: \(x.shape), \(y.shape)")
    self.x = x.scaled(values)
    self.y = y.scaled(values)
    self.output = output ?? Output(rawValue: values.text(Output.parameter.name)) ?? .magnitude
    border = FilterBorder(values)
  }

  var window: Window { border.window(x.shape.extent) }

  func outputShape(for input: Shape) throws -> Shape {
    try border.outputShape(for: input, window: window)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    _ = try outputShape(for: input.shape)
    switch output {
    case .x: return try filterPlanes(input, kernel: x, border: border.mode)
    case .y: return try filterPlanes(input, kernel: y, border: border.mode)
    case .magnitude: return try gradient(input, .length)
    case .direction: return try gradient(input, .angle)
    }
  }

  private func gradient(_ input: Tensor, _ part: GradientPart) throws -> Tensor {
    try gradientPlanes(
      input, x: LinearFilter(kernel: x), y: LinearFilter(kernel: y), part: part, border: border.mode)
  }

  func multiplyAdds(for input: Shape) throws -> Int {
    let kernels = output == .x || output == .y ? 1 : 2
    return try outputShape(for: input).count * kernels * x.shape.count
  }
}
