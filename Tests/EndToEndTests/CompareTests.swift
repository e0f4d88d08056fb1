import FeatureMap
import TestSupport
import Testing

@Suite("featuremap compare")
struct CompareTests {
  private struct Row: Decodable {
    let map: String
    let channel: Int?
    let meanAbsolute: Double
    let largest: Float
    let file: String
  }

  private let garment = "Samples/Images/garment.png"
  private let shoe = "Samples/Images/shoe.jpg"

  @Test("two pictures: the printed differences are those of the library, and a picture is written")
  func pictures() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["compare", garment, shoe, "--layer", "conv1", "--format", "json", "-o", "out/"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let rows = try decodedJSON([Row].self, from: result.output)
    let network = try trainedLeNet().network
    let maps = try [garment, shoe].map {
      try network.activations(of: ["conv1"], for: GarmentPicture(try loadImage(folder($0))).tensor)[0].output
    }
    #expect(rows.map(\.map) == (0..<6).map { "ch \($0)" } + ["all 6"])
    for channel in 0..<6 {
      let sizes = zip(maps[0].plane(channel), maps[1].plane(channel)).map { abs($1 - $0) }
      #expect(rows[channel].channel == channel && rows[channel].largest == sizes.max())
      let mean = sizes.reduce(0) { $0 + Double($1) } / Double(sizes.count)
      #expect(abs(rows[channel].meanAbsolute - mean) < 1e-9)
    }
    #expect(rows[6].channel == nil && rows[6].largest == rows.dropLast().map(\.largest).max())
    #expect(rows.allSatisfy { $0.file == "out/garment-shoe-conv1.png" })
    #expect(try loadImage(folder("out/garment-shoe-conv1.png")).width > 300)
  }

  @Test("two models, here two blurs of one picture; those that differ most are chosen")
  func models() throws {
    let folder = try SmallScene.workFolder()
    let result = try Program.run(
      [
        "compare", "Samples/Images/scene.jpg", "--model", "gaussian:sigma=1", "--model", "gaussian:sigma=3",
        "--layer", "gaussian", "--top-channels", "1",
      ], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 4)
    #expect(
      try listFolder(folder.path) == ["Samples", "gaussian-sigma=1-gaussian-sigma=3-gaussian.png"])
  }

  @Test("two chains with different stages are compared by what comes out of them")
  func chains() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["compare", garment, "--model", "sobel", "--model", "gaussian,prewitt", "--format", "csv"],
      in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("\"sobel, prewitt\""), "\(result.output)")
    #expect(try listFolder(folder.path) == ["Samples", "sobel-gaussian-prewitt.png"])
    let named = try Program.run(
      ["compare", garment, "--model", "sobel", "--model", "prewitt", "--layer", "sobel"], in: folder.path)
    #expect(named.status == 1 && named.errors.contains("there is no layer 'sobel'"))
    let folders = try Program.run(["compare", garment, "Samples"], in: folder.path)
    #expect(folders.status == 1 && folders.errors.contains("Samples is a folder"))
  }

  @Test("what cannot be compared is refused: one picture, other sizes, several layers in one file")
  func refused() throws {
    let folder = try Documentation.workFolder()
    func run(_ arguments: [String]) throws -> Program.Result {
      try Program.run(["compare"] + arguments, in: folder.path)
    }
    #expect(try run([garment]).status == 64)
    #expect(try run([garment, shoe, "--reduce", "max"]).status == 64)
    #expect(try run([garment, shoe, "--scale", "all"]).status == 64)
    let sizes = try run([garment, shoe, "--size", "native", "--layer", "conv1"])
    #expect(sizes.status == 1 && sizes.errors.contains("maps of different sizes"))
    let file = try run([garment, shoe, "-o", "x.png"])
    #expect(file.status == 1 && file.errors.contains("4 layers do not go into the one file x.png"))
    #expect(try run([garment, shoe, "--layer", "conv1", "-o", garment]).status == 1)
    #expect(try listFolder(folder.path) == ["Samples"])
  }
}
