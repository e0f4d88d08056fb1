import FeatureMapPluginKit
import Testing

@testable import ReliefPlugin

@Suite("relief, slope and leaky-relu")
struct ReliefTests {
  /// What a kernel of the plugin makes of a picture.
  private func result(
    _ name: String, _ settings: [String: String] = [:], of picture: Tensor
  ) throws -> Tensor {
    let kernel = try KernelRegistry([Plugin()]).factory(named: name)
      .make(settings.map { KernelSpecification.Setting($0.key, $0.value) })
    return try kernel(picture)
  }

  @Test("a plain is as bright as the light is high")
  func plain() throws {
    let picture = Tensor(shape: Shape(channels: 2, height: 3, width: 4), repeating: 0.7)
    let result = try result("relief", ["elevation": "30"], of: picture)
    #expect(result.values.allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test("a slope turned to the light is brighter than one turned away")
  func slopes() throws {
    let ridge = Tensor(rows: Array(repeating: [0, 0.5, 1, 0.5, 0], count: 3))
    let result = try result("relief", ["azimuth": "270"], of: ridge)
    #expect(result[0, 0, 1, 1] > 0.9 && result[0, 0, 1, 3] == 0)
  }

  @Test("a ramp has the same slope everywhere but at its border")
  func ramp() throws {
    let picture = Tensor(rows: Array(repeating: [0, 1, 2, 3], count: 3))
    #expect(try result("slope", ["border": "valid"], of: picture).values == [1, 1])
  }

  @Test("negative values become small")
  func leaky() throws {
    #expect(try result("leaky-relu", ["slope": "0.5"], of: Tensor(rows: [[-2, 0, 3]])).values == [-1, 0, 3])
  }
}
