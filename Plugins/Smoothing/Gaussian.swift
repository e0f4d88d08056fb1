import KernelAPI
import TensorCore

/// The mean weighted by a bell curve.
enum Gaussian {
  private static let sigma = ParameterDescriptor(
    "sigma", .number(default: 1, in: 0.1...50), unit: "px", "the standard deviation of the Gauss function")
  private static let size = ParameterDescriptor(
    "size", .integer(default: 0, in: 0...1023), unit: "px",
    "the odd side of the square, as OpenCV's ksize; 0 takes it from sigma and truncate")
  private static let truncate = ParameterDescriptor(
    "truncate", .number(default: 4, in: 0.5...10),
    "standard deviations after which the Gauss function is cut off; not used where size is given")

  static let factory = KernelFactory(
    KernelDescriptor(
      name: "gaussian", summary: "Mean weighted by a Gauss function",
      details: """
        Weights exp(-(x^2 + y^2) / (2 sigma^2)), divided by their sum. The radius is floor(truncate * sigma + \
        0.5), or (size - 1) / 2. Computed down columns and along rows.
        Agrees with scipy.ndimage.gaussian_filter(sigma, truncate=4) and, with size, with \
        cv2.GaussianBlur((size, size), sigma). Without a size OpenCV also cuts off at four standard deviations \
        for pictures that are not 8-bit (at three for those), but may round to another size.
        """,
      parameters: [sigma, size, truncate, FilterBorder.parameter])
  ) { values in
    let sigma = values.number(sigma.name)
    let side = values.integer(size.name)
    guard side == 0 || side % 2 == 1 else {
      throw KernelError.parameterValue(
        "\(side)", parameter: size.name, kernel: "gaussian", accepted: "0 or an odd number up to 1023")
    }
    let radius =
      side > 0 ? side / 2 : gaussianRadius(sigma: sigma, truncate: values.number(truncate.name))
    return gaussianFilter(sigma: sigma, radius: radius, border: FilterBorder(values))
  }
}
