import FeatureMap
import Foundation
import TestSupport
import Testing

@Suite("featuremap receptive-field")
struct ReceptiveFieldCommandTests {
  private struct Row: Decodable {
    struct Box: Decodable {
      var rows: [Int]
      var columns: [Int]
    }
    var file: String
    var unit: [Int]
    var value: Float
    var box: Box?
    var innerShare: Double?
  }

  private func rows(_ arguments: [String], in folder: TemporaryFolder) throws -> [Row] {
    let result = try Program.run(["rf"] + arguments + ["--format", "json"], in: folder.path)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return try JSONDecoder().decode([Row].self, from: Data(result.output.utf8))
  }

  @Test("the table is that of layers in JSON and CSV, of described networks too")
  func table() throws {
    let folder = try Documentation.workFolder()
    for format in ["json", "jsonl", "csv"] {
      for model in ["lenet", "lenet-relu", "gaussian,sobel", "Samples/Networks/residual.json"] {
        let arguments = ["--model", model, "--format", format]
        let field = try Program.run(["receptive-field"] + arguments, in: folder.path)
        let layers = try Program.run(["layers"] + arguments, in: folder.path)
        #expect(field.status == 0 && field.output == layers.output && !field.output.isEmpty)
      }
    }
    let alexNet = try Program.run(["rf", "--model", "Samples/Networks/alexnet.json"], in: folder.path)
    let last = alexNet.output.split(separator: "\n").last.map { $0.split(separator: " ") } ?? []
    #expect(last.suffix(4) == ["195", "32", "33", "-64..258"])
    #expect(alexNet.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let larger = try Program.run(
      ["rf", "--model", "Samples/Networks/residual.json", "--size", "64x48"], in: folder.path)
    #expect(larger.output.contains("32x24x32"))
  }

  @Test("a unit: its box, its value, and a picture beside")
  func unit() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let found = try rows([image, "--layer", "conv1", "--unit", "2,0,13", "-o", "f.png"], in: folder)
    #expect(found.count == 1 && found[0].unit == [2, 0, 13] && found[0].innerShare == nil)
    #expect(found[0].box?.rows == [-2, 2] && found[0].box?.columns == [11, 15])
    #expect(try loadImage(folder("f.png")).channels == 3)
    let peak = try rows([image, "--layer", "conv2", "--peak", "--effective"], in: folder)
    #expect(fileExists(folder("garment-conv2-field.png")))
    let explained = try Program.run(["explain", image, "--layer", "conv2"], in: folder.path)
    #expect(explained.output.contains("channel \(peak[0].unit[0]), row \(peak[0].unit[1])"))
    #expect((0...1).contains(try #require(peak[0].innerShare)))
  }

  @Test("a layer: the strongest unit of every channel")
  func layer() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let found = try rows([image, "--layer", "conv2", "-o", "p.png"], in: folder)
    #expect(found.map { $0.unit[0] } == Array(0..<16))
    let run = try Program.run(["run", image, "--layer", "conv2", "-o", "m.npy"], in: folder.path)
    #expect(run.status == 0)
    let maps = try decodeNPY(try readFile(folder("m.npy")))
    for row in found {
      let plane = maps.values[row.unit[0] * 100..<(row.unit[0] + 1) * 100]
      #expect(abs(row.value - (plane.max() ?? 0)) < 1e-4)
    }
    #expect(try Program.run(["rf", image, "--layer", "conv2", "--effective"], in: folder.path).status == 0)
  }

  @Test(
    "what all units see is drawn once", arguments: [["--layer", "fc1"], ["--layer", "fc3", "--top", "1"]])
  func same(arguments: [String]) throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let found = try rows([image] + arguments + ["-o", "f.png"], in: folder)
    #expect(found.count == (arguments[1] == "fc1" ? 120 : 10))
    let picture = try loadImage(folder("f.png"))
    // 32x32 values, with the border, at eleven pixels each, and words.
    #expect(picture.width < 650 && (352..<500).contains(picture.height))
  }

  @Test("many pictures: the strongest of all, one of each")
  func top() throws {
    let folder = try Documentation.workFolder()
    let names = ["garment", "coat", "pullover"].map { "Samples/Images/\($0).png" }
    let found = try rows(names + ["--layer", "conv1", "--top", "2", "-o", "t.png"], in: folder)
    #expect(found.count == 12)
    var best: [[Float]] = Array(repeating: [], count: 6)
    for name in names {
      for row in try rows([name, "--layer", "conv1", "-o", "x.png"], in: folder) {
        best[row.unit[0]].append(row.value)
      }
    }
    for channel in 0..<6 {
      let expected = best[channel].sorted(by: >).prefix(2)
      let values = found.filter { $0.unit[0] == channel }
      #expect(zip(values.map(\.value), expected).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(Set(values.map(\.file)).count == 2)
    }
  }

  @Test("an IDX file, gzipped or not")
  func idx() throws {
    let folder = try Documentation.workFolder()
    // Two pictures of 28x28: the second is twice as bright in one place.
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]
    var pixels = [UInt8](repeating: 0, count: 2 * 784)
    pixels[300] = 100
    pixels[784 + 300] = 200
    let bytes = header + pixels
    try writeFile(bytes, to: folder("few-images-idx3-ubyte"))
    let found = try rows(
      ["few-images-idx3-ubyte", "--layer", "conv1", "--top", "1", "-o", "t.png"], in: folder)
    #expect(found.count == 6)
    #expect(found.contains { $0.file == "few-images-idx3-ubyte 1" })
    let refused = try Program.run(["rf", "few-images-idx3-ubyte", "--layer", "conv1"], in: folder.path)
    #expect(refused.status == 1 && refused.errors.contains("--top 9"))
    try writeFile(Array(bytes.dropLast()), to: folder("cut-idx3-ubyte"))
    let cut = try Program.run(["rf", "cut-idx3-ubyte", "--layer", "conv1", "--top", "9"], in: folder.path)
    #expect(cut.status == 1 && cut.errors.contains("cut-idx3-ubyte"))
  }

  @Test(
    "what does not go is told",
    arguments: [
      (["Samples/Images/garment.png", "--layer", "conv1", "--unit", "0,28,0"], Int32(1), "row 0...27"),
      (["Samples/Images/garment.png", "--layer", "conv9", "--peak"], 1, "did you mean"),
      (["Samples/Images/garment.png"], 1, "say which layer"),
      (["Samples/Images/garment.png", "--layer", "conv1", "--unit", "0,1"], 64, "is no unit"),
      (["--peak"], 64, "need a picture"), (["--size", "native"], 64, "WIDTHxHEIGHT"),
      (["--size", "7"], 64, "is no size"), (["--size", "30x30"], 1, "takes pictures of shape 1x28x28"),
      (["Samples/Images/garment.png", "--layer", "conv1", "--top", "3", "--peak"], 64, "whole layer"),
      (["Samples/Images/garment.png", "--layer", "conv1", "--size", "9x9"], 1, "without a picture"),
      (
        ["Samples/Images/garment.png", "Samples/Images/coat.png", "--layer", "conv1", "-o", "a.png"], 1,
        "do not go into"
      ),
      (["--model", "Samples/Networks/missing.json"], 1, "missing.json"),
    ])
  func errors(arguments: [String], status: Int32, expected: String) throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(["receptive-field"] + arguments, in: folder.path)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(expected), "\(result.errors)")
    #expect(try listFolder(folder.path) == ["Samples"])
  }
}
