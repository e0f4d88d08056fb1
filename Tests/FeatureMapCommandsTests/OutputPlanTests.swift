import FeatureMap
import FileAccess
import TestSupport
import Testing

@testable import FeatureMapCommands

@Suite("Where results go")
struct OutputPlanTests {
  private func run(
    _ images: [String], _ layers: [String], output: String? = nil, format: RunCommand.Output? = nil,
    isNetwork: Bool = true
  ) throws -> RunOutputs {
    try RunOutputs(output: output, format: format, images: images, layers: layers, isNetwork: isNetwork)
  }

  private func apply(
    _ images: [String], output: String? = nil, format: ApplyFormat? = nil
  ) throws -> ApplyOutputs {
    try ApplyOutputs(output: output, format: format, images: images, suffix: "sobel")
  }

  @Test("run: <image>-<layer>.png here, with the network's input beside it")
  func runDefaults() throws {
    let plan = try run(["in/shoe.jpg", "-"], ["conv1", "pool1"])
    #expect(plan.format == .png)
    #expect(plan.path("in/shoe.jpg", layer: "conv1") == "shoe-conv1.png")
    #expect(plan.path("-", layer: "pool1") == "stdin-pool1.png")
    #expect(plan.inputPath("in/shoe.jpg") == "shoe-input.png")
    #expect(try run(["a.png"], ["sobel"], isNetwork: false).inputPath("a.png") == nil)
  }

  @Test("run: a folder, a file or a stream, and the format by the file's name")
  func runPlaces() throws {
    let folder = try run(["a.png"], ["conv1", "conv2"], output: "maps/", format: .npy)
    #expect(folder.path("a.png", layer: "conv2") == "maps/a-conv2.npy")
    #expect(folder.inputPath("a.png") == nil)
    #expect(try run(["a.png"], ["conv1"], output: "maps/").inputPath("a.png") == "maps/a-input.png")
    let file = try run(["a.png"], ["conv1"], output: "x/y.NPY")
    #expect(file.format == .npy && file.path("a.png", layer: "conv1") == "x/y.NPY")
    let picture = try run(["a.png"], ["conv1"], output: "x/y.jpg")
    #expect(picture.format == .png && picture.inputPath("a.png") == "x/a-input.png")
    #expect(try run(["a.png"], ["conv1"], output: "-").inputPath("a.png") == nil)
    let all = try run(["a.png"], ["conv1", "conv2"], output: "all.safetensors")
    #expect(all.format == .safetensors && all.path("a.png", layer: "layers") == "all.safetensors")
  }

