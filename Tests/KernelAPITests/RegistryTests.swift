import KernelAPI
import TensorCore
import Testing

@Suite("Registry")
struct RegistryTests {
  private struct Plugin: KernelPlugin {
    let identifier: String
    var version: String { "1.0.0" }
    var summary: String { "for tests" }
    let kernels: [KernelFactory]

    init(_ identifier: String, _ names: String...) {
      self.identifier = identifier
      kernels = names.map { name in
        KernelFactory(KernelDescriptor(name: name, summary: "for tests")) { _ in
          MatrixFilter(Tensor(rows: [[1]]), border: .valid)
        }
      }
    }
  }

  @Test("names of all plugins are found, sorted")
  func names() throws {
    let registry = try KernelRegistry([Plugin("edges", "sobel", "scharr"), Plugin("blurs", "box-2")])
    #expect(registry.names == ["box-2", "scharr", "sobel"])
    #expect(try registry.factory(named: "sobel").descriptor.name == "sobel")
    #expect(registry.plugin(named: "blurs")?.kernels.count == 1)
    #expect(registry.plugin(named: "sobel") == nil)
    #expect(try KernelRegistry([]).names == [])
  }

  @Test("a factory checks settings before it makes a kernel")
  func making() throws {
    let factory = try KernelRegistry([Plugin("edges", "sobel")]).factory(named: "sobel")
    #expect(try factory.make().outputShape(for: Shape(channels: 1, height: 2, width: 2)).count == 4)
    #expect(throws: KernelError.unknownParameter("size", kernel: "sobel", known: [])) {
      try factory.make([.init("size", "3")])
    }
  }

  @Test("an unknown kernel is told with the nearest ones and all there are")
  func unknown() throws {
    let registry = try KernelRegistry([Plugin("edges", "sobel", "scharr", "prewitt")])
    #expect(
      message { try registry.factory(named: "sobl") }
        == "there is no kernel 'sobl'; did you mean 'sobel'? There is: prewitt, scharr, sobel")
    #expect(
      message { try registry.factory(named: "gauss") }
        == "there is no kernel 'gauss'; there is: prewitt, scharr, sobel")
  }

  @Test("two kernels of one name are refused, in two plugins and in one")
  func duplicateKernels() {
    let expected = KernelError.duplicateName("sobel", first: "plugin a", second: "plugin b")
    #expect(throws: expected) { try KernelRegistry([Plugin("a", "sobel"), Plugin("b", "sobel")]) }
    #expect("\(expected)" == "the name 'sobel' is used by plugin a and by plugin b; names must be unique")
    #expect(throws: KernelError.duplicateName("x", first: "plugin a", second: "plugin a")) {
      try KernelRegistry([Plugin("a", "x", "x")])
    }
  }

  @Test("two plugins of one identifier are refused")
  func duplicatePlugins() {
    #expect(throws: KernelError.duplicateName("a", first: "one plugin", second: "another plugin")) {
      try KernelRegistry([Plugin("a", "x"), Plugin("a", "y")])
    }
  }

  @Test(
    "names are lower-case letters, digits and hyphens",
    arguments: ["", "Sobel", "so bel", "so_bel", "söbel", "a:b", "a/b", "a,b", "a=b"])
  func invalid(name: String) {
    #expect(throws: KernelError.invalidName(name, plugin: "edges")) {
      try KernelRegistry([Plugin("edges", name)])
    }
    #expect(throws: KernelError.invalidName(name, plugin: name)) { try KernelRegistry([Plugin(name)]) }
    #expect(
      "\(KernelError.invalidName("Sobel", plugin: "edges"))"
        == "plugin edges: 'Sobel' is no valid name; use lower-case letters, digits and hyphens")
  }
}
