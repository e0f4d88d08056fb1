import FileAccess
import KernelAPI
import KernelFiles
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Kernels from JSON files")
struct KernelFileTests {
  private func file(_ text: String) throws -> KernelFile {
    try KernelFile(json: Array(text.utf8), source: "folder/edge.json")
  }

  /// The kernel of a file without combination and operations.
  private func bank(_ text: String, _ settings: (String, String)...) throws -> FilterBank {
    let kernel = try file(text).factory.make(settings.map { KernelSpecification.Setting($0.0, $0.1) })
    return try #require(kernel as? FilterBank)
  }

  @Test("one kernel: name, numbers, divisor, bias")
  func kernels() throws {
    let text = #"""
      {"name": "emboss", "summary": "light", "kernels": [{"name": "e", "matrix": [[-2, 0, 4], [1, 2, 3]]}],
       "divisor": 2, "bias": 0.5}
      """#
    #expect(try bank(text).name == "emboss")
    #expect(try bank(text).weight == Tensor(rows: [[-1, 0, 2], [0.5, 1, 1.5]]))
    #expect(try bank(text).bias == [0.5])
    #expect(try bank(text).border.mode == .reflect)
    #expect(try file(text).summary == "light" && file(text).labels == ["e"])
  }

  @Test("operations of one kind keep their own numbers unless they are set")
  func twoClamps() throws {
    let text = #"{"kernels": [{"matrix": [[1]]}], "post": [{"clamp": [-1, 1]}, {"clamp": [0.4, 0.5]}]}"#
    let input = Tensor(rows: [[-3, 0.45, 3]])
    let plain = try file(text).factory.make([])
    #expect(try plain(input).values == [0.4, 0.45, 0.5])
    let changed = try file(text).factory.make([KernelSpecification.Setting("low", "0.42")])
    #expect(try changed(input).values == [0.42, 0.45, 0.5])
  }

  @Test("a number that is too large is told where it stands")
  func tooLarge() throws {
    let error = #expect(throws: KernelError.self) {
      _ = try file(#"{"kernels": [{"matrix": [[1, 2, 1e39]]}]}"#)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("line 1, column 33"))
  }

  @Test("rows that could be a size are not written as rows")
  func ambiguousText() throws {
    let size = try file(#"{"kernels": [{"matrix": [[3, 2, 1], [1, 1, 1], [1, 1, 1]]}]}"#)
    #expect(throws: KernelError.self) { _ = try size.texts(.text) }
    #expect(try KernelFile(text: size.texts(.vips)[0], source: "a.mat", isVips: true).shape == size.shape)
    let plain = try file(#"{"kernels": [{"matrix": [[1, 2], [3, 4]]}]}"#)
    #expect(try plain.texts(.text) == ["1 2\n3 4\n"])
  }

  @Test("several kernels share one bias or have their own; the name is the file's unless given")
  func several() throws {
    let two = #"{"kernels": [{"matrix": [[1]]}, {"matrix": [[2]]}], "bias": BIAS}"#
    let shared = try bank(two.replacing("BIAS", with: "3"))
    #expect(shared.weight.shape == Shape(batch: 2, channels: 1, height: 1, width: 1))
    #expect(shared.weight.values == [1, 2] && shared.bias == [3, 3] && shared.name == "edge")
    #expect(try bank(two.replacing("BIAS", with: "[3, 4]")).bias == [3, 4])
    #expect(try bank(#"{"kernels": [{"matrix": [[1]]}]}"#).bias == [0])
  }

  @Test("weights are [out][in][kH][kW]")
  func weights() throws {
    let bank = try bank(#"{"weights": [[[[1, 2]], [[3, 4]], [[5, 6]]]]}"#)
    #expect(bank.weight.shape == Shape(batch: 1, channels: 3, height: 1, width: 2))
    #expect(bank.weight.values == [1, 2, 3, 4, 5, 6])
  }

  @Test("a column and a row are the kernel that is their product")
  func separable() throws {
    let bank = try bank(#"{"kernels": [{"column": [1, 2, 1], "row": [-1, 0, 1]}], "divisor": 8}"#)
    #expect(bank.weight == Tensor(rows: [[-0.125, 0, 0.125], [-0.25, 0, 0.25], [-0.125, 0, 0.125]]))
  }

  @Test("stride, dilation, padding and border go into the filter")
  func movement() throws {
    func options(_ text: String) throws -> CorrelationOptions {
      try bank(#"{"kernels": [{"matrix": [[1, 2], [3, 4]]}], \#(text)}"#).options
    }
    #expect(
      try options(#""stride": 2, "dilation": [3, 1]"#)
        == CorrelationOptions(
          stride: Extent(2), padding: Edges(top: 1, bottom: 2, left: 0, right: 1),
          dilation: Extent(height: 3, width: 1)))
    #expect(try options(#""padding": "valid""#).padding == .zero)
    #expect(try options(#""padding": 2"#).padding == Edges(2))
    #expect(try options(#""padding": [1, 0]"#).padding == Edges(vertical: 1, horizontal: 0))
    #expect(
      try options(#""padding": [1, 2, 3, 4]"#).padding == Edges(top: 1, bottom: 2, left: 3, right: 4))
    for mode in BorderMode.allCases {
      let bank = try bank(#"{"kernels": [{"matrix": [[1]]}], "border": "\#(mode.rawValue)"}"#)
      #expect(bank.border.mode == mode)
    }
    #expect(try bank(#"{"kernels": [{"matrix": [[1]]}], "padding": "valid"}"#).border == .valid)
  }

  @Test("combination and operations make a combined filter")
  func combination() throws {
    let text = #"""
      {"kernels": [{"name": "x", "matrix": [[3]]}, {"matrix": [[4]]}], "combine": "magnitude",
       "post": ["abs", {"clamp": [0, 5]}, {"threshold": 2}]}
      """#
    let kernel = try #require(try file(text).kernel() as? CombinedFilter)
    #expect(kernel.combination == .magnitude && kernel.filterNames == ["x", "1"])
    #expect(kernel.operations == [.abs, .clamp(0...5), .threshold(2)])
    #expect(try kernel(Tensor(rows: [[0.1, 1]])).values == [0, 1])
    let changed = try file(text).factory.make([
      .init("combine", "sum"), .init("threshold", "8"), .init("high", "9"),
    ])
    #expect(try changed(Tensor(rows: [[1, 2]])).values == [0, 1])
  }

  @Test("settings of the command line take the place of the file's")
  func settings() throws {
    let text = #"{"kernels": [{"matrix": [[2]]}, {"matrix": [[4]]}], "divisor": 2, "bias": [1, 3]}"#
    #expect(try bank(text, ("divisor", "4")).weight.values == [0.5, 1])
    #expect(try bank(text, ("channel", "1")).weight.values == [2])
    #expect(try bank(text, ("channel", "1")).bias == [3])
    #expect(try bank(text, ("bias", "no")).bias == [0, 0])
    #expect(try bank(text, ("bias", "0.5")).bias == [0.5, 0.5])
    #expect(
      try bank(text, ("stride", "2x1"), ("dilation", "3")).options.stride == Extent(height: 2, width: 1))
    #expect(try bank(text, ("padding", "1x2")).options.padding == Edges(vertical: 1, horizontal: 2))
    #expect(try bank(text, ("border", "zero")).border.mode == .zero)
    #expect(try bank(text, ("border", "valid")).border == .valid)
  }

  @Test(
    "settings that make no sense are refused",
    arguments: [
      ("divisor", "0", "edge: the divisor must not be 0"),
      ("divisor", "x", "edge: divisor=x is not accepted; expected any number"),
      ("bias", "much", "edge: bias=much is not accepted; expected yes, no or a number"),
      ("stride", "0", "edge: stride=0 is not accepted; expected 1...1024, or two such as 2x1"),
      (
        "padding", "1x",
        "edge: padding=1x is not accepted; expected same, valid, 0...1024, or two such as 1x2"
      ),
      ("channel", "1", "edge: channel=1 is not accepted; expected -1...0"),
      (
        "sigma", "1",
        "edge has no parameter 'sigma'; it takes: channel, divisor, bias, stride, dilation, padding, border"
      ),
    ])
  func wrongSettings(name: String, value: String, problem: String) throws {
    let file = try file(#"{"kernels": [{"matrix": [[1]]}]}"#)
    let error = try #require(throws: KernelError.self) { try file.factory.make([.init(name, value)]) }
    #expect("\(error)" == problem)
  }

  @Test("a file's own parameters stand in place of numbers, and have ranges")
  func parameters() throws {
    let text = #"""
      {"kernels": [{"matrix": [[0, "-amount", 0], ["-amount", 5, "-amount"], [0, "-amount", 0]]},
                   {"column": [1, 0, -1], "row": ["amount", 0, "-amount"]}],
       "bias": "light",
       "parameters": [{"name": "amount", "summary": "how crisp", "unit": "steps", "default": 1, "minimum": 0, "maximum": 2},
                      {"name": "light", "default": 0.5}]}
      """#
    let plain = try bank(text)
    #expect(plain.weight.values[0..<9] == [0, -1, 0, -1, 5, -1, 0, -1, 0] && plain.bias == [0.5, 0.5])
    #expect(plain.weight.values[9...] == [1, 0, -1, 0, 0, 0, -1, 0, 1])
    let strong = try bank(text, ("amount", "2"), ("light", "0"))
    #expect(strong.weight.values[0..<3] == [0, -2, 0] && strong.weight.values[9...11] == [2, 0, -2])
    #expect(strong.bias == [0, 0])
    let descriptor = try file(text).descriptor.parameters
    #expect(descriptor[0].name == "amount" && descriptor[0].unit == "steps")
    #expect(descriptor[0].kind == .number(default: 1, in: 0...2))
    #expect(throws: KernelError.self) { try bank(text, ("amount", "3")) }
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let json: String
    let problem: String
    /// Whether JSON Schema can say so too.
    let isAgainstSchema: Bool
    init(_ json: String, _ problem: String, schema: Bool = true) {
      self.json = json
      self.problem = problem
      isAgainstSchema = schema
    }
    var testDescription: String { json }
  }

  static let bad = [
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bais": 1}"#,
      """
      line 1, column 34: unknown key "bais"; did you mean "bias"? known are name, summary, details, kernels, \
      weights, divisor, bias, stride, dilation, padding, border, combine, post, parameters
      """),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}, {"matrix": [[1]], "size": 1}]}"#,
      "line 1, column 51: kernels.2: unknown key \"size\"; known are name, matrix, column, row"),
    Bad(
      "{\"kernels\": [{\"matrix\": [[1, 2],\n  [3]]}]}",
      "line 2, column 3: kernels.1.matrix.2: this row has 1 numbers, the first has 2", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}, {"matrix": [[1, 2]]}]}"#,
      "line 1, column 44: kernels.2.matrix: this kernel is 1x2, the first is 1x1", schema: false),
    Bad(
      #"{"kernels": [{"matrix": []}]}"#, "line 1, column 25: kernels.1.matrix: at least one number is needed"),
    Bad(
      #"{"kernels": [{"matrix": [[]]}]}"#,
      "line 1, column 25: kernels.1.matrix: at least one number is needed"),
    Bad(#"{"kernels": []}"#, "line 1, column 13: kernels: at least one matrix is needed"),
    Bad(#"{"weights": [[]]}"#, "line 1, column 13: weights: at least one matrix is needed"),
    Bad(
      #"{"weights": [[[[1]]], [[[1]], [[2]]]]}"#,
      "line 1, column 23: weights.2: this filter has 2 inputs, the first has 1", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "divisor": 0}"#,
      "line 1, column 45: divisor: the divisor must not be 0"),
    Bad(
      #"{"kernels": [{"matrix": [[1e30]]}], "divisor": 1e-30}"#,
      "line 1, column 1: a weight is too large or no number: 1e+60", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [["1"]]}]}"#,
      "line 1, column 27: kernels.1.matrix.1.1: expected a number, got a text"),
    Bad(
      #"{"kernels": [{"matrix": [[null]]}]}"#,
      "line 1, column 27: kernels.1.matrix.1.1: expected a number, got null"),
    Bad(#"{"kernels": [{"matrix": [[NaN]]}]}"#, "line 1, column 27: 'NaN' is no value of JSON"),
    Bad(
      #"{"kernels": {"matrix": [[1]]}}"#, "line 1, column 13: kernels: expected a list, got an object"),
    Bad(
      #"{"kernels": [{"name": "x"}]}"#,
      "line 1, column 14: kernels.1: expected either \"matrix\", or \"column\" and \"row\""),
    Bad(
      #"{"kernels": [{"matrix": [[1]], "row": [1]}]}"#,
      "line 1, column 14: kernels.1: expected either \"matrix\", or \"column\" and \"row\"", schema: false),
    Bad(
      #"{"kernels": [{"column": [1], "row": []}]}"#,
      "line 1, column 37: kernels.1.row: at least one number is needed"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bias": "much"}"#,
      "line 1, column 42: bias: expected a number, got a text", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bias": [1, 2]}"#,
      "line 1, column 42: bias: expected one number, or a list of 1, one for each filter", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bias": []}"#,
      "line 1, column 42: bias: expected one number, or a list of 1, one for each filter"),
    Bad(#"{"name": "x"}"#, "line 1, column 1: expected either \"kernels\" or \"weights\""),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "weights": [[[[1]]]]}"#,
      "line 1, column 1: expected either \"kernels\" or \"weights\""),
    Bad("[1, 2]", "line 1, column 1: expected an object, got a list"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "name": ""}"#,
      "line 1, column 42: name: the text must not be empty"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "kernels": 1}"#,
      "line 1, column 34: the key \"kernels\" stands twice", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "stride": 0}"#,
      "line 1, column 44: stride: expected a whole number within 1...1024"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "stride": [1, 1.5]}"#,
      "line 1, column 48: stride.2: expected a whole number within 1...1024"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "dilation": [1, 1, 1]}"#,
      "line 1, column 46: dilation: expected a number or [vertical, horizontal]"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "padding": "full"}"#,
      """
      line 1, column 45: padding: expected "same", "valid", a number, [vertical, horizontal] or \
      [top, bottom, left, right]
      """),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "padding": [1, 1, 1]}"#,
      """
      line 1, column 45: padding: expected "same", "valid", a number, [vertical, horizontal] or \
      [top, bottom, left, right]
      """),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "border": "valid"}"#,
      """
      line 1, column 44: border: expected zero, replicate, reflect, symmetric, circular; "padding": "valid" \
      reads nothing beyond the picture
      """),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "combine": "mean"}"#,
      "line 1, column 45: combine: expected none, magnitude, sum, max"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "post": ["square"]}"#,
      "line 1, column 43: post.1: expected \"abs\", {\"clamp\": [low, high]} or {\"threshold\": limit}"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "post": [{"clamp": [1, 0]}]}"#,
      "line 1, column 53: post.1.clamp: 1 is larger than 0; expected [low, high]", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "post": [{"clamp": [1]}]}"#,
      "line 1, column 53: post.1.clamp: expected [low, high]"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "post": [{}]}"#,
      "line 1, column 43: post.1: expected either \"clamp\" or \"threshold\""),
    Bad(
      #"{"kernels": [{"matrix": [["sharp"]]}], "parameters": [{"name": "crisp", "default": 1}]}"#,
      """
      line 1, column 27: kernels.1.matrix.1.1: "sharp" is neither a number nor a parameter; those are crisp
      """, schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "parameters": [{"name": "bias", "default": 1}]}"#,
      "line 1, column 58: parameters.1.name: every file has a setting \"bias\"; use another name"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "parameters": [{"name": "A", "default": 1}]}"#,
      """
      line 1, column 58: parameters.1.name: a parameter's name has lower-case letters, digits and hyphens and \
      begins with a letter
      """),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "parameters": [{"name": "a"}]}"#,
      "line 1, column 49: parameters.1: \"default\" is missing"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "parameters": [{"name": "a", "default": 3, "maximum": 2}]}"#,
      "line 1, column 74: parameters.1.default: 3 is above the maximum, 2", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "parameters": [{"name": "a", "default": 3, "minimum": 4}]}"#,
      "line 1, column 74: parameters.1.default: 3 is below the minimum, 4", schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "parameters": [{"name": "a", "default": 3}, {"name": "a", "default": 2}]}"#,
      "line 1, column 1: parameter 2 is called \"a\" like one before it", schema: false),
    Bad(
      #"{"kernels": [{"column": ["a"], "row": [2]}], "parameters": [{"name": "a", "default": 3}]}"#,
      """
      line 1, column 26: kernels.1.column.1: a parameter in a column or row can only be multiplied by 1, -1 or 0
      """, schema: false),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "divisor": "d", "parameters": [{"name": "d", "default": 0}]}"#,
      "line 1, column 1: the divisor must not be 0", schema: false),
  ]

  @Test("files that are no kernel are refused, with what is wrong and where", arguments: bad)
  func refusals(_ sample: Bad) throws {
    #expect(throws: KernelError.syntax("folder/edge.json", problem: sample.problem)) { try file(sample.json) }
  }

  @Test("every truncation of a file is refused")
  func truncations() throws {
    let text = #"{"kernels": [{"matrix": [[1, 2], [3, 4]]}], "bias": [0.5]}"#
    for count in 0..<text.count {
      #expect(throws: KernelError.self) { try file(String(text.prefix(count))) }
    }
    #expect(try bank(text).bias == [0.5])
  }
}
