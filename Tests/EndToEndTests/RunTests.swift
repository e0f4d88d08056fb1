import FeatureMap
import TestSupport
import Testing

@Suite("featuremap run, classify and kernels")
struct RunTests {
  @Test("the grid, what the network saw and a table; the default names are told")
  func defaultNames() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["run", "Samples/Images/garment.png", "--layer", "conv1"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try listFolder(folder.path) == ["Samples", "garment-conv1.png", "garment-input.png"])
    #expect(result.output.contains("garment-conv1.png") && result.output.contains("garment-input.png"))
    let text = readPNGText(try readFile(folder("garment-conv1.png")))
    #expect(text.contains(TextChunk(keyword: "Shape", text: "6x28x28")))
    #expect(text.contains(TextChunk(keyword: "Source", text: "garment.png")))
    #expect(text.contains { $0.keyword == "Scale" } && text.contains { $0.keyword == "Software" })
  }

  @Test("classes have names on contact sheets, whose cells are as wide")
  func classNames() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    for (layer, width) in [("fc2", 64 * 5), ("fc3", 10 * (11 * 6 - 1 + 6)), ("softmax", 710)] {
      let arguments = ["run", image, "--layer", layer, "--sheet", "image", "-o", "s.png"]
      let result = try Program.run(arguments, in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      let sheet = try loadImage(folder("s.png"))
      #expect((width + 80..<width + 240).contains(sheet.width), "\(layer): \(sheet.width)")
    }
  }

  @Test("without a layer: convolution and pooling layers; all: every layer")
  func layers() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    #expect(try Program.run(["run", image, "-o", "some/"], in: folder.path).status == 0)
    #expect(
      try listFolder(folder("some")).map { $0.dropFirst(8).dropLast(4) }
        == ["conv1", "conv2", "input", "pool1", "pool2"])
    #expect(try Program.run(["run", image, "--layer", "all", "-o", "all/"], in: folder.path).status == 0)
    #expect(try listFolder(folder("all")).count == 13)
  }

  @Test("lenet-relu ships trained: run, classify, kernels and layers take it by name")
  func withReLU() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let model = ["--model", "lenet-relu"]
    let network = try trainedLeNetReLU().network
    let input = GarmentPicture(try loadImage(folder(image))).tensor
    let run = try Program.run(["run", image, "--layer", "relu1", "-o", "r.npy"] + model, in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let expected = try network.activations(of: ["relu1"], for: input)[0].output
    #expect(try decodeNPY(try readFile(folder("r.npy"))).values == expected.values)
    #expect(expected.values.contains { $0 > 0 } && expected.values.allSatisfy { $0 >= 0 })
    let classified = try Program.run(["classify", image, "--top", "1"] + model, in: folder.path)
    #expect(classified.output.hasPrefix("\(image): Ankle boot "), "\(classified.output)\(classified.errors)")
    let kernels = try Program.run(["kernels", "--layer", "conv1", "-o", "k/"] + model, in: folder.path)
    #expect(kernels.status == 0, "\(kernels.errors)")
    #expect(try listFolder(folder("k")).count == 7)
    let layers = try Program.run(["layers"] + model)
    #expect(layers.output.hasPrefix("lenet-relu: input 1x28x28\n"), "\(layers.errors)")
    #expect(layers.output.hasSuffix("total: 61,706 parameters, 416,520 mult-adds for one picture\n"))
  }

  @Test("npy and safetensors hold what the library computes")
  func values() throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let network = try trainedLeNet().network
    let input = GarmentPicture(try loadImage(folder(image))).tensor
    let expected = try network.activations(of: ["conv1", "fc3"], for: input).map(\.output.values)
    #expect(
      try Program.run(["run", image, "--layer", "conv1", "-o", "c.npy"], in: folder.path).status == 0)
    let array = try decodeNPY(try readFile(folder("c.npy")))
    #expect(array.dimensions == [6, 28, 28] && array.values == expected[0])
    #expect(
      try Program.run(
        ["run", image, "--layer", "conv1", "--layer", "fc3", "-o", "c.safetensors"], in: folder.path
      ).status == 0)
    let file = try Safetensors(path: folder("c.safetensors"))
    #expect(try file.array(named: "conv1").values == expected[0])
    #expect(try file.array(named: "fc3").values == expected[1])
  }

  @Test("the convolutional part runs on a picture of any size, the rest is refused with a reason")
  func native() throws {
    let folder = try SmallScene.workFolder()
    let image = "Samples/Images/scene.jpg"
    let result = try Program.run(
      ["run", image, "--size", "native", "--layer", "conv1", "-o", "n.npy"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let array = try decodeNPY(try readFile(folder("n.npy")))
    let picture = try loadImage(folder(image))
    #expect(array.dimensions == [6, picture.height, picture.width] && picture.width == SmallScene.width)
    let refused = try Program.run(["run", image, "--size", "native", "--layer", "fc1"], in: folder.path)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--size native"))
  }

  @Test("the stages of a filter chain")
  func chain() throws {
    let folder = try SmallScene.workFolder()
    let result = try Program.run(
      [
        "run", "Samples/Images/scene.jpg", "--model", "gaussian:sigma=2,sobel", "--layer", "all", "-o",
        "out/",
      ], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try listFolder(folder("out")) == ["scene-gaussian.png", "scene-sobel.png"])
  }

  @Test("the sample garments are what they are")
  func classify() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      [
        "classify", "Samples/Images/garment.png", "Samples/Images/shoe.jpg", "--top", "1", "--format",
        "jsonl",
      ], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains(#""label":"Ankle boot""#) && lines[1].contains(#""label":"Sneaker""#))
    #expect(lines.allSatisfy { $0.contains("\"probability\":0.9") || $0.contains("\"probability\":1") })
  }

  @Test("--save-input writes the 28x28 picture that the network saw")
  func saveInput() throws {
    let folder = try Documentation.workFolder()
    #expect(
      try Program.run(
        ["classify", "Samples/Images/shoe.jpg", "--save-input", "seen.png"], in: folder.path
      ).status == 0)
    let seen = try loadImage(folder("seen.png"))
    #expect(seen.width == 28 && seen.height == 28 && seen.channels == 1)
  }

  @Test("kernels are drawn one by one and together")
  func kernels() throws {
    let folder = try TemporaryFolder()
    #expect(try Program.run(["kernels", "--layer", "conv1", "-o", "k/"], in: folder.path).status == 0)
    #expect(
      try listFolder(folder("k"))
        == [
          "conv1-0.png", "conv1-1.png", "conv1-2.png", "conv1-3.png", "conv1-4.png", "conv1-5.png",
          "conv1.png",
        ])
    #expect(try Program.run(["kernels", "sobel", "-o", "s/"], in: folder.path).status == 0)
    #expect(try listFolder(folder("s")) == ["sobel-x.png", "sobel-y.png"])
  }
}
