import EdgeDetectors
import KernelAPI
import KernelFiles
import Layers
import Smoothing
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Kernels written out read back as the same")
struct WritingTests {
  private func json(_ text: String) throws -> KernelFile {
    try KernelFile(json: Array(text.utf8), source: "k.json")
  }

  private func readBack(_ text: String, _ format: KernelTextFormat) throws -> KernelFile {
    format == .json
      ? try json(text) : try KernelFile(text: text, source: "k.txt", isVips: format == .vips)
  }

  /// Expects two kernels to give the same picture.
  private func expectSame(
    _ a: any Kernel, _ b: any Kernel, channels: Int = 2, tolerance: Float = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let input = Tensor.random(Shape(channels: channels, height: 11, width: 13), in: 0...1, seed: 1)
    expectClose(try a(input), try b(input), tolerance: tolerance, sourceLocation: sourceLocation)
    #expect(a.borderMode == b.borderMode, sourceLocation: sourceLocation)
  }

  @Test("a JSON file with all that there is", arguments: SchemaTests.good)
  func everything(text: String) throws {
    let file = try json(text)
    #expect(try json(file.jsonText) == file)
  }

  @Test("names, texts and parameters survive JSON")
  func details() throws {
    let file = try json(
      #"""
      {"name": "a \"b\"", "summary": "ü/\n", "details": "x", "kernels": [{"name": "k", "matrix": [["amount", -0.5], [1e-7, 3]]},
       {"matrix": [[1, 2], [3, "-amount"]]}], "divisor": 0.1, "bias": [1, "amount"], "post": [{"threshold": "amount"}],
       "parameters": [{"name": "amount", "summary": "s", "unit": "px", "default": 0.25, "minimum": 0, "maximum": 1},
                      {"name": "free", "default": 5000000}]}
      """#)
    #expect(try json(file.jsonText) == file)
  }

  static let formats = KernelTextFormat.allCases
  static let matrices: [String] = [
    #""kernels": [{"matrix": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]}]"#,
    #""kernels": [{"matrix": [[0.1, 0.3], [1e-7, 12345678]]}], "divisor": 3"#,
    #""kernels": [{"matrix": [[1, 2, 3, 4]]}], "dilation": [1, 2]"#,
    #""kernels": [{"matrix": [[1], [2]]}], "padding": [1, 0, 0, 0]"#,
    #""kernels": [{"matrix": [[1, 2, 3]]}], "padding": [0, 0, 2, 0]"#,
    #""kernels": [{"matrix": [[1, 2, 3]]}], "padding": [0, 0, 0, 2]"#,
  ]

  @Test("every format, wherever the origin lies", arguments: formats, matrices)
  func everyFormat(format: KernelTextFormat, text: String) throws {
    let file = try json("{\(text)}")
    let texts = try file.texts(format)
    #expect(texts.count == 1 && file.losses(in: format).isEmpty)
    try expectSame(try readBack(texts[0], format).kernel(), try file.kernel(), tolerance: 2e-6 * 12_345_678)
    // The weights themselves, without the zeros around them.
    func weights(_ file: KernelFile) throws -> [Float] {
      try #require(try file.kernel() as? FilterBank).weight.values.filter { $0 != 0 }
    }
    #expect(try weights(readBack(texts[0], format)) == weights(file))
  }

  @Test("a bias survives JSON and libvips, several filters JSON and ImageMagick")
  func several() throws {
    let biased = try json(#"{"kernels": [{"matrix": [[1, 2, 1]]}], "bias": 0.3, "divisor": 4}"#)
    #expect(try biased.texts(.vips) == ["3 1 4 76.5\n1 2 1\n"])
    try expectSame(try readBack(try biased.texts(.vips)[0], .vips).kernel(), try biased.kernel())
    let two = try json(#"{"kernels": [{"matrix": [[1, 2]]}, {"matrix": [[3, 4]]}]}"#)
    #expect(try two.texts(.imageMagick) == ["2x1: 1,2 ;\n2x1: 3,4\n"])
    try expectSame(try readBack(try two.texts(.imageMagick)[0], .imageMagick).kernel(), try two.kernel())
    #expect(try two.texts(.gmic) == ["(1,2)\n", "(3,4)\n"])
    #expect(try two.texts(.text) == ["1 2\n", "3 4\n"])
    // The middle of libvips is the later one.
    #expect(try two.texts(.vips) == ["3 1 1 0\n0 1 2\n", "3 1 1 0\n0 3 4\n"])
  }

  @Test(
    "what a format cannot keep is refused, or told where it matters at the border only",
    arguments: [
      (#""bias": 1"#, "a bias"), (#""stride": 2"#, "the stride 2"),
      (#""combine": "sum""#, "a combination (sum)"), (#""post": ["abs"]"#, "operations on the values"),
      (#""padding": 3"#, "the padding 3"),
      (#""parameters": [{"name": "a", "default": 1}]"#, "parameters"),
    ])
  func losses(text: String, what: String) throws {
    let file = try json(#"{"kernels": [{"matrix": [[1, 2]]}], \#(text)}"#)
    #expect(
      throws: KernelError.unusable(
        kernel: "k", problem: "ImageMagick's text cannot keep \(what); JSON can")
    ) { try file.texts(.imageMagick) }
  }

  @Test("settings of the border are told")
  func borderLosses() throws {
    let zero = try json(#"{"kernels": [{"matrix": [[1, 2]]}], "border": "zero"}"#)
    #expect(zero.losses(in: .gmic) == ["border zero"] && zero.losses(in: .json) == [])
    let valid = try json(#"{"kernels": [{"matrix": [[1, 2]]}], "padding": "valid"}"#)
    #expect(valid.losses(in: .gmic) == ["padding valid"])
    #expect(try valid.texts(.gmic) == ["(1,2)\n"])
    #expect(throws: KernelError.self) { try json(#"{"weights": [[[[1]], [[2]]]]}"#).texts(.text) }
  }

  @Test(
    "built-in filters become files that do the same, whatever their border",
    arguments: [
      "sobel", "sobel-x", "prewitt:output=y", "scharr", "roberts", "laplacian",
      "laplacian-of-gaussian:border=zero", "difference-of-gaussians",
      "gaussian:sigma=1.2:border=circular", "box:size=4", "sharpen", "unsharp:border=symmetric", "emboss",
      "identity", "difference", "sobel:border=valid",
    ])
  func exported(text: String) throws {
    let registry = try KernelRegistry([EdgeDetectorsPlugin(), SmoothingPlugin()])
    let kernel = try registry.kernel(for: try KernelSpecification(parsing: text))
    let file = try KernelFile(exporting: kernel, name: "k")
    let again = try json(file.jsonText)
    #expect(again == file)
    let input = Tensor.random(Shape(channels: 2, height: 23, width: 25), in: 0...1, seed: 1)
    let read = try again.kernel()
    expectClose(try read(input), try kernel(input), tolerance: 2e-5)
  }

  @Test("weights become whole numbers over a divisor where that is exact")
  func divisors() throws {
    func file(_ values: [Float]) throws -> KernelFile {
      try KernelFile(
        exporting: FilterBank(name: "k", weight: Tensor(rows: [values]), border: .valid), name: "k")
    }
    #expect(try file([1 / 9, 2 / 9]).divisor == .value(9))
    #expect(try file([1 / 9, 2 / 9]).numbers == [.value(1), .value(2)])
    #expect(try file([-0.125, 3]).jsonText.contains("\"matrix\": [[-1, 24]]"))
    let box = try KernelRegistry([SmoothingPlugin()]).factory(named: "box").make()
    #expect(try KernelFile(exporting: box, name: "k").texts(.vips) == ["3 3 9 0\n1 1 1\n1 1 1\n1 1 1\n"])
    #expect(try file([0.123456, 1e-9]).divisor == .value(1))
    #expect(try file([0.123456, 1e-9]).numbers == [.value(0.123456), .value(1e-9)])
  }

  @Test("a convolution becomes a file, groups with zeros between them")
  func convolution() throws {
    var generator = SplitMix64(seed: 3)
    let layer = Convolution2D(
      inputChannels: 4, outputChannels: 2, kernelSize: Extent(height: 2, width: 3), stride: Extent(2),
      padding: .explicit(Edges(vertical: 1, horizontal: 0)), dilation: Extent(2), groups: 2, using: &generator
    )
    let file = try KernelFile(exporting: layer, name: "conv")
    let again = try json(file.jsonText)
    let input = Tensor.random(Shape(channels: 4, height: 11, width: 13), in: 0...1, seed: 1)
    let read = try again.kernel()
    expectClose(try read(input), try layer(input), tolerance: 1e-6)
    #expect(again == file)
  }

  @Test("what is no weighted sum is refused", arguments: ["median", "canny", "sobel:output=direction"])
  func refusals(text: String) throws {
    let registry = try KernelRegistry([EdgeDetectorsPlugin(), SmoothingPlugin()])
    let kernel = try registry.kernel(for: try KernelSpecification(parsing: text))
    #expect(
      throws: KernelError.unusable(
        kernel: "k", problem: "is no weighted sum of its window and cannot be written as a kernel")
    ) { try KernelFile(exporting: kernel, name: "k") }
  }
}
