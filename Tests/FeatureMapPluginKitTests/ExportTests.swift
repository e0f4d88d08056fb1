import FeatureMapPluginKit
import Testing

@Suite("A Swift plugin as C sees it")
struct ExportTests {
  private static let shape = Shape(channels: 1, height: 1, width: 3)

  private func plugin(major: UInt32 = FMP_ABI_MAJOR, minor: UInt32 = FMP_ABI_MINOR) -> fmp_plugin? {
    var host = fmp_host()
    host.struct_size = UInt32(MemoryLayout<fmp_host>.size)
    (host.abi_major, host.abi_minor) = (major, minor)
    return exportPlugin(ExamplePlugin(), &host, license: "MIT")?.pointee
  }

  private func table() throws -> UnsafePointer<fmp_kernel> {
    let plugin = try #require(self.plugin())
    return try #require(plugin.kernels[0])
  }

  private func caller(_ changes: [Int: any Sendable] = [:]) throws -> Caller {
    var values: [any Sendable] = [2.0, 3.0, 1.0, 0.0, "weiß"]
    for (place, value) in changes { values[place] = value }
    return Caller(try table(), values)
  }

  @Test("the tables say what the descriptors say")
  func tables() throws {
    let plugin = try #require(self.plugin())
    #expect(plugin.struct_size == MemoryLayout<fmp_plugin>.size && plugin.kernel_count == 1)
    #expect(plugin.abi_major == FMP_ABI_MAJOR && plugin.abi_minor == FMP_ABI_MINOR)
    #expect(String(cString: plugin.name) == "example" && String(cString: plugin.version) == "1.2.3")
    #expect(String(cString: plugin.summary) == "Für Tests" && String(cString: plugin.license) == "MIT")
    let kernel = try table().pointee
    #expect(kernel.struct_size == MemoryLayout<fmp_kernel>.size && kernel.threads == FMP_THREADS_FULL)
    #expect(String(cString: kernel.name) == "scale" && String(cString: kernel.details) == "two\nlines")
    let parameters = try (0..<Int(kernel.param_count)).map { try #require(kernel.params[$0]?.pointee) }
    #expect(parameters.map { String(cString: $0.name) } == ["factor", "count", "mode", "negate", "word"])
    #expect(
      parameters.map(\.kind) == [
        FMP_PARAM_FLOAT, FMP_PARAM_INT, FMP_PARAM_CHOICE, FMP_PARAM_BOOL, FMP_PARAM_TEXT,
      ])
    #expect(parameters.map(\.default_number) == [2, 3, 1, 0, 0])
    #expect(parameters[0].minimum == -.infinity && parameters[0].maximum == .infinity)
    #expect(parameters[1].minimum == 0 && parameters[1].maximum == .infinity)
    #expect(String(cString: parameters[1].unit) == "px")
    let words = (0..<Int(parameters[2].choice_count)).compactMap { parameters[2].choices[$0] }
    #expect(words.map { String(cString: $0) } == ["a", "b", "fail", "lie", "many"])
    #expect(String(cString: parameters[4].default_text) == "weiß")
  }

  @Test("older and newer minor versions of the program are served, other major ones are not")
  func versions() {
    #expect(plugin(minor: 0) != nil && plugin(minor: 7) != nil)
    #expect(plugin(major: 2) == nil && exportPlugin(ExamplePlugin(), nil) == nil)
  }

  @Test("a kernel is made with its settings and works")
  func run() throws {
    let caller = try caller([0: 3.0, 3: 1.0])
    #expect(caller.isMade && caller.code == FMP_OK)
    #expect(try #require(caller.outputShape(Self.shape)).width == 3)
    #expect(caller.run([1, 2, 3], shape: Self.shape, output: Self.shape) == [-3, -6, -9])
  }

  @Test("destroy frees an instance, and nothing else does")
  func freed() throws {
    let before = ExampleKernel.witnesses.load(ordering: .relaxed)
    do {
      let caller = try caller([4: "witness"])
      #expect(ExampleKernel.witnesses.load(ordering: .relaxed) == before + 1)
      #expect(caller.run([1, 2, 3], shape: Self.shape, output: Self.shape) != nil)
      #expect(ExampleKernel.witnesses.load(ordering: .relaxed) == before + 1)
    }
    #expect(ExampleKernel.witnesses.load(ordering: .relaxed) == before)
  }

  @Test("what a kernel throws becomes one line with a code")
  func errors() throws {
    let refused = try caller([4: "no"])
    #expect(!refused.isMade && refused.code == FMP_ERROR_PARAMETER && refused.message == "no is no word")
    let outOfRange = try caller([1: -1.0])
    #expect(
      !outOfRange.isMade && outOfRange.message == "scale: count=-1 is not accepted; expected at least 0")
    let tooFew = Caller(try table(), [1.0])
    #expect(!tooFew.isMade && tooFew.message == "called with 1 settings, it has 5")

    let caller = try caller([2: 2.0, 4: "a\nb\u{0}c"])
    #expect(caller.run([1, 2, 3], shape: Self.shape, output: Self.shape) == nil)
    #expect(caller.code == FMP_ERROR_GENERIC && caller.message == "a b")
    #expect(caller.outputShape(Shape(channels: 2, height: 1, width: 1)) == nil)
    #expect(caller.code == FMP_ERROR_SHAPE && !caller.message.isEmpty)
  }

  @Test("a long text ends after a whole character")
  func longErrors() throws {
    let caller = try caller([2: 2.0, 4: "x" + String(repeating: "ß", count: 300)])
    #expect(caller.run([1, 2, 3], shape: Self.shape, output: Self.shape) == nil)
    #expect(caller.message == "x" + String(repeating: "ß", count: 251))
  }

  @Test("a result of another shape than promised never reaches the program's memory")
  func otherShapes() throws {
    let lying = try caller([2: 3.0])
    #expect(lying.run([1, 2, 3], shape: Self.shape, output: Self.shape) == nil)
    #expect(lying.message == "the result is 9, but outputShape(for:) promised 1x1x3")
    let batch = try caller([2: 4.0])
    #expect(batch.outputShape(Self.shape) == nil && batch.message.hasPrefix("outputShape(for:) answered 2x1"))
  }

  @Test("a dilated window is told by what it spans, one beyond the contract's limits as the whole picture")
  func geometry() throws {
    let geometry = try caller().geometry()
    #expect(geometry.kind == FMP_GEOMETRY_LOCAL && geometry.size_y == 9 && geometry.size_x == 2)
    #expect(geometry.stride_y == 1 && geometry.offset_y == -3 && geometry.offset_x == 0)
    #expect(try caller([1: 5000.0]).geometry().kind == FMP_GEOMETRY_GLOBAL)
  }
}
