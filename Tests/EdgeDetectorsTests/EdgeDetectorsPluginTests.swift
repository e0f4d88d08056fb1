import EdgeDetectors
import FilterTestSupport
import KernelAPI
import TestSupport
import Testing

let plugin = EdgeDetectorsPlugin()
let filterLaws = FilterLaws(plugin)

/// Chapter 6.2's picture: 6 x 8, white with a black middle.
let chapterPicture: [[Float]] = Array(repeating: [1, 1, 0, 0, 0, 0, 1, 1], count: 6)

@Suite struct EdgeDetectorsPluginTests {
  @Test("the plugin lists every kernel under its name")
  func names() throws {
    #expect(plugin.identifier == "edge-detectors")
    #expect(
      try KernelRegistry([plugin]).names == [
        "canny", "difference", "difference-of-gaussians", "laplacian", "laplacian-of-gaussian", "prewitt",
        "roberts", "scharr", "sobel", "sobel-x", "sobel-y",
      ])
  }

  @Test("every kernel is documented and has a border")
  func documentation() {
    for descriptor in plugin.kernels.map(\.descriptor) {
      #expect(!descriptor.summary.isEmpty && !descriptor.summary.hasSuffix("."), "\(descriptor.name)")
      #expect(!descriptor.details.isEmpty, "\(descriptor.name)")
      #expect(descriptor.parameters.contains { $0.name == "border" }, "\(descriptor.name)")
    }
  }

  @Test("all kernels agree with OpenCV, scikit-image and SciPy")
  func peers() throws {
    let compared = try Fixtures.read("EdgeDetectorsTests").compare(filterLaws)
    #expect(compared.count == 47)
  }
}
