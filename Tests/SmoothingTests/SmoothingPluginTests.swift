import FilterTestSupport
import KernelAPI
import Smoothing
import TestSupport
import Testing

let plugin = SmoothingPlugin()
let filterLaws = FilterLaws(plugin)

@Suite struct SmoothingPluginTests {
  @Test("the plugin lists every kernel under its name")
  func names() throws {
    #expect(plugin.identifier == "smoothing")
    #expect(
      try KernelRegistry([plugin]).names == [
        "box", "emboss", "gaussian", "identity", "median", "sharpen", "unsharp",
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
    let compared = try Fixtures.read("SmoothingTests").compare(filterLaws)
    #expect(compared.count == 40)
  }
}
