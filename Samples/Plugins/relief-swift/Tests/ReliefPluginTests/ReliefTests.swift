import FeatureMapPluginKit
import Testing

@testable import ReliefPlugin

@Suite("relief, slope and leaky-relu")
struct ReliefTests {
  private func kernel(_ name: String, _ settings: [String: String] = [:]) throws -> any Kernel {
    try KernelRegistry([Plugin()]).factory(named: name)
      .make(settings.map { KernelSpecification.Setting($0.key, $0.value) })
  }

  @Test("a plain is as bright as the light is high")
  func plain() throws {
    let relief = try kernel("relief", ["elevation": "30"])
    let result = try relief(Tensor(shape: Shape(channels: 2, height: 3, width: 4), repeating: 0.7))
    #expect(result.values.allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test("a slope turned to the light is brighter than one turned away")
  func slopes() throws {
    let ridge = Tensor(rows: Array(repeating: [0, 0.5, 1, 0.5, 0], count: 3))
    let result = try kernel("relief", ["azimuth": "270"])(ridge)
    #expect(result[0, 0, 1, 1] > 0.9 && result[0, 0, 1, 3] == 0)
  }

  @Test("a ramp has the same slope everywhere but at its border")
  func ramp() throws {
    let result = try kernel("slope", ["border": "valid"])(Tensor(rows: Array(repeating: [0, 1, 2, 3], count: 3)))
    #expect(result.values == [1, 1])
  }

  @Test("negative values become small")
  func leaky() throws {
    #expect(try kernel("leaky-relu", ["slope": "0.5"])(Tensor(rows: [[-2, 0, 3]])).values == [-1, 0, 3])
  }
}
