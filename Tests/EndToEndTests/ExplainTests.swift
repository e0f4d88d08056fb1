import FeatureMap
import Foundation
import TestSupport
import Testing

@Suite("featuremap explain")
struct ExplainTests {
  private struct Answer: Decodable {
    var layer: String
    var value: Double
    var total: Double?
    var unit: [Int]
    var reason: String
  }

  private func explain(_ arguments: [String], in folder: TemporaryFolder) throws -> Answer {
    let result = try Program.run(["explain"] + arguments + ["--format", "json"], in: folder.path)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
  }

  @Test(
    "what is explained is what run --format npy writes, and adds up to it",
    arguments: [
      "conv1", "sigmoid1", "pool1", "conv2", "sigmoid2", "pool2", "flatten", "fc1", "sigmoid3", "fc2",
      "sigmoid4", "fc3",
    ])
  func agreesWithRun(layer: String) throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    #expect(
      try Program.run(["run", image, "--layer", layer, "-o", "m.npy"], in: folder.path).status == 0)
    let maps = try decodeNPY(try readFile(folder("m.npy")))
    let sizes = maps.dimensions + [Int](repeating: 1, count: 3 - maps.dimensions.count)
    for unit in [[0, 0, 0], [sizes[0] - 1, sizes[1] / 2, sizes[2] - 1], [sizes[0] / 2, sizes[1] - 1, 0]] {
      let text = unit.prefix(maps.dimensions.count).map(String.init).joined(separator: ",")
      let answer = try explain([image, "--layer", layer, "--unit", text], in: folder)
      let value = Double(maps.values[(unit[0] * sizes[1] + unit[1]) * sizes[2] + unit[2]])
      #expect(abs(answer.value - value) <= 1e-6 * max(1, abs(value)), "\(text)")
      #expect(abs(try #require(answer.total) - value) <= 2e-5 * max(1, abs(value)), "\(text)")
    }
  }

  @Test("the sum that is printed is the value, for Sobel on a photo")
  func sobel() throws {
    let folder = try SmallScene.workFolder()
    let arguments = ["Samples/Images/scene.jpg", "--model", "sobel", "--gray", "--unit", "0,60,100"]
    #expect(
      try Program.run(
        ["run", arguments[0], "--model", "sobel", "--gray", "-o", "m.npy"], in: folder.path
      ).status == 0)
    let maps = try decodeNPY(try readFile(folder("m.npy")))
    let answer = try explain(arguments, in: folder)
    #expect(abs(answer.value - Double(maps.values[60 * SmallScene.width + 100])) < 1e-6)
    #expect(abs(try #require(answer.total) - answer.value) < 1e-5)
    let text = try Program.run(["explain"] + arguments + ["-o", "why.png"], in: folder.path)
    #expect(text.status == 0 && text.output.contains("sqrt(x^2 + y^2) = sqrt("))
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let chunks = readPNGText(try readFile(folder("why.png")))
    #expect(chunks.contains(TextChunk(keyword: "Source", text: "scene.jpg")))
  }

  @Test("the peak is the default, and softmax is there")
  func peak() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let fc3 = try explain([image, "--layer", "fc3"], in: folder)
    let softmax = try explain([image, "--layer", "softmax", "--peak"], in: folder)
    #expect(fc3.unit == [9] && softmax.unit == [9] && softmax.reason == "softmax")
    #expect(softmax.value > 0.99)
  }

  @Test("values that are nearly equal have nearly the same colour, and digits that tell them apart")
  func closeValues() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      [
        "explain", "Samples/Images/garment.png", "--layer", "pool1", "--unit", "3,5,13", "-o", "why.png",
      ], in: folder.path)
    // 0.9999785 beside three values nearer to 1.
    #expect(result.output.contains("0.999979") && result.output.contains("1.000000"), "\(result.output)")
    let image = try loadImage(folder("why.png"))
    #expect(image.width < 700)
    guard case .uint8(let samples) = image.samples else { return }
    func count(_ color: [UInt8]) -> Int {
      stride(from: 0, to: samples.count, by: 3).count { Array(samples[$0..<$0 + 3]) == color }
    }
    // The ends of viridis: all cells are near its upper end, yellow.
    #expect(count([68, 1, 84]) == 0 && count([253, 231, 37]) > 1000)
  }

  @Test("a kernel that is no weighted sum is told as such")
  func median() throws {
    let folder = try SmallScene.workFolder()
    let answer = try explain(
      ["Samples/Images/scene.jpg", "--model", "median", "--gray", "--unit", "0,5,5"], in: folder)
    #expect(answer.reason == "sensitivity" && answer.total == nil)
  }

  @Test(
    "what cannot be explained is told in a line",
    arguments: [
      (["--layer", "conv1", "--unit", "6,0,0"], Int32(1), "its shape is 6x28x28, so channel 0...5"),
      (["--layer", "conv1", "--unit", "3"], 1, "say channel, row and column, such as --unit 3,0,0"),
      (["--layer", "conv3"], 1, "did you mean 'conv1'"), ([], 1, "say which layer of lenet"),
      (["--layer", "fc1", "--size", "native"], 1, "--size native there is"),
      (["--layer", "conv1", "-o", "why.gif"], 1, "ends in .png or .jpg"),
      (["--layer", "conv1", "-o", "Samples/Images/garment.png"], 1, "never overwritten"),
      (["--layer", "conv1", "--unit", "1,2"], 64, "'1,2' is no unit"),
      (["--layer", "conv1", "--unit", "-1,0,0"], 64, "is no unit"),
      (["--layer", "conv1", "--unit", "a,b,c"], 64, "'a,b,c' is no unit"),
      (["--layer", "conv1", "--unit", "0,0,0", "--peak"], 64, "exclude each other"),
      (["--layer", "conv1", "--top", "0"], 64, "--top must be at least 1"),
    ])
  func errors(arguments: [String], status: Int32, expected: String) throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["explain", "Samples/Images/garment.png"] + arguments, in: folder.path)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(expected), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(status == 64 || result.errors.split(separator: "\n").count == 1)
  }
}
