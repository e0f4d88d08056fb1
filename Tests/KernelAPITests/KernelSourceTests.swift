import KernelAPI
import TensorCore
import Testing

@Suite("Kernels that are opened when they are named")
struct KernelSourceTests {
  private struct Source: KernelSource {
    let prefix = "frei0r"
    func factory(named name: String) throws -> KernelFactory {
      guard name == "known" else { throw KernelError.unusable(kernel: name, problem: "is not there") }
      return KernelFactory(KernelDescriptor(name: "frei0r:known", summary: "from the source")) { _ in
        throw KernelError.unusable(kernel: "known", problem: "is only named")
      }
    }
  }

  private struct Loaded: KernelPlugin {
    let identifier: String
    let version = "1"
    let summary = ""
    var kernels: [KernelFactory] {
      [
        KernelFactory(KernelDescriptor(name: identifier, summary: "loaded")) { _ in
          throw KernelError.unusable(kernel: "loaded", problem: "is only named")
        }
      ]
    }
  }

  @Test("a registry asks the source whose prefix a name has")
  func asked() throws {
    let registry = try KernelRegistry([], sources: [Source()])
    #expect(registry.names.isEmpty)
    #expect(try registry.factory(named: "frei0r:known").descriptor.summary == "from the source")
    #expect(throws: KernelError.unusable(kernel: "other", problem: "is not there")) {
      try registry.factory(named: "frei0r:other")
    }
    #expect(
      throws: KernelError.syntax(
        "frei0r", problem: "the name of a kernel follows behind a colon: frei0r:NAME")
    ) { try registry.factory(named: "frei0r") }
    #expect(throws: KernelError.unknownName("frei0r:known", what: "kernel", known: [])) {
      try KernelRegistry([]).factory(named: "frei0r:known")
    }
  }

  @Test("what was loaded comes before the source")
  func loaded() throws {
    let registry = try KernelRegistry([Loaded(identifier: "frei0r:known")], sources: [Source()])
    #expect(try registry.factory(named: "frei0r:known").descriptor.summary == "loaded")
    #expect(registry.names == ["frei0r:known"])
  }

  @Test(
    "names with other prefixes, or other signs, are refused",
    arguments: ["other:a", "frei0r:", "frei0r:a b", "a:b:c", "frei0r:.a"])
  func invalid(name: String) {
    #expect(throws: KernelError.invalidName(name, plugin: name)) {
      try KernelRegistry([Loaded(identifier: name)])
    }
  }
}
