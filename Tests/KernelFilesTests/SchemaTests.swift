import FileAccess
import KernelAPI
import KernelFiles
import TestSupport
import Testing

@Suite("The published schema of kernel files")
struct SchemaTests {
  private func schema() throws -> JSONSchema {
    JSONSchema(root: try node(try readFile(TestData.packageFolder + "/Samples/Kernels/kernel.schema.json")))
  }

  private func node(_ bytes: [UInt8]) throws -> JSONNode { try JSONParser.parse(bytes) }

  @Test(
    "the samples are valid, and are read",
    arguments: ["edge", "emboss", "compass/frei-chen", "compass/kirsch", "compass/lines"])
  func samples(name: String) throws {
    let path = TestData.packageFolder + "/Samples/Kernels/\(name).json"
    #expect(try schema().allows(node(try readFile(path))))
    _ = try KernelFile(path: path)
  }

  static let good = [
    #"{"kernels": [{"matrix": [[1]]}]}"#,
    #"{"weights": [[[[1]], [["a"]]]], "parameters": [{"name": "a", "default": 1, "unit": "px"}]}"#,
    #"{"kernels": [{"column": [1], "row": [1, 2], "name": "x"}], "stride": [1, 2], "dilation": 2}"#,
    #"{"kernels": [{"matrix": [[1]]}], "padding": [1, 2, 3, 4], "border": "zero", "bias": [1]}"#,
    #"{"kernels": [{"matrix": [[1]]}], "padding": [1], "divisor": -2, "combine": "max"}"#,
    #"{"kernels": [{"matrix": [[1]]}], "post": ["abs", {"clamp": [0, 1]}, {"threshold": 0.5}], "details": ""}"#,
  ]

  @Test("what is read is valid", arguments: good)
  func agreement(text: String) throws {
    #expect(try schema().allows(node(Array(text.utf8))))
    _ = try KernelFile(json: Array(text.utf8), source: "x.json")
  }

  @Test("what is refused is not valid, where a schema can say so", arguments: KernelFileTests.bad)
  func refusals(_ sample: KernelFileTests.Bad) throws {
    guard let node = try? node(Array(sample.json.utf8)) else { return }
    #expect(try schema().allows(node) != sample.isAgainstSchema)
  }
}
