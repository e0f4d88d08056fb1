import FeatureMapPluginKit
import Testing

@testable import MyPlugin

@Suite("my-plugin")
struct DetailTests {
  /// What the kernel makes of a picture.
  private func result(_ settings: [String: String] = [:], of picture: Tensor) throws -> Tensor {
    let kernel = try KernelRegistry([Plugin()]).factory(named: "my-plugin")
      .make(settings.map { KernelSpecification.Setting($0.key, $0.value) })
    return try kernel(picture)
  }

  @Test("a plain picture stays as it is")
  func plain() throws {
    let picture = Tensor(shape: Shape(channels: 3, height: 4, width: 5), repeating: 0.5)
    #expect(try result(of: picture) == picture)
  }

  @Test("a point stands out more")
  func point() throws {
    let picture = Tensor(rows: [[0, 0, 0], [0, 9, 0], [0, 0, 0]])
    let result = try result(["amount": "2", "radius": "1"], of: picture)
    #expect(result.values == [-2, -2, -2, -2, 25, -2, -2, -2, -2])
  }
}
