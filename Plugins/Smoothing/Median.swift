import KernelAPI
import TensorCore
import TensorOps

/// The middle value of a square: takes out single wrong pixels and keeps edges.
enum Median {
  private static let size = ParameterDescriptor(
    "size", .integer(default: 3, in: 3...101), unit: "px", "the odd side of the square")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "median", summary: "Middle value of the pixels of a square; keeps edges",
      details: """
        The value in the middle of the size * size values in order, exact for any numbers. Not linear: no \
        kernel of weights does the same.
        Agrees with scipy.ndimage.median_filter and, on 8 bits (32-bit numbers up to size 5), with \
        cv2.medianBlur, whose border is always replicate.
        Small squares go through a sorting network (K. Batcher, "Sorting networks and their applications", \
        1968), many pixels at once; larger ones through a moving set of ranks (T. Huang, G. Yang, G. Tang, \
        "A fast two-dimensional median filtering algorithm", 1979; J. Suomela, "Median Filtering is \
        Equivalent to Sorting", 2014).
        """,
      parameters: [size, FilterBorder.parameter])
  ) { values in
    let side = values.integer(size.name)
    guard side % 2 == 1 else {
      throw KernelError.parameterValue(
        "\(side)", parameter: size.name, kernel: "median", accepted: "an odd number from 3 to 101")
    }
    return MedianFilter(size: side, border: FilterBorder(values))
  }
}

/// See the descriptor.
struct MedianFilter: BorderedKernel {
  /// The largest side for which the network is faster than moving ranks.
  static let largestNetwork = 7

  let size: Int
  let border: FilterBorder
  private let network: SelectionNetwork?

  /// - Parameter size: odd.
  init(size: Int, border: FilterBorder) {
    precondition(size > 0 && size % 2 == 1, "a median of side \(size) has no middle")
    self.size = size
    self.border = border
    network = size <= Self.largestNetwork ? SelectionNetwork(medianOf: size * size) : nil
  }

  var window: Window { border.window(Extent(size)) }

  func outputShape(for input: Shape) throws -> Shape {
    try border.outputShape(for: input, window: window)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    try input.planeByPlane(outputShape(for: input.shape)) { plane in
      if plane.shape.count == 0 { return plane }
      let padded = border.mode.map { plane.padded(by: Edges(size / 2), border: $0) } ?? plane
      return network.map { networkMedian(padded, size: size, network: $0) }
        ?? rankMedian(padded, size: size)
    }
  }
}
