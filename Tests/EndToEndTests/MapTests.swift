import FeatureMap
import TestSupport
import Testing

@Suite("featuremap run: numbers, choices and scales of maps")
struct MapTests {
  private let image = "Samples/Images/garment.png"

  private func activations(_ layers: [String], in folder: TemporaryFolder) throws -> [Tensor] {
    let input = GarmentPicture(try loadImage(folder(image))).tensor
    return try trainedLeNet().network.activations(of: layers, for: input).map(\.output)
  }

  @Test("--stats prints a line for each map and writes nothing")
  func statistics() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["run", image, "--layer", "conv1", "--layer", "fc1", "--stats"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2 + 6 + 1)
    #expect(lines[1].split(separator: " ") == ["layer", "map", "min", "max", "mean", "std", "zeros"])
    #expect(lines[8].hasPrefix("fc1    120 values"))
    #expect(try listFolder(folder.path) == ["Samples"])
  }

  @Test("--stats as CSV holds the numbers of the maps; a missing file is reported, the others are done")
  func statisticsCSV() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["run", "missing.png", image, "--layer", "conv1", "--stats", "--format", "csv"], in: folder.path)
    #expect(result.status == 1 && result.errors.contains("missing.png"))
    let lines = result.output.split(separator: "\n")
    #expect(lines[0] == "file,layer,map,channel,min,max,mean,standardDeviation,zeroShare,notFinite")
    let expected = try activations(["conv1"], in: folder)[0]
    #expect(lines.count == 7)
    for channel in 0..<6 {
      let cells = lines[channel + 1].split(separator: ",")
      #expect(cells[0] == image && cells[3] == "\(channel)")
      #expect(Float(cells[4]) == expected.plane(channel).min())
      #expect(Float(cells[5]) == expected.plane(channel).max())
      let mean = expected.plane(channel).reduce(0) { $0 + Double($1) } / 784
      #expect(abs(try #require(Double(cells[6])) - mean) < 1e-9)
    }
  }

  @Test("--stats with -o writes pictures as well; JSON stays alone on standard output")
  func statisticsAndPictures() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["run", image, "--layer", "conv1", "--stats", "--format", "json", "-o", "out/"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try listFolder(folder("out")) == ["garment-conv1.png", "garment-input.png"])
    struct Row: Decodable {
      let layer: String
      let channel: Int
      let zeroShare: Double
    }
    let rows = try decodedJSON([Row].self, from: result.output)
    #expect(rows.map(\.channel) == [0, 1, 2, 3, 4, 5] && rows[0].layer == "conv1")
  }

  @Test("chosen and reduced maps are what is written as numbers, too")
  func choices() throws {
    let folder = try Documentation.workFolder()
    let expected = try activations(["conv2"], in: folder)[0]
    let command = ["run", image, "--layer", "conv2", "-o", "out.npy"]
    #expect(try Program.run(command + ["--channels", "5,0"], in: folder.path).status == 0)
    #expect(
      try decodeNPY(try readFile(folder("out.npy"))).values
        == Array(expected.plane(5)) + Array(expected.plane(0)))
    #expect(try Program.run(command + ["--top-channels", "2", "--by", "mean"], in: folder.path).status == 0)
    #expect(try decodeNPY(try readFile(folder("out.npy"))).dimensions == [2, 10, 10])
    #expect(try Program.run(command + ["--reduce", "max"], in: folder.path).status == 0)
    let highest = try decodeNPY(try readFile(folder("out.npy")))
    #expect(highest.dimensions == [1, 10, 10])
    #expect(highest.values == (0..<100).map { i in (0..<16).map { expected.values[$0 * 100 + i] }.max() })
    let refused = try Program.run(command + ["--channels", "16"], in: folder.path)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("the layer has channels 0 to 15 (conv2 of lenet)"))
  }

  @Test("the layers of a block share one scale, which other blocks do not have")
  func blockScale() throws {
    let folder = try Documentation.workFolder()
    let layers = ["conv1", "sigmoid1", "pool1", "conv2"]
    let result = try Program.run(
      ["run", image, "-o", "out/", "--scale", "block"] + layers.flatMap { ["--layer", $0] },
      in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let scales = try layers.map { layer in
      readPNGText(try readFile(folder("out/garment-\(layer).png"))).first { $0.keyword == "Scale" }?.text
    }
    #expect(scales[0]?.hasPrefix("scale block [") == true)
    #expect(scales[1] == scales[0] && scales[2] == scales[0] && scales[3] != scales[0])
  }

  @Test("contact sheets: one for each layer, or one for each picture")
  func sheets() throws {
    let folder = try Documentation.workFolder()
    let pictures = ["coat", "garment"].map { "Samples/Images/\($0).png" }
    func run(_ arguments: [String]) throws -> Program.Result {
      try Program.run(["run"] + pictures + arguments, in: folder.path)
    }
    let layers = try run(["--layer", "conv1", "--layer", "fc3", "--sheet", "layer", "-o", "a/"])
    #expect(layers.status == 0, "\(layers.errors)")
    #expect(layers.output == "a/sheet-conv1.png: conv1 of 2 pictures\na/sheet-fc3.png: fc3 of 2 pictures\n")
    #expect(try run(["--sheet", "image", "-o", "b/"]).status == 0)
    #expect(try listFolder(folder("b")) == ["coat-sheet.png", "garment-sheet.png"])
    #expect(try run(["--layer", "conv1", "--sheet", "layer", "-o", "one.png"]).status == 0)
    #expect(try run(["--sheet", "layer", "-o", "one.png"]).status == 1)
    #expect(try run(["--sheet", "layer", "--format", "npy"]).status == 64)
    #expect(try run(["--sheet", "layer", "--top-channels", "2"]).status == 64)
    let withMissing = try Program.run(
      ["run", "missing.png", pictures[0], "--layer", "conv1", "--sheet", "layer", "-o", "c/"], in: folder.path
    )
    #expect(withMissing.status == 1)
    #expect(withMissing.output == "c/sheet-conv1.png: conv1 of 1 picture\n")
  }

  @Test("--histograms writes a picture beside each grid")
  func histograms() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["run", image, "--layer", "conv1", "--histograms", "--stats", "-o", "out/"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try listFolder(folder("out"))
        == ["garment-conv1-histogram.png", "garment-conv1.png", "garment-input.png"])
    #expect(try Program.run(["run", image, "--histograms", "--format", "npy"], in: folder.path).status == 64)
    let refused = try Program.run(
      ["run", image, "--layer", "conv1", "--histograms", "-o", "x.png"], in: folder.path)
    #expect(refused.status == 1 && refused.errors.contains("2 results"))
  }

  @Test("--show draws in the width of COLUMNS where the output is no terminal; words are text")
  func show() throws {
    let folder = try Documentation.workFolder()
    func run(_ arguments: [String], _ environment: [String: String]) throws -> Program.Result {
      try Program.run(
        arguments, in: folder.path,
        environment: ["TERM": "dumb", "TMUX": "", "KITTY_WINDOW_ID": "", "TERM_PROGRAM": ""].merging(
          environment
        ) {
          $1
        })
    }
    let blocks = ["run", image, "--layer", "conv1", "-o", "out/", "--show-as", "blocks"]
    for (columns, perLine) in [("40", 1), ("100", 3)] {
      let text = try run(blocks, ["COLUMNS": columns]).output
      let widths = text.split(separator: "\n").map { $0.filter { $0 == "\u{2580}" }.count }
      #expect(widths.max() == 28 * perLine)
      #expect(text.contains("ch 5 ["))
    }
    let kitty = ["kernels", "sobel-x", "-o", "out/", "--show-as", "kitty"]
    #expect(try run(kitty, [:]).output.contains("\u{1b}_Ga=T,f=100,q=2"))
    let sixel = ["apply", "sobel", image, "-o", "out/", "--show-as", "sixel"]
    #expect(try run(sixel, [:]).output.contains("\u{1b}P0;1;0q"))
    let refused = try run(["run", image, "--layer", "conv1", "-o", "x.npy", "--show"], [:])
    #expect(refused.status == 1 && refused.errors.contains("--show draws pictures; npy files hold values"))
  }
}
