import FeatureMap
import TestSupport
import Testing

@Suite(
  "The sample plugins in Swift, C and Rust, loaded together, in every command",
  .enabled(if: SamplePlugins.hasC, "cc, c++, make and nm are not all installed"))
struct SamplePluginUseTests {
  private let folder: TemporaryFolder
  private let plugins: [String]

  init() throws {
    folder = try TemporaryFolder()
    var files = [try SamplePlugins.relief(), try SamplePlugins.morphology()]
    if SamplePlugins.hasRust { files.append(try SamplePlugins.texture()) }
    plugins = files.flatMap { ["--plugin", $0] }
  }

  /// What a command prints, which must succeed.
  private func run(_ arguments: String...) throws -> String {
    let result = try Program.run(arguments + plugins, in: folder.path)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return result.output
  }

  private func sample(_ name: String) -> String {
    joinPath(TestData.packageFolder, "Samples/Images/\(name)")
  }

  /// The kernel of the Rust plugin, or one of another where that could not be built.
  private var deviation: String { SamplePlugins.hasRust ? "deviation:radius=2" : "outline:radius=2" }

  @Test("plugins tells their descriptors")
  func list() throws {
    let list = try run("plugins")
    #expect(list.contains("relief 1.0.0: Brightness taken for height") && list.contains("morphology 1.0.0"))
    let relief = try run("plugins", "relief")
    #expect(relief.contains("azimuth=0...360 degrees, default 315"))
    #expect(try run("plugins", "erode").contains("shape=square|disc|plus, default square"))
    if SamplePlugins.hasRust { #expect(try run("plugins", "rank").contains("radius=1...50 px, default 2")) }
  }

  @Test("apply runs them in one chain")
  func apply() throws {
    let text = try run(
      "apply", "relief:height=20,erode:radius=1:shape=disc,\(deviation)", sample("shoe.jpg"), "-o", "out.png")
    #expect(text.hasPrefix("out.png: 640x480 RGB, values [0, "))
  }

  @Test("a linear filter of a Swift plugin gives what the built-in one gives, an eighth of it")
  func values() throws {
    _ = try run("apply", "slope", sample("garment.png"), "-o", "slope.npy")
    _ = try run("apply", "sobel:output=x", sample("garment.png"), "-o", "sobel.npy")
    let slope = try decodeNPY(try readFile(folder("slope.npy"))).values
    let sobel = try decodeNPY(try readFile(folder("sobel.npy"))).values
    #expect(slope.map { $0 * 8 } == sobel && slope.contains { $0 != 0 })
  }

  @Test("run, explain, report and kernels show them")
  func show() throws {
    let stages = try run(
      "run", sample("garment.png"), "--model", "relief,outline,\(deviation)", "--layer", "all", "-o",
      "stages/")
    #expect(stages.split(separator: "\n").count == 5)
    #expect(try run("explain", sample("garment.png"), "--model", "slope").contains("-0.125"))
    #expect(try run("explain", sample("garment.png"), "--model", deviation).contains("no weighted sum"))
    _ = try run("report", sample("garment.png"), "--model", "relief,dilate,\(deviation)", "-o", "report.html")
    #expect(fileExists(folder("report.html")))
    #expect(try run("kernels", "slope", "-o", "kernels/").contains("slope    1x1x3x3  [-0.25, 0.25]"))
  }

  @Test("receptive fields add up over their windows")
  func receptiveField() throws {
    let text = try run(
      "receptive-field", "--model", "relief,erode:radius=3:shape=disc,\(deviation)", "--format", "csv")
    let sizes = text.split(separator: "\n").map { $0.split(separator: ",") }
    let column = try #require(sizes.first?.firstIndex { $0.hasPrefix("size") })
    #expect(sizes.dropFirst().map { $0[column] } == ["3x3", "9x9", "13x13"], "\(text)")
  }

  @Test("a network file names them as layers")
  func network() throws {
    let text = """
      {"input": [1, 28, 28], "layers": [
        {"name": "conv1", "kernel": "conv2d", "channels": 4, "size": 3, "padding": 1},
        {"kernel": "leaky-relu", "slope": 0.1}, {"kernel": "outline", "radius": 2},
        {"kernel": "flatten"}, {"kernel": "linear", "outputs": 10}]}
      """
    try writeFile(Array(text.utf8), to: folder("net.json"))
    let layers = try run("layers", "--model", "net.json", "--format", "csv")
    #expect(layers.contains("leaky-relu") && layers.contains("outline"))
  }

  @Test("plugin check finds all of them fit")
  func fit() throws {
    for file in plugins where file != "--plugin" {
      let result = try Program.run(["plugin", "check", file, "--format", "json"])
      #expect(result.status == 0 && result.output.contains("\"fit\":true"), "\(result.output)")
      #expect(result.output.contains("\"findings\":[]"), "\(result.output)")
    }
  }

  @Test("plugin check of one that is not fit says what to do, with exit status 1")
  func unfit() throws {
    let source = """
      #include "featuremap_plugin.h"
      #include "\(SamplePlugins.sources("morphology-c"))/morphology.c"
      """
    // One row too many.
    try writeFile(
      Array(source.utf8), to: folder("broken.c"))
    let library = folder("broken.so")
    try SamplePlugins.succeed(
      "cc",
      [
        "-shared", "-fPIC", "-I", joinPath(TestData.packageFolder, "Sources/CFeatureMapPlugin/include"),
        "-Dcontinue=", folder("broken.c"), "-o", library, "-lm",
      ], in: folder.path)
    let result = try Program.run(["plugin", "check", library])
    #expect(result.status == 1)
    #expect(
      result.output.contains("  fault: run() reads past the end of its input\n    seen with "),
      "\(result.output)")
    #expect(result.output.hasSuffix("\(library) is not fit: 3 faults\n"), "\(result.output)")
  }
}
