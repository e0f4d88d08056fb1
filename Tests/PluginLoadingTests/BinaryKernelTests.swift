import KernelAPI
import PluginLoading
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Kernels of shared libraries at work")
struct BinaryKernelTests {
  static let picture = Tensor(rows: [[0, 0.25, 0.5], [1, 0.75, 0.125]])

  /// What goes wrong when a kernel works on the picture.
  private func problem(_ changes: [String]) throws -> String {
    let error = try #require(throws: PluginError.self) {
      let kernel = try TestPlugin.kernel(changes)
      return try kernel(Self.picture)
    }
    let start = "plugin sample, kernel gain: "
    #expect("\(error)".hasPrefix(start) && !"\(error)".contains("\n"), "\(error)")
    return String("\(error)".dropFirst(start.count))
  }

  @Test("values, one example or several, and the settings that a user gives")
  func values() throws {
    let plain = try TestPlugin.kernel()
    #expect(try plain(Self.picture).values == [0, 0.5, 1, 2, 1.5, 0.25])
    let kernel = try TestPlugin.kernel(settings: [.init("factor", "4")])
    #expect(try kernel(Self.picture).values == [0, 1, 2, 4, 3, 0.5])
    let batch = Tensor(
      shape: Shape(batch: 5, channels: 2, height: 1, width: 3), values: (0..<30).map { Float($0) })
    #expect(try kernel(batch) == batch.map { $0 * 4 })
    #expect(throws: KernelError.self) { try TestPlugin.kernel(settings: [.init("factor", "11")]) }
  }

  @Test("every kind of parameter arrives, in order")
  func parameters() throws {
    let changes = [
      "PARAM_COUNT=5",
      "RUN_BODY=for (int i = 0; i < 5; i++) out[i] = data->numbers[i]; out[5] = strlen(data->text);",
    ]
    let plain = try TestPlugin.kernel(changes)
    #expect(try plain(Self.picture).values == [2, 3, 1, 1, 0, 4])
    let given = try TestPlugin.kernel(
      changes,
      settings: [
        .init("label", "ä b"), .init("way", "third"), .init("toggle", "no"), .init("amount", "-7"),
        .init("factor", "0.5"),
      ])
    #expect(try given(Self.picture).values == [0.5, -7, 0, 2, 0, 4])
  }

  @Test("shapes are the plugin's")
  func shapes() throws {
    let kernel = try TestPlugin.kernel([
      "SHAPE_BODY=output->channels = 2; output->height = 4; output->width = 1;"
    ])
    let shape = try kernel.outputShape(for: Self.picture.shape.with(batch: 3))
    #expect(shape == Shape(batch: 3, channels: 2, height: 4, width: 1))
    #expect(try kernel(Self.picture).shape == shape.with(batch: 1))
    #expect(throws: PluginError.self) { try kernel.outputShape(for: Shape(channels: 1, height: 0, width: 1)) }
  }

  @Test("windows")
  func windows() throws {
    #expect(try TestPlugin.kernel().window == .pointwise)
    #expect(try TestPlugin.kernel(["GEOMETRY=NULL"]).window == .global)
    #expect(
      try TestPlugin.kernel(["GEOMETRY_BODY=g->kind = FMP_GEOMETRY_GLOBAL; g->size_y = -4;"]).window
        == .global)
    let local = try TestPlugin.kernel([
      "GEOMETRY_BODY=g->kind = FMP_GEOMETRY_LOCAL; g->size_y = 3; g->size_x = 5; g->stride_y = 2; g->stride_x = 1;"
        + "g->offset_y = -1; g->offset_x = -2;"
    ])
    #expect(
      local.window
        == .local(
          size: Extent(height: 3, width: 5), stride: Extent(height: 2, width: 1), offset: Offset(y: -1, x: -2)
        ))
    for body in [
      "g->kind = 0;", "g->kind = 9;",
      "g->kind = 0; g->size_y = g->size_x = g->stride_y = 1; g->stride_x = 5000;",
    ] {
      let error = try #require(throws: PluginError.self) { try TestPlugin.kernel(["GEOMETRY_BODY=\(body)"]) }
      #expect("\(error)".contains("geometry() answered kind"))
    }
    let refused = try #require(throws: PluginError.self) {
      try TestPlugin.kernel(["GEOMETRY_BODY=strcpy(error->message, \"too tired\"); return 4;"])
    }
    #expect("\(refused)" == "plugin sample, kernel gain: too tired")
  }

  @Test(
    "failures that the plugin tells", .serialized,
    arguments: [
      ("CREATE_BODY=strcpy(error->message, \"factor is odd\"); return NULL;", "factor is odd"),
      ("CREATE_BODY=return NULL;", "create() failed: it does not say why"),
      (
        "CREATE_BODY=error->code = FMP_ERROR_PARAMETER; return NULL;",
        "create() failed: a parameter is not acceptable, it does not say which"
      ),
      ("RUN_BODY=strcpy(error->message, \"no\\nluck\\033 \"); return FMP_ERROR_GENERIC;", "no luck"),
      ("RUN_BODY=return FMP_ERROR_MEMORY;", "run() failed: there is not enough memory"),
      ("RUN_BODY=error->code = 2; return 77;", "run() failed: code 77, it does not say why"),
      (
        "SHAPE_BODY=return FMP_ERROR_SHAPE;",
        "output_shape() failed: the input's shape is not acceptable, it does not say why"
      ),
      ("SHAPE_BODY=strcpy(error->message, \"too small\"); return FMP_ERROR_SHAPE;", "too small"),
    ])
  func failures(change: String, expected: String) throws {
    #expect(try problem([change]) == expected)
  }

  @Test("a message without an end is read to the end of its field")
  func unterminatedMessage() throws {
    let text = try problem(["RUN_BODY=memset(error->message, 'x', sizeof error->message); return 1;"])
    #expect(text == String(repeating: "x", count: 504))
  }

  @Test(
    "promises that are broken", .serialized,
    arguments: [
      (
        "SHAPE_BODY=output->channels = 0;",
        "output_shape() answered 0x2x3 for an input of 1x2x3; sizes are at least 1, and there are at most 2^31 values"
      ),
      (
        "SHAPE_BODY=output->channels = output->height = output->width = 4000000000u;",
        "output_shape() answered 4000000000x4000000000x4000000000 for an input of 1x2x3; sizes are at least 1, and "
          + "there are at most 2^31 values"
      ),
      (
        "SHAPE_BODY=output->height += atomic_fetch_add(&calls, 1);",
        "output_shape() answered 1x3x3 and then 1x4x3 for the same input of 1x2x3"
      ),
      ("RUN_BODY=out[6] = 1;", "run() wrote past the end of its output, which may have damaged this process"),
      (
        "RUN_BODY=out[-1] = 1;",
        "run() wrote before the beginning of its output, which may have damaged this process"
      ),
      (
        "RUN_BODY=out[1] = NAN; out[2] = INFINITY;",
        "run() gave 2 of 6 values that are NaN or infinite for a finite input"
      ),
    ])
  func brokenPromises(change: String, expected: String) throws {
    #expect(try problem([change]) == expected)
  }

  @Test("values that are not written are found")
  func unwritten() throws {
    let text = try problem([
      "RUN=leave_out",
      // Closes the function that it stands in and begins another.
      "SHAPE_BODY=return FMP_OK; } static int32_t leave_out(void *i, const fmp_input *in, const fmp_output *o, fmp_error *e) { "
        + "o->data[0] = 1; o->data[5] = 2;",
    ])
    #expect(text == "run() left 4 of 6 values of its output unwritten")
  }

  @Test("what is not finite in the input may be so in the output")
  func notFiniteInput() throws {
    let kernel = try TestPlugin.kernel()
    let result = try kernel(Tensor(rows: [[.nan, 1, -.infinity]]))
    #expect(result.values[0].isNaN && result.values[1...] == [2, -.infinity])
  }

  @Test("an answer may change with the shape asked for")
  func changingShapes() throws {
    let kernel = try TestPlugin.kernel(["SHAPE_BODY=output->height *= 2;"])
    for height in [1, 2, 1, 3, 2] {
      #expect(try kernel.outputShape(for: Shape(channels: 1, height: height, width: 1)).height == 2 * height)
    }
  }

  @Test("instances are destroyed, each once")
  func lifetimes() throws {
    let path = try TestPlugin.build()
    let library = try SharedLibrary(path: path)
    let factory = try #require(try library.plugin().kernels.first)
    for _ in 0..<3 {
      let kernel = try factory.make()
      _ = try kernel(Self.picture)
    }
    #expect(try counts(library) == [3, 3])
    let kept = try factory.make()
    #expect(try counts(library) == [4, 3])
    _ = try kept(Self.picture)
  }

  @Test("the plugin is asked for its table once, however often it is loaded")
  func loadedOnce() throws {
    let path = try TestPlugin.build(["ENTRY_BODY=if (calls > 1) return NULL;"])
    for _ in 0..<3 { #expect(try SharedLibrary(path: path).plugin().identifier == "sample") }
  }

  private func counts(_ library: SharedLibrary) throws -> [Int32] {
    try ["sample_created", "sample_destroyed"].map { name in
      let symbol = try #require(library.symbol(name))
      return unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)()
    }
  }

  @Test("an output for which there is no memory is told before it is made")
  func tooLarge() throws {
    let kernel = try TestPlugin.kernel(["SHAPE_BODY=output->height = 1u << 15; output->width = 1u << 16;"])
    let batch = Tensor(shape: Shape(batch: 1000, channels: 1, height: 1, width: 1))
    let error = #expect(throws: PluginError.self) { _ = try kernel(batch) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("for which there is not enough memory"))
  }
}
