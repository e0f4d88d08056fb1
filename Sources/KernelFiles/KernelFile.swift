import KernelAPI
import TensorCore
import TensorOps

/// Filters as a file describes them: their numbers, how they move over the picture, and what becomes of the maps.
///
///     map = (sum of weight * picture) / divisor + bias
///
/// cross-correlated, not rotated; `combination` then makes one map of all, and `operations` change its values.
/// `README.md` and `Samples/Kernels/kernel.schema.json` describe the JSON form.
public struct KernelFile: Sendable, Equatable {
  /// What is done to every value in the end.
  public enum Operation: Sendable, Equatable {
    case abs
    case clamp(KernelNumber, KernelNumber)
    case threshold(KernelNumber)
  }

  public var name: String
  /// One line.
  public var summary: String
  public var details: String
  /// What each filter is called; empty texts for those without a name.
  public var filterNames: [String]
  /// [filters, inputs, kH, kW]; filters of one input take every channel by itself.
  public var shape: Shape
  /// As many as the shape has.
  public var numbers: [KernelNumber]
  public var divisor = KernelNumber.value(1)
  /// One for all filters, or one for each.
  public var bias = [KernelNumber.value(0)]
  public var stride = Extent.one
  public var dilation = Extent.one
  public var padding = KernelPadding.same
  public var border = BorderMode.reflect
  public var combination = MapCombination.none
  public var operations: [Operation] = []
  public var parameters: [KernelFileParameter] = []

  /// Strides, dilations and paddings go up to this.
  static let largestStep = 1024
  /// Files may be so large, in bytes.
  static let sizeLimit = 1 << 26

  /// - Precondition: there are as many numbers as the shape says, and at least one.
  public init(name: String, summary: String = "", shape: Shape, numbers: [KernelNumber]) {
    precondition(
      shape.count > 0 && numbers.count == shape.count, "\(numbers.count) numbers do not fill \(shape)")
    self.name = name
    self.summary = summary
    details = ""
    self.shape = shape
    self.numbers = numbers
    filterNames = [String](repeating: "", count: shape.batch)
  }

  /// Filters with these weights.
  public init(name: String, summary: String = "", weight: Tensor, bias: [Float] = [0]) {
    self.init(
      name: name, summary: summary, shape: weight.shape,
      numbers: weight.values.map { .value(shortestDouble($0)) })
    self.bias = bias.map { .value(shortestDouble($0)) }
  }

  /// The names of the filters; numbers from 0 for those without.
  public var labels: [String] {
    filterNames.enumerated().map { $1.isEmpty ? "\($0)" : $1 }
  }
}
