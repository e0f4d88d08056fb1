import FeatureMap
import TestSupport
import Testing

@Suite("featuremap and kernel files")
struct KernelFileCommandTests {
  @Test("kernels writes what apply reads", arguments: ["json", "text", "vips", "imagemagick", "gmic"])
  func roundTrip(format: String) throws {
    let folder = try Documentation.workFolder()
    let image = "Samples/Images/garment.png"
    let name = format == "vips" ? "k.mat" : format == "json" ? "k.json" : "k.txt"
    let written = try Program.run(["kernels", "box:size=4", "--format", format, "-o", name], in: folder.path)
    #expect(written.status == 0 && written.output.hasPrefix("\(name): "), "\(written.errors)")
    let printed = try Program.run(["kernels", "box:size=4", "--format", format], in: folder.path)
    let file = try readFile(folder(name))
    #expect(Array(printed.output.utf8) == file)
    for (kernel, goal) in [("box:size=4", "a.npy"), ("./\(name)", "b.npy")] {
      #expect(try Program.run(["apply", kernel, image, "-o", goal], in: folder.path).status == 0)
    }
    let maps = try ["a.npy", "b.npy"].map { try decodeNPY(try readFile(folder($0))).values }
    expectClose(maps[0], maps[1], tolerance: 1e-6)
  }

  @Test("npy holds the array of one kernel, or of all")
  func arrays() throws {
    let folder = try Documentation.workFolder()
    let one = try Program.run(["kernels", "sobel-x", "--format", "npy", "-o", "x.npy"], in: folder.path)
    #expect(one.output == "x.npy: float32 3x3\n", "\(one.errors)")
    let layer = try Program.run(["kernels", "--format", "npy", "-o", "out/"], in: folder.path)
    #expect(layer.output == "out/conv1.npy: float32 6x1x5x5\n", "\(layer.errors)")
  }

  @Test("several kernels go into a folder, one file each where the format holds one")
  func several() throws {
    let folder = try Documentation.workFolder()
    let edge = "./Samples/Kernels/edge.json"
    let many = try Program.run(["kernels", edge, "--format", "vips", "-o", "k/"], in: folder.path)
    #expect(many.status == 0)
    #expect(try listFolder(folder("k")) == ["edge-0.mat", "edge-1.mat"])
    let refused = try Program.run(["kernels", edge, "--format", "vips", "-o", "k.mat"], in: folder.path)
    #expect(refused.status == 1 && refused.errors.contains("-o names a folder"))
    let own = try Program.run(["kernels", edge, "--format", "json", "-o", edge], in: folder.path)
    #expect(own.status == 1, "an input is never written over")
  }

  @Test("what a format cannot keep is refused or told; a median is no kernel")
  func losses() throws {
    let sobel = try Program.run(["kernels", "sobel", "--format", "vips"])
    #expect(sobel.status == 1 && sobel.output.isEmpty)
    #expect(
      sobel.errors
        == "featuremap: sobel: a libvips matrix cannot keep a combination (magnitude); JSON can\n")
    let zero = try Program.run(["kernels", "box:border=zero", "--format", "gmic"])
    #expect(zero.status == 0 && zero.errors == "box: G'MIC's text does not keep border zero\n")
    let median = try Program.run(["kernels", "median", "--format", "json"])
    #expect(median.status == 1 && median.errors.contains("is no weighted sum of its window"))
    #expect(try Program.run(["kernels", "sobel", "--format", "json", "--show"]).status == 64)
  }

  @Test("plugins describes a folder of kernels or a file")
  func descriptions() throws {
    let folder = try Documentation.workFolder()
    let compass = try Program.run(["plugins", "Samples/Kernels/compass"], in: folder.path)
    #expect(compass.status == 0, "\(compass.errors)")
    #expect(compass.output.hasPrefix("compass 1.0.0: kernels of the folder Samples/Kernels/compass\n"))
    #expect(compass.output.contains("    sureness=0...1, default 0.1\n"))
    let edge = try Program.run(["plugins", "./Samples/Kernels/edge.json"], in: folder.path)
    #expect(edge.status == 0 && edge.output.contains("divisor=any number, default 8\n"))
  }

  @Test("a broken file is told with place and reason, a wrong setting with what is accepted")
  func refusals() throws {
    let folder = try Documentation.workFolder()
    try writeFile(Array("{\"kernels\": [{\"matrix\": [[1, 2],\n [3]]}]}".utf8), to: folder("k.json"))
    let image = "Samples/Images/garment.png"
    let broken = try Program.run(["apply", "k.json", image], in: folder.path)
    #expect(
      broken.status == 1
        && broken.errors
          == "featuremap: cannot read 'k.json': line 2, column 2: kernels.1.matrix.2: this row has 1 numbers, "
          + "the first has 2\n",
      "\(broken.errors)")
    let setting = try Program.run(
      ["apply", "Samples/Kernels/compass/lines.json:sureness=2", image], in: folder.path)
    #expect(
      setting.status == 1
        && setting.errors == "featuremap: lines: sureness=2 is not accepted; expected 0...1\n")
  }
}
