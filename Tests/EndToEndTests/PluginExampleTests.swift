import KernelAPI
import TensorCore
import TestSupport
import Testing

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
