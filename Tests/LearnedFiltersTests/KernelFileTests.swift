import FileAccess
import KernelAPI
import Networks
import TensorCore
import TestSupport
import Testing

@testable import LearnedFilters

@Suite("Filters from JSON files")
struct KernelFileTests {
  private func file(_ text: String, name: String = "edge.json") throws -> KernelFile {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) {
      try writeFile(Array(text.utf8), to: folder(name))
      return try KernelFile(path: folder(name))
    }
  }

  @Test("one kernel: name, numbers, divisor, bias")
  func kernels() throws {
    let file = try file(
      #"""
      {"name": "emboss", "summary": "light", "kernels": [{"name": "e", "matrix": [[-2, 0, 4], [1, 2, 3]]}],
       "divisor": 2, "bias": 0.5}
      """#)
    #expect(file.name == "emboss")
    #expect(file.weight == Tensor(rows: [[-1, 0, 2], [0.5, 1, 1.5]]))
    #expect(file.bias == [0.5])
  }

  @Test("several kernels share one bias or have their own; the name is the file's unless given")
  func several() throws {
    let two = #"{"kernels": [{"matrix": [[1]]}, {"matrix": [[2]]}], "bias": BIAS}"#
    let shared = try file(two.replacing("BIAS", with: "3"))
    #expect(shared.weight.shape == Shape(batch: 2, channels: 1, height: 1, width: 1))
    #expect(shared.weight.values == [1, 2] && shared.bias == [3, 3] && shared.name == "edge")
    #expect(try file(two.replacing("BIAS", with: "[3, 4]")).bias == [3, 4])
    #expect(try file(#"{"kernels": [{"matrix": [[1]]}]}"#).bias == [0])
  }

  @Test("weights are [out][in][kH][kW]")
  func weights() throws {
    let file = try file(#"{"weights": [[[[1, 2]], [[3, 4]], [[5, 6]]]]}"#)
    #expect(file.weight.shape == Shape(batch: 1, channels: 3, height: 1, width: 2))
    #expect(file.weight.values == [1, 2, 3, 4, 5, 6])
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let json: String
    let problem: String
    init(_ json: String, _ problem: String) {
      self.json = json
      self.problem = problem
    }
    var testDescription: String { json }
  }

  static let bad = [
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bais": 1}"#,
      "unknown key \"bais\"; known are name, summary, kernels, weights, divisor, bias"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}, {"matrix": [[1]], "size": 1}]}"#,
      "at kernels.2: unknown key \"size\"; known are name, matrix"),
    Bad(#"{"kernels": [{"matrix": [[1, 2], [3]]}]}"#, "row 2 has 1 numbers, the first has 2"),
    Bad(#"{"kernels": [{"matrix": [[1]]}, {"matrix": [[1, 2]]}]}"#, "kernel 2 is 1x2, the first is 1x1"),
    Bad(#"{"kernels": [{"matrix": []}]}"#, "a kernel needs at least one number"),
    Bad(#"{"kernels": []}"#, "a kernel needs at least one matrix"),
    Bad(#"{"weights": [[]]}"#, "a kernel needs at least one matrix"),
    Bad(#"{"weights": [[[[1]]], [[[1]], [[2]]]]}"#, "kernel 2 has 2 inputs, the first has 1"),
    Bad(#"{"kernels": [{"matrix": [[1]]}], "divisor": 0}"#, "\"divisor\" must not be 0"),
    Bad(
      #"{"kernels": [{"matrix": [[1e30]]}], "divisor": 1e-30}"#,
      "divided by \"divisor\", kernel 1 has a number that is not finite"),
    Bad(#"{"kernels": [{"matrix": [["1"]]}]}"#, "at kernels.1.matrix.1.1: another kind of value is expected"),
    Bad(#"{"kernels": {"matrix": [[1]]}}"#, "at kernels: another kind of value is expected"),
    Bad(#"{"kernels": [{"name": "x"}]}"#, "at kernels.1: \"matrix\" is missing"),
    Bad(#"{"kernels": [{"matrix": [[1]]}], "bias": "much"}"#, "at bias: another kind of value is expected"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bias": [1, 2]}"#,
      "\"bias\" needs one number, or one for each of 1 kernels"),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "bias": []}"#,
      "\"bias\" needs one number, or one for each of 1 kernels"),
    Bad(#"{"name": "x"}"#, "expected either \"kernels\" or \"weights\""),
    Bad(
      #"{"kernels": [{"matrix": [[1]]}], "weights": [[[[1]]]]}"#,
      "expected either \"kernels\" or \"weights\""),
    Bad("[1, 2]", "another kind of value is expected"),
  ]

  @Test("files that are no filter are refused, with what is wrong and where", arguments: bad)
  func refusals(_ sample: Bad) throws {
    let error = try #require(throws: KernelError.self) { try file(sample.json) }
    guard case .syntax(let path, let problem) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(problem == sample.problem)
    #expect(path.hasSuffix("/edge.json"))
  }

  @Test("every truncation of a file is refused")
  func truncations() throws {
    let text = #"{"kernels": [{"matrix": [[1, 2], [3, 4]]}], "bias": [0.5]}"#
    for count in 0..<text.count {
      #expect(throws: KernelError.self) { try file(String(text.prefix(count))) }
    }
    #expect(try file(text).bias == [0.5])
  }

  @Test("text files hold rows of numbers, fractions too")
  func textFiles() throws {
    let text = try file("1/4 2 1\n\n2, -4, 2\n1 2 1\n", name: "blur.txt")
    #expect(text.weight == Tensor(rows: [[0.25, 2, 1], [2, -4, 2], [1, 2, 1]]))
    #expect(text.name == "blur" && text.bias == [0])
    for (contents, problem) in [
      ("1 2\n3\n", "row 2 has 1 numbers, the first has 2"), ("1 two\n", "'two' is not a number"),
      ("", "a kernel needs at least one number"), ("1 inf", "row 1 has a number that is not finite"),
    ] {
      let error = try #require(throws: KernelError.self) { try file(contents, name: "blur.txt") }
      #expect("\(error)".hasSuffix("/blur.txt': \(problem)"))
    }
  }

  @Test("bytes that are no text, and files that are not there, are refused")
  func noText() throws {
    let folder = try TemporaryFolder()
    let path = folder("k.txt")
    try writeFile([0x31, 0xff, 0xfe], to: path)
    #expect(throws: KernelError.syntax(path, problem: "it is no text")) { try KernelFile(path: path) }
    #expect(throws: FileError.self) { try KernelFile(path: folder("none.json")) }
  }
}
