import KernelAPI
import Layers
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import BasicLayers

@Suite("Layers without weights as kernels")
struct BasicLayersTests {
  private let picture = Tensor(rows: [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, -16]])

  private func kernel(_ text: String) throws -> any Kernel {
    try KernelRegistry([BasicLayersPlugin()]).kernel(for: try KernelSpecification(parsing: text))
  }

  private func apply(_ text: String, _ picture: Tensor) throws -> Tensor {
    let kernel = try kernel(text)
    return try kernel(picture)
  }

  @Test("the plugin brings six kernels, each with a summary")
  func names() throws {
    let registry = try KernelRegistry([BasicLayersPlugin()])
    #expect(registry.names == ["average-pool", "max-pool", "relu", "sigmoid", "softmax", "tanh"])
    for factory in BasicLayersPlugin().kernels {
      #expect(!factory.descriptor.summary.isEmpty && !factory.descriptor.summary.hasSuffix("."))
      for parameter in factory.descriptor.parameters { #expect(!parameter.summary.isEmpty) }
    }
  }

  @Test("pooling takes windows of 2x2 side by side unless told otherwise")
  func defaults() throws {
    #expect(try apply("max-pool", picture) == Tensor(rows: [[6, 8], [14, 15]]))
    #expect(try apply("average-pool", picture) == Tensor(rows: [[3.5, 5.5], [11.5, 5.5]]))
  }

  @Test("size, stride, padding and ceil are used, and a stride of 0 is the size")
  func settings() throws {
    #expect(try apply("max-pool:size=3:stride=1", picture) == Tensor(rows: [[11, 12], [15, 15]]))
    #expect(try apply("max-pool:size=3", picture) == Tensor(rows: [[11]]))
    #expect(
      try apply("max-pool:size=3:stride=0:ceil=yes", picture) == Tensor(rows: [[11, 12], [15, -16]]))
    #expect(
      try apply("average-pool:size=2:padding=1", picture)
        == Tensor(rows: [[0.25, 1.25, 1], [3.5, 8.5, 5], [3.25, 7.25, -4]]))
  }

  @Test("activations are the layers'")
  func activations() throws {
    let values = Tensor(rows: [[-2, 0, 0.5]])
    #expect(try apply("relu", values) == Tensor(rows: [[0, 0, 0.5]]))
    #expect(try apply("sigmoid", values) == activation(values, .sigmoid))
    #expect(try apply("tanh", values) == activation(values, .tanh))
    let channels = Tensor(planes: [[[0]], [[0]], [[0]], [[0]]])
    #expect(try apply("softmax", channels).values == [0.25, 0.25, 0.25, 0.25])
  }

  @Test(
    "values out of range are refused with what is accepted",
    arguments: [
      ("max-pool:size=0", "max-pool: size=0 is not accepted; expected 1...1024"),
      ("max-pool:size=1025", "max-pool: size=1025 is not accepted; expected 1...1024"),
      ("max-pool:size=2.5", "max-pool: size=2.5 is not accepted; expected a whole number, 1...1024"),
      ("average-pool:stride=-1", "average-pool: stride=-1 is not accepted; expected 0...1024"),
      ("max-pool:ceil=perhaps", "max-pool: ceil=perhaps is not accepted; expected yes|no"),
      ("max-pool:padding=2", "max-pool: padding 2 must be smaller than the window's size 2"),
      ("relu:size=2", "relu has no parameter 'size': it takes none"),
      (
        "max-pool:sise=2",
        "max-pool has no parameter 'sise'; did you mean 'size'? It takes: size, stride, padding, ceil"
      ),
      ("max-pool:size=2:size=3", "max-pool: parameter 'size' is given twice"),
    ])
  func errors(text: String, message: String) throws {
    let error = try #require(throws: KernelError.self) { try kernel(text) }
    #expect("\(error)" == message)
  }

  @Test("a window larger than the picture is refused by the kernel")
  func tooLarge() throws {
    let kernel = try kernel("max-pool:size=5")
    #expect(
      throws: OperationError.windowTooLarge(
        operation: "pooling", window: Extent(5), input: Extent(4), padding: .zero)
    ) { try kernel(picture) }
  }
}
