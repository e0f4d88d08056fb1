import FeatureMap
import TestSupport
import Testing

@Suite("frei0r's filters in every command")
struct Frei0rTests {
  /// A folder with a picture and a library that makes colours negative, and shifts them by its parameter.
  private func workFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try createFolder(folder("filters"))
    let changes = [
      "PIXEL=for (int c = 0; c < 3; c++) out[c] = 255 - in[c] * self->number / 0.3f; out[3] = 255;",
      "COUNT=2",
    ]
    let result = try Program.run(
      executable: "/usr/bin/env",
      [
        "cc", "-shared", "-fPIC", "-w", "-I", joinPath(TestData.packageFolder, "Sources/CFrei0r/include"),
        joinPath(TestData.packageFolder, "Tests/PluginLoadingTests/Libraries/frei0r.c"), "-o",
        folder("filters/negative_0r.so"), "-lm",
      ] + changes.map { "-D\($0)" })
    try #require(result.status == 0, "\(result.errors)")
    try writeFile(Array("no library".utf8), to: folder("filters/nervous.so"))
    try writeFile(try FailureTests.picture(), to: folder("p.png"))
    return folder
  }

  private func run(
    _ arguments: [String], _ folder: TemporaryFolder, path: String? = nil
  ) throws -> Program.Result {
    try Program.run(
      arguments, in: folder.path,
      environment: [
        "HOME": folder.path, "XDG_DATA_HOME": "", "FEATUREMAP_PLUGIN_PATH": "",
        "FREI0R_PATH": path ?? folder("filters"),
      ])
  }

  @Test("they are kernels like others, alone and in chains, in this process or in one of their own")
  func commands() throws {
    let folder = try workFolder()
    let name = "frei0r:negative_0r"
    for (arguments, expected) in [
      (["apply", name, "p.png", "-o", "out.png"], "out.png: 16x12 RGB"),
      (["apply", "box,\(name):edge-scale=0,sobel", "p.png", "-o", "out.png"], "values constant 0"),
      (["run", "p.png", "--model", "\(name),box", "--layer", "all", "-o", "maps/"], "negative_0r  3x12x16"),
      (["explain", "p.png", "--model", name, "--unit", "0,4,4"], "-1.00"),
      (["receptive-field", "--model", "box,\(name)"], "negative_0r"),
      (["layers", "--model", name], "negative_0r  filter"),
      (["report", "p.png", "--model", name, "-o", "r.html"], "r.html: 1 layer"),
      (["compare", "p.png", "--model", name, "--model", "\(name):edge-scale=1", "-o", "c.png"], "all 3"),
      (["plugins", name], "\(name): Does as the tests say\n  Fake 3.4, a frei0r library, by Somebody."),
      (["plugins", name], "    edge-scale=0...1, default 0.3\n        how much\n"),
    ] {
      let result = try run(arguments, folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      #expect(result.output.contains(expected), "\(arguments): \(result.output)")
      guard arguments[0] != "explain" else { continue }
      let isolated = try run(arguments + ["--isolate-plugins"], folder)
      #expect(isolated.status == 0 && isolated.output == result.output, "\(arguments): \(isolated.errors)")
    }
    let named = try run(
      ["plugins", "--plugin", "filters/negative_0r.so"], folder, path: folder("elsewhere"))
    #expect(
      named.output.contains("\(name) 3.4: Fake\n  filters/negative_0r.so\n  \(name)  Does as"),
      "\(named.output)")
  }

  @Test("network files name them as layers")
  func networkFile() throws {
    let folder = try workFolder()
    let text = """
      {"input": [1, 12, 16], "layers": [{"kernel": "frei0r:negative_0r", "edge-scale": 0.5}, {"kernel": "relu"}]}
      """
    try writeFile(Array(text.utf8), to: folder("net.json"))
    let result = try run(["layers", "--model", "net.json"], folder)
    #expect(
      result.status == 0 && result.output.contains("\nnegative_0r-1  filter"),
      "\(result.output)\(result.errors)")
  }

  @Test("the list opens nothing; what cannot be used is told in one line")
  func problems() throws {
    let folder = try workFolder()
    let list = try run(["plugins", "frei0r"], folder)
    #expect(
      list.output.hasPrefix(
        """
        frei0r: filters of others, such as frei0r:edgeglow; none is opened for this list
          \(folder("filters"))
            negative_0r
          no kernels, for they need several frames of a video
            nervous

        """), "\(list.output)\(list.errors)")
    for (name, expected) in [
      ("frei0r:nervous", "frei0r:nervous: needs several frames of a video: it jumps"),
      ("frei0r:negative0r", "did you mean 'negative_0r'?"), ("frei0r", "follows behind a colon: frei0r:NAME"),
      ("frei0r:negative_0r:edge=1", "did you mean 'edge-scale'?"),
    ] {
      let result = try run(["apply", name, "p.png", "-o", "out.png"], folder)
      #expect(result.status == 1 && result.errors.contains(expected), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    for arguments in [["plugins", "frei0r"], ["apply", "frei0r:sobel", "p.png"]] {
      let none = try run(arguments, folder, path: folder("elsewhere"))
      #expect(none.status == 1 && none.errors.contains("apt-get install frei0r-plugins"), "\(none.errors)")
    }
  }
}
