import FileAccess
import KernelAPI
import PluginLoading
import TensorCore
import TestSupport
import Testing

@Suite("Libraries with the frei0r interface")
struct Frei0rLibraryTests {
  static let picture = Tensor(
    planes: [
      [[0, 0.5, 1], [0.25, 2, -1]], [[1, 0.75, 0.1], [0, 0.2, 1]], [[0.3, 0.4, 0.5], [1, 0, .nan]],
    ])

  /// What 8 bits leave of a value.
  static func rounded(_ value: Float) -> Float {
    value.isNaN ? 0 : (min(max(value, 0), 1) * 255).rounded() / 255
  }

  @Test("what a library says of itself")
  func description() throws {
    let plugin = try FakeFrei0r.load()
    let name = try #require(plugin.kernels.first).descriptor.name
    #expect(name.hasPrefix("frei0r:f") && plugin.identifier == name)
    #expect(plugin.version == "3.4" && plugin.summary == "Fake")
    let kernel = plugin.kernels[0].descriptor
    #expect(kernel.summary == "Does as the tests say")
    #expect(kernel.details.hasPrefix("Fake 3.4, a frei0r library, by Somebody.\nTakes 1 channel"))
    #expect(kernel.details.contains("8 bits") && kernel.details.contains("\nFile: /"))
    let source = try FakeFrei0r.load(["TYPE=1"]).kernels[0].descriptor
    #expect(source.details.contains("A source: it draws"))
  }

