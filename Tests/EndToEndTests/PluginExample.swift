import KernelAPI
import TensorCore
import TestSupport
import Testing

/// Every value becomes 0 or 1.
struct ThresholdKernel: Kernel {
  let level: Float
  let window = Window.pointwise

  func outputShape(for input: Shape) throws -> Shape { input }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    input.map { $0 > level ? 1 : 0 }
  }
}

public struct ThresholdPlugin: KernelPlugin {
  public let identifier = "threshold"
  public let version = "1.0.0"
  public let summary = "black and white"

  public init() {}

  public var kernels: [KernelFactory] {
    let level = ParameterDescriptor(
      "level", .number(default: 0.5, in: 0...1), "values above become 1, others 0")
    let descriptor = KernelDescriptor(
      name: "threshold", summary: "values above a level become 1, others 0", parameters: [level])
    return [KernelFactory(descriptor) { ThresholdKernel(level: Float($0.number("level"))) }]
  }
}

@Suite("A plugin written by the guide")
struct PluginExample {
  @Test("its kernel is found, checked and run")
  func works() throws {
    let registry = try KernelRegistry([ThresholdPlugin()])
    let kernel = try registry.kernel(for: KernelSpecification(parsing: "threshold:level=0.25"))
    #expect(try kernel(Tensor(rows: [[0.2, 0.3]])).values == [0, 1])
    #expect(throws: KernelError.self) {
      try registry.kernel(for: KernelSpecification(parsing: "threshold:level=2"))
    }
  }
}
