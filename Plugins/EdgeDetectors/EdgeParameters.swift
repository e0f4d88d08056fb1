import KernelAPI
import TensorCore

/// Settings that several edge detectors share.
enum EdgeParameters {
  static let scale = ParameterDescriptor(
    "scale", .number(default: 1, in: 0.0001...10000),
    "what all weights are multiplied by; 1 gives OpenCV's raw values")

  static let sigma = ParameterDescriptor(
    "sigma", .number(default: 1, in: 0.3...50), unit: "px", "the standard deviation of the Gauss function")
}

extension Tensor {
  /// Every weight multiplied by the setting `scale`.
  func scaled(_ values: ParameterValues) -> Tensor {
    let factor = Float(values.number(EdgeParameters.scale.name))
    return map { $0 * factor }
  }
}
