import KernelAPI
import TensorCore
import TensorOps

/// Canny's edges: thin, connected lines of 1 on 0.
enum Canny {
  private static let sigma = ParameterDescriptor(
    "sigma", .number(default: 1, in: 0...50), unit: "px",
    "the standard deviation of the Gauss filter before; 0 leaves it out")
  private static let low = ParameterDescriptor(
    "low", .number(default: 0.1, in: 0...100_000),
    "gradients from here on continue an edge, in Sobel's units for values of 0...1")
  private static let high = ParameterDescriptor(
    "high", .number(default: 0.2, in: 0...100_000), "gradients from here on begin an edge; not below low")
  private static let norm = ParameterDescriptor(
    "norm", .choice(default: "l2", of: ["l2", "l1"]),
    "length of the gradient: sqrt(gx^2 + gy^2) or |gx| + |gy|")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "canny", summary: "Canny's edges: thin, connected lines of 1 on 0",
      details: """
        Every channel by itself: (1) a Gauss filter cut off at four sigma; (2) Sobel's gx and gy, raw, and \
        the length of the gradient; (3) a pixel stays when its length is not below those one step ahead and \
        behind along the gradient, interpolated between the two nearest neighbours; (4) pixels of at least \
        high are edges, and so is every pixel of at least low that is connected to one over neighbours \
        (corners count). An ideal step of 1 has a length of 4 before smoothing. Because of (4) an output may \
        depend on any input.
        Agrees with skimage.feature.canny, whose defaults these are (mode='reflect' is border=symmetric); the \
        outermost pixels are never edges there nor here. It differs within few pixels of the frame for other \
        borders, because Sobel there always uses symmetric, and mode='constant' there compensates for the \
        zeros. With border=valid the result is smaller by 2 floor(4 sigma + 0.5) + 4 in each direction.
        cv2.Canny works on 8 bits, does not smooth, compares with one of eight neighbours without \
        interpolating, takes l1 by default, and wants gradients above the thresholds: edges lie at the same \
        places, but single pixels differ.
        Source: J. Canny, "A Computational Approach to Edge Detection", 1986.
        """,
      parameters: [sigma, low, high, norm, FilterBorder.parameter])
  ) { values in
    let low = values.number(low.name)
    let high = values.number(high.name)
    guard low <= high else {
      throw KernelError.unusable(
        kernel: "canny",
        problem: "low=\(low) is above high=\(high); edges begin at high and continue down to low")
    }
    return CannyFilter(
      sigma: values.number(sigma.name), low: Float(low), high: Float(high),
      usesL1: values.text(norm.name) == "l1", border: FilterBorder(values))
  }
}

/// The four steps, see the descriptor.
struct CannyFilter: Kernel {
  private let radius: Int
  private let blur: MatrixFilter?
  private let low: Float
  private let high: Float
  private let usesL1: Bool
  private let border: FilterBorder
  private let sobel = Tensor(rows: Sobel.weights)

  init(sigma: Double, low: Float, high: Float, usesL1: Bool, border: FilterBorder) {
    radius = gaussianRadius(sigma: sigma)
    let weights = radius > 0 ? gaussianWeights(sigma: sigma, radius: radius).map { Float($0) } : []
    blur =
      radius > 0
      ? MatrixFilter([Tensor(rows: [weights]), Tensor(rows: weights.map { [$0] })], border: border) : nil
    self.low = low
    self.high = high
    self.usesL1 = usesL1
    self.border = border
  }

  var window: Window { .global }

  func outputShape(for input: Shape) throws -> Shape {
    // Without a border: the Gauss filter, Sobel's 3x3 and the 3x3 neighbours all shrink the picture.
    try border.outputShape(for: input, window: .local(size: Extent(2 * radius + 5)))
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.planeByPlane(outputShape(for: input.shape)) { plane in
      let smooth = try blur?(plane) ?? plane
      let x = try LinearFilter(kernel: sobel)
      let y = try LinearFilter(kernel: sobel.transposed())
      let thin = EdgeThinning(
        gx: try filterPlanes(smooth, x, border: border.mode),
        gy: try filterPlanes(smooth, y, border: border.mode),
        lengths: try gradientPlanes(
          smooth, x: x, y: y, part: usesL1 ? .absoluteSum : .length, border: border.mode),
        low: low, high: high)
      return thin.marks(isCropped: border.mode == nil).connected()
    }
  }
}
