import FeatureMapPluginKit
import Synchronization

/// A plugin with a setting of every kind, whose kernel does what its settings say.
struct ExamplePlugin: KernelPlugin {
  let identifier = "example"
  let version = "1.2.3"
  let summary = "Für Tests"

  var kernels: [KernelFactory] {
    [KernelFactory(ExampleKernel.descriptor) { try ExampleKernel($0) }]
  }
}

struct ExampleKernel: Kernel {
  static let descriptor = KernelDescriptor(
    name: "scale", summary: "times a factor", details: "two\nlines",
    parameters: [
      ParameterDescriptor("factor", .number(default: 2, in: -.infinity...(.infinity)), "a factor"),
      ParameterDescriptor("count", .integer(default: 3, in: 0...Int.max), unit: "px", "a number"),
      ParameterDescriptor("mode", .choice(default: "b", of: ["a", "b", "fail", "lie", "many"]), "a choice"),
      ParameterDescriptor("negate", .flag(default: false), "a flag"),
      ParameterDescriptor("word", .text(default: "weiß"), "a text"),
    ])

  let factor: Float
  let mode: String
  let word: String
  let window: Window
  let witness: Witness?

  /// How many kernels with the word "witness" there are.
  static let witnesses = Atomic<Int>(0)

  /// Lives as long as its kernel.
  final class Witness: Sendable {
    init() { ExampleKernel.witnesses.add(1, ordering: .relaxed) }
    deinit { ExampleKernel.witnesses.subtract(1, ordering: .relaxed) }
  }

  init(_ values: ParameterValues) throws {
    guard values.text("word") != "no" else {
      throw KernelError.unusable(kernel: "scale", problem: "no is no word")
    }
    factor = Float(values.number("factor")) * (values.flag("negate") ? -1 : 1)
    mode = values.text("mode")
    word = values.text("word")
    witness = word == "witness" ? Witness() : nil
    let size = values.integer("count")
    window = .local(
      size: Extent(height: size, width: 2), stride: .one, offset: Offset(y: -3, x: 0),
      dilation: Extent(height: 4, width: 1))
  }

  func outputShape(for input: Shape) throws -> Shape {
    guard input.channels == 1 else {
      throw OperationError.windowTooLarge(
        operation: "scale", window: .one, input: input.extent, padding: .zero)
    }
    return mode == "many" ? Shape(batch: 2, channels: 1, height: 1, width: 1) : input
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    if mode == "fail" { throw Failure(text: word) }
    if mode == "lie" { return Tensor(shape: Shape(channels: 9, height: 1, width: 1)) }
    return input.map { $0 * factor }
  }
}

struct Failure: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
