import KernelAPI
import TestSupport
import Testing

@testable import EdgeDetectors
@testable import Networks
@testable import Smoothing

@Suite("The two kernels of a gradient")
struct CombinedKernelsTests {
  private func kernel(_ text: String) throws -> any Kernel {
    let registry = try KernelRegistry([EdgeDetectorsPlugin(), SmoothingPlugin()])
    return try registry.kernel(for: try KernelSpecification(parsing: text))
  }

  @Test(
    "what their sums become is found",
    arguments: [
      ("sobel", Explanation.Combination.length), ("sobel:output=direction", .angle), ("scharr", .length),
      ("prewitt:border=zero", .length),
    ])
  func gradients(text: String, combination: Explanation.Combination) throws {
    let found = try #require(CombinedKernels(try kernel(text)))
    #expect(found.combination == combination)
    #expect(found.kernels.map(\.name) == ["x", "y"])
    #expect(found.kernels.allSatisfy { $0.dimensions == [1, 1, 3, 3] })
  }

  @Test(
    "filters that are something else have none", arguments: ["gaussian", "median", "sobel:output=x", "canny"])
  func others(text: String) throws {
    #expect(CombinedKernels(try kernel(text)) == nil)
  }
}