  @Test("names, kinds, ranges and defaults of parameters are the library's")
  func parameters() throws {
    let parameters = try FakeFrei0r.load().kernels[0].descriptor.parameters
    #expect(
      parameters.map(\.name) == [
        "is-on", "edge-scale", "dont-ink", "top-left-x", "top-left-y", "bezier-spline", "edge-scale-2",
        "parameter-7", "result",
      ])
    #expect(
      parameters.map(\.kind) == [
        .flag(default: true), .number(default: 0.3, in: 0...1), .text(default: "#ff8000"),
        .number(default: 0.1, in: 0...1), .number(default: 0.2, in: 0...1), .text(default: "abc"),
        .number(default: -0.5, in: -0.5...1), .number(default: 0, in: 0...1),
        .choice(default: "colors", of: ["colors", "opacity"]),
      ])
    #expect(
      parameters.dropLast().map(\.summary) == [
        "Whether it is on", "how much", "the ink; a colour, #rrggbb",
        "Top Left; 0 is the left border, 1 the right one", "Top Left; 0 is the upper border, 1 the lower one",
        "points", "the same name again", " [2Jwithout a name",
      ])
    #expect(try FakeFrei0r.load(["COUNT=0"]).kernels[0].descriptor.parameters.map(\.name) == ["result"])
  }

  /// Writes the values of all parameters as red bytes of the picture's pixels.
  private static let tellAll =
    "PIXEL=double v[] = {self->flag, self->number, self->color[0], self->color[1], self->color[2], self->position[0], "
    + "self->position[1], strlen(self->text) / 100.0, self->other, self->never}; int k = x - 11; out[0] = k >= 0 && k < 10 ? "
    + "lround((v[k] + 1) * 100) : 0;"

  private func told(_ settings: [KernelSpecification.Setting]) throws -> [Int] {
    let kernel = try FakeFrei0r.kernel([Self.tellAll], settings: settings)
    let output = try kernel(Tensor(shape: Shape(channels: 1, height: 1, width: 10)))
    return output.plane(0).map { Int(($0 * 255).rounded()) - 100 }
  }

  @Test("every setting arrives, and the standard values of all others are set, too")
  func settings() throws {
    #expect(try told([]) == [100, 30, 100, 50, 0, 10, 20, 3, -50, 0])
    #expect(
      try told([
        .init("is-on", "no"), .init("edge-scale", "0.75"), .init("dont-ink", "#0033ff"),
        .init("top-left-x", "1"), .init("top-left-y", "0.5"), .init("bezier-spline", "a longer text"),
        .init("edge-scale-2", "-0.25"), .init("parameter-7", "0.6"),
      ]) == [0, 75, 0, 20, 100, 100, 50, 13, -25, 60])
    for (name, value) in [
      ("dont-ink", "red"), ("dont-ink", "#12345"), ("dont-ink", "#+12345"), ("edge-scale", "1.5"),
      ("top-left-x", "-0.1"), ("is-on", "perhaps"), ("result", "all"),
    ] {
      let error = try #require(throws: KernelError.self) { try told([.init(name, value)]) }
      guard case .parameterValue(value, parameter: name, _, _) = error else {
        Issue.record("\(error)")
        continue
      }
    }
    #expect(throws: KernelError.self) { try told([.init("edge", "1")]) }
  }

  @Test("the picture comes back as 8 bits have it, in any order of colours", arguments: [0, 1, 2])
  func colors(model: Int) throws {
    let kernel = try FakeFrei0r.kernel(["MODEL=\(model)"])
    #expect(kernel.window == .global && kernel is any WholeInputKernel)
    #expect(try kernel(Self.picture) == Self.picture.map(Self.rounded))
    // The second byte is green in each of them, the first one red or blue.
    let first = try FakeFrei0r.kernel(["MODEL=\(model)", "PIXEL=memset(out, 0, 4); out[0] = 255;"])
    let output = try first(Self.picture)
    #expect(output.plane(model == 0 ? 2 : 0).allSatisfy { $0 == 1 })
    #expect(output.plane(1).allSatisfy { $0 == 0 } && output.plane(model == 0 ? 0 : 2).allSatisfy { $0 == 0 })
  }

  @Test("one channel is three equal ones, examples are independent, other numbers of channels are refused")
  func shapes() throws {
    let kernel = try FakeFrei0r.kernel(["PIXEL=memcpy(out, in, 4); out[2] = self->frames;"])
    let gray = Tensor(rows: [[0, 1], [0.2, 0.4], [0.6, 0.8]])
    let output = try kernel(gray)
    #expect(output.shape == Shape(channels: 3, height: 3, width: 2))
    #expect(try kernel.outputShape(for: gray.shape) == output.shape)
    for channel in 0..<2 { #expect(Array(output.plane(channel)) == gray.values.map(Self.rounded)) }
    let batch = Tensor(
      shape: Shape(batch: 3, channels: 1, height: 3, width: 2), values: (0..<18).map { Float($0) / 17 })
    let many = try kernel(batch)
    #expect(many.shape == Shape(batch: 3, channels: 3, height: 3, width: 2))
    for n in 0..<3 { #expect(try many.examples(n..<n + 1) == kernel(batch.examples(n..<n + 1))) }
    // Each was the first frame of its instance.
    #expect(many.plane(2, batch: 2).allSatisfy { $0 == 1.0 / 255 })
    for channels in [2, 4, 6] {
      let error = try #require(throws: KernelError.self) {
        try kernel.outputShape(for: Shape(channels: channels, height: 8, width: 8))
      }
      #expect("\(error)".contains("1 or 3 channels with values of 0...1, got \(channels)x8x8"))
    }
    for shape in [
      Shape(channels: 3, height: 0, width: 8), Shape(channels: 1, height: 1 << 15, width: 1 << 14),
    ] {
      #expect(throws: KernelError.self) { try kernel.outputShape(for: shape) }
    }
  }

  @Test("frames have sides of multiples of 8 with the picture in the middle, and borders repeated")
  func frames() throws {
    let places = try FakeFrei0r.kernel(["PIXEL=out[0] = x; out[1] = y; out[2] = self->width + self->height;"])
    let small = try places(Tensor(shape: Shape(channels: 1, height: 2, width: 3)))
    let numbers = small.values.map { Int(($0 * 255).rounded()) }
    #expect(Array(numbers[0..<6]) == [14, 15, 16, 14, 15, 16])
    #expect(Array(numbers[6..<12]) == [15, 15, 15, 16, 16, 16])
    #expect(numbers[12...].allSatisfy { $0 == 64 })
    for (size, expected) in [
      (Extent(height: 40, width: 32), [0, 0, 72]), (Extent(height: 38, width: 33), [3, 1, 80]),
      (Extent(height: 47, width: 39), [0, 0, 88]),
    ] {
      let output = try places(Tensor(shape: Shape(channels: 3, height: size.height, width: size.width)))
      let first = (0..<3).map { Int((output[0, $0, 0, 0] * 255).rounded()) }
      #expect(first == expected, "\(size)")
    }
    // A mirror shows what lies beside the picture.
    let mirror = try FakeFrei0r.kernel([
      "PIXEL=memcpy(out, from + (self->height - 1 - y) * self->width + self->width - 1 - x, 4);"
    ])
    let mirrored = try mirror(Tensor(rows: [[0, 0.2, 0.4], [0.6, 0.8, 1]]))
    #expect(Array(mirrored.plane(0)) == [1, 1, 0.8, 0.4, 0.4, 0.2].map(Self.rounded))
  }

  @Test("what a filter leaves out is as it was")
  func leftOut() throws {
    let kernel = try FakeFrei0r.kernel(["PIXEL=if (x == 16) memset(out, 255, 4);"])
    var expected = Self.picture.map(Self.rounded)
    for channel in 0..<3 {
      for y in 0..<2 { expected[0, channel, y, 2] = 1 }
    }
    #expect(try kernel(Self.picture) == expected)
  }

  @Test("opacity is left out, or the result")
  func opacity() throws {
    let changes = ["PIXEL=memcpy(out, in, 3); out[3] = in[3] == 255 ? 51 : 0;"]
    let colors = try FakeFrei0r.kernel(changes)
    #expect(try colors(Self.picture) == Self.picture.map(Self.rounded))
    let kernel = try FakeFrei0r.kernel(changes, settings: [.init("result", "opacity")])
    let opacity = try kernel(Self.picture)
    #expect(opacity.shape == Self.picture.shape && opacity.values.allSatisfy { $0 == 0.2 })
  }

  @Test("a source gets no picture, and the second kind of update is known")
  func otherFunctions() throws {
    let source = try FakeFrei0r.kernel([
      "TYPE=1", "PIXEL=out[0] = from ? 0 : 255; out[1] = seconds == 0 ? 255 : 0; out[2] = 0;",
    ])
    let drawn = try source(Self.picture)
    #expect(drawn.plane(0).allSatisfy { $0 == 1 } && drawn.plane(1).allSatisfy { $0 == 1 })
    let second = try FakeFrei0r.kernel(["UPDATE2"])
    #expect(try second(Self.picture) == Self.picture.map(Self.rounded))
  }

  @Test("lots are drawn anew each time, alike")
  func randomNumbers() throws {
    let kernel = try FakeFrei0r.kernel(["PIXEL=out[0] = rand(); out[1] = rand(); out[2] = rand();"])
    let first = try kernel(Self.picture)
    #expect(try kernel(Self.picture) == first)
    #expect(Set(first.values).count > 6)
  }

  @Test("calls come one at a time, whatever thread they are made from")
  func threads() async throws {
    let kernel = try FakeFrei0r.kernel([
      "FRAME=static volatile int busy; int together = busy++; for (volatile int i = 0; i < 200000; i++); busy--;",
      "PIXEL=out[0] = together ? 255 : 0;",
    ])
    let most = try await withThrowingTaskGroup(of: Float.self) { group in
      for _ in 0..<8 { group.addTask { try kernel(Self.picture).plane(0).max() ?? 1 } }
      return try await group.reduce(0, max)
    }
    #expect(most == 0)
  }

  @Test(
    "what is refused, with the reason", .serialized,
    arguments: [
      (["TYPE=2"], "is a frei0r mixer of two pictures; a kernel has one"),
      (["TYPE=3"], "is a frei0r mixer of three pictures; a kernel has one"),
      (["TYPE=4"], "is of frei0r's type 4, which there is not"),
      (["VERSION=2"], "is made for version 2 of frei0r; this program knows version 1"),
      (["MODEL=3"], "has the color model 3, which there is not"),
      (["COUNT=-1"], "has -1 parameters; 256 are the most"),
      (["COUNT=1000"], "has 1000 parameters; 256 are the most"),
      (["FIRST_TYPE=5"], "parameter 1 is of type 5, which there is not"),
      (["CONSTRUCT=return NULL;"], "f0r_construct() made no instance"),
      (["WITHOUT_SETTING"], "is no whole frei0r library: it has no function f0r_set_param_value()"),
    ])
  func refused(changes: [String], expected: String) throws {
    let path = try FakeFrei0r.build(changes)
    #expect(throws: PluginError.loading(path: path, problem: expected)) {
      try SharedLibrary(path: path).plugin()
    }
  }

  @Test("an instance that is not made, and bytes that are written beyond the frame, are told")
  func faults() throws {
    let small = try FakeFrei0r.kernel(["CONSTRUCT=if (width == 32) return NULL;"])
    let error = try #require(throws: PluginError.self) { try small(Self.picture) }
    #expect("\(error)".hasSuffix(": it makes no instance for frames of 32x32"))
    for change in ["FRAME=to[32 * 32] = 1;", "FRAME=to[-1] = 1;", "FRAME=((uint32_t *)from)[32 * 64] = 1;"] {
      let kernel = try FakeFrei0r.kernel([change])
      let error = try #require(throws: PluginError.self) { try kernel(Self.picture) }
      #expect("\(error)".contains("it wrote beyond its frame of 32x32"), "\(error)")
    }
  }
}
