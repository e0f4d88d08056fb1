import FeatureMapPluginKit
import Testing

@testable import MyPlugin

@Suite("my-plugin")
struct DetailTests {
  private func kernel(_ settings: KernelSpecification.Setting...) throws -> any Kernel {
    try KernelRegistry([Plugin()]).factory(named: "my-plugin").make(settings)
  }

  @Test("a plain picture stays as it is")
  func plain() throws {
    let picture = Tensor(shape: Shape(channels: 3, height: 4, width: 5), repeating: 0.5)
    #expect(try kernel()(picture) == picture)
  }

  @Test("a point stands out more")
  func point() throws {
    let picture = Tensor(rows: [[0, 0, 0], [0, 9, 0], [0, 0, 0]])
    let result = try kernel(.init("amount", "2"), .init("radius", "1"))(picture)
    #expect(result.values == [-2, -2, -2, -2, 25, -2, -2, -2, -2])
  }
}