  @Test("run: results that would share a file are refused")
  func runCollisions() {
    #expect(throws: CommandError.severalIntoOne(count: 2, what: "results", path: "x.png")) {
      try run(["a.png"], ["conv1", "conv2"], output: "x.png")
    }
    #expect(throws: CommandError.severalIntoOne(count: 2, what: "results", path: "-")) {
      try run(["a.png", "b.png"], ["conv1"], output: "-")
    }
    #expect(throws: CommandError.sameOutput("a-conv1.png", first: "x/a.png", second: "y/a.jpg")) {
      try run(["x/a.png", "y/a.jpg"], ["conv1"])
    }
    #expect(
      throws: CommandError.choice(
        "a-input.png is where the network's input is drawn; name another file for the maps")
    ) { try run(["a.png"], ["conv1"], output: "a-input.png") }
    #expect(
      throws: CommandError.unknownFormat(path: "x.npy", known: [".png", ".jpg", ".npy", ".safetensors"])
    ) { try run(["a.png"], ["conv1"], output: "x.npy", format: .png) }
    #expect(throws: CommandError.unknownFormat(path: "x.png", known: [".npy"])) {
      try run(["a.png"], ["conv1"], output: "x.png", format: .npy)
    }
    #expect(throws: CommandError.self) { try run(["a.png"], ["conv1"], output: "x.gif") }
  }

  @Test("nothing is ever written over an input, however it is called")
  func inputs() throws {
    #expect(throws: CommandError.wouldOverwriteInput("a.png")) {
      try run(["a.png"], ["conv1"], output: "a.png")
    }
    #expect(throws: CommandError.wouldOverwriteInput("a-input.png")) {
      try run(["a.png", "a-input.png"], ["conv1"])
    }
    #expect(throws: CommandError.wouldOverwriteInput("a-conv1.safetensors")) {
      try run(["a.png", "a-conv1.safetensors"], ["conv1"], format: .safetensors)
    }
    #expect(throws: CommandError.wouldOverwriteInput("a.png")) { try apply(["a.png"], output: "a.png") }
    let folder = try TemporaryFolder()
    try writeFile([1], to: folder("a.png"))
    let other = folder.path + "/./a.png"
    #expect(throws: CommandError.wouldOverwriteInput(other)) { try apply([folder("a.png")], output: other) }
    #expect(throws: CommandError.wouldOverwriteInput(folder("a.png"))) {
      try apply([other], output: folder.path)
    }
    #expect(throws: CommandError.wouldOverwriteInput(other)) {
      try OutputPlace.protect(["-", folder("a.png")], from: other)
    }
  }

  @Test("apply: <image>-<kernel> here in the picture's own format, the same name in a folder")
  func applyDefaults() throws {
    let plan = try apply(["in/a.png", "b.JPEG", "-"])
    #expect(plan.path("in/a.png") == "a-sobel.png" && plan.format("in/a.png") == .png)
    #expect(plan.path("b.JPEG") == "b-sobel.jpeg" && plan.format("b.JPEG") == .jpg)
    #expect(plan.path("-") == "stdin-sobel.png")
    let folder = try apply(["in/a.png", "b.jpg"], output: "out/", format: .npy)
    #expect(folder.path("in/a.png") == "out/a.npy" && folder.path("b.jpg") == "out/b.npy")
    #expect(try apply(["a.png"], output: "x.jpg").format("a.png") == .jpg)
    #expect(try apply(["a.jpg"], output: "-").format("a.jpg") == .jpg)
    #expect(try apply(["a.png"], format: .jpg).path("a.png") == "a-sobel.jpg")
  }

  @Test("apply: what no name tells, the picture's content does")
  func applyContent() throws {
    let plan = try apply(["-", "a", "b.png"])
    #expect(plan.format("-", content: .jpeg) == .jpg && plan.path("-", content: .jpeg) == "stdin-sobel.jpg")
    #expect(plan.format("-", content: .png) == .png && plan.path("a", content: .jpeg) == "a-sobel.jpg")
    #expect(plan.format("b.png", content: .jpeg) == .png)
    #expect(try apply(["-"], format: .png).format("-", content: .jpeg) == .png)
    #expect(throws: CommandError.sameOutput("stdin-sobel.jpg", first: "-", second: "x/stdin.jpg")) {
      try apply(["-", "x/stdin.jpg"])
    }
  }

  @Test("apply: results that would share a file, and unknown formats, are refused")
  func applyCollisions() {
    #expect(throws: CommandError.severalIntoOne(count: 2, what: "pictures", path: "x.png")) {
      try apply(["a.png", "b.png"], output: "x.png")
    }
    #expect(throws: CommandError.unknownFormat(path: "x.gif", known: [".png", ".jpg", ".npy"])) {
      try apply(["a.png"], output: "x.gif")
    }
    #expect(throws: CommandError.sameOutput("out/a.png", first: "x/a.png", second: "y/a.png")) {
      try apply(["x/a.png", "y/a.png"], output: "out/")
    }
  }

  @Test("classify: the inputs of two pictures never share a file")
  func classifyInputs() throws {
    #expect(ClassifyCommand.inputPath("seen/", "x/a.jpg") == "seen/a-input.png")
    #expect(ClassifyCommand.inputPath("seen.png", "x/a.jpg") == "seen.png")
    try ClassifyCommand.checkPlaces("seen/", ["a.jpg", "b.jpg"])
    #expect(throws: CommandError.sameOutput("seen/a-input.png", first: "x/a.jpg", second: "y/a.png")) {
      try ClassifyCommand.checkPlaces("seen/", ["x/a.jpg", "y/a.png"])
    }
    #expect(throws: CommandError.severalIntoOne(count: 2, what: "pictures", path: "seen.png")) {
      try ClassifyCommand.checkPlaces("seen.png", ["a.jpg", "b.jpg"])
    }
    #expect(throws: CommandError.wouldOverwriteInput("a.png")) {
      try ClassifyCommand.checkPlaces("a.png", ["a.png"])
    }
  }

  @Test("what is named twice is done once")
  func repeats() {
    #expect(InputFiles.distinct(["b", "a", "b", "-", "-", "c", "a"]) == ["b", "a", "-", "c"])
  }

  @Test("a file beyond the limit of bytes is told with what was expected")
  func fileLimit() throws {
    let folder = try TemporaryFolder()
    try writeFile([0x89, 0x50, 0x4e, 0x47] + [UInt8](repeating: 0, count: 96), to: folder("a.png"))
    let error = try #require(throws: CommandError.self) {
      try PictureFile(folder("a.png"), limits: ImageLimits(maximumFileBytes: 99))
    }
    #expect("\(error)".hasSuffix("expected a PNG or JPEG picture (--max-megapixels raises it)"))
  }

  @Test("folders stand for the pictures in them, in the order of their names")
  func expansion() throws {
    let folder = try TemporaryFolder()
    for name in ["b.PNG", "a.jpg", "c.jpeg", "notes.txt", "d.npy"] { try writeFile([1], to: folder(name)) }
    #expect(
      try InputFiles.expand(["x.png", folder.path, "-"])
        == ["x.png", folder("a.jpg"), folder("b.PNG"), folder("c.jpeg"), "-"])
    let empty = try TemporaryFolder()
    #expect(throws: CommandError.noPictures(folder: empty.path)) { try InputFiles.expand([empty.path]) }
  }
}
