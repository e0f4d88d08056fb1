import FileAccess
import ImageCodecs
import TestSupport
import Testing

/// Plugins in C, compiled for the tests.
enum PluginSource {
  /// Compiles the plugin of the loading tests, with macros such as `KERNEL_NAME="other"` changed.
  static func build(_ changes: [String] = [], to path: String) throws {
    let result = try Program.run(
      executable: "/usr/bin/env",
      [
        "cc", "-shared", "-fPIC", "-w", "-I",
        joinPath(TestData.packageFolder, "Sources/CFeatureMapPlugin/include"),
        joinPath(TestData.packageFolder, "Tests/PluginLoadingTests/Libraries/plugin.c"), "-o", path, "-lm",
      ] + changes.map { "-D\($0)" })
    try #require(result.status == 0, "\(result.errors)")
  }
}

@Suite("Plugins of others in every command")
struct PluginCommandTests {
  /// A folder with a plugin and a picture in which `HOME` is, so that no plugins of the user are found.
  private func workFolder(_ changes: [String] = []) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try PluginSource.build(changes, to: folder("gain.so"))
    try writeFile(try FailureTests.picture(), to: folder("p.png"))
    return folder
  }

  private func run(
    _ arguments: [String], _ folder: TemporaryFolder, _ environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program.run(
      arguments, in: folder.path,
      environment: ["HOME": folder.path, "XDG_DATA_HOME": "", "FEATUREMAP_PLUGIN_PATH": ""]
        .merging(environment) { _, new in new })
  }

  @Test("its kernels are kernels like others, alone and in chains")
  func commands() throws {
    let folder = try workFolder()
    for (arguments, expected) in [
      (["apply", "gain:factor=0.5,sobel", "p.png", "-o", "out.png"], "out.png: 16x12"),
      (["run", "p.png", "--model", "gain,box", "--layer", "all", "-o", "maps/"], "gain   1x12x16"),
      (["explain", "p.png", "--model", "gain", "--unit", "0,4,4"], "0.267    2.00"),
      (["receptive-field", "--model", "box,gain"], "gain"),
      (["layers", "--model", "gain"], "pointwise filter"),
      (["report", "p.png", "--model", "gain", "-o", "r.html"], "r.html: 1 layer"),
      (["plugins", "gain"], "factor=0...10, default 2"),
      (["plugins", "sample"], "sample 1.2.3: For the tests\n  ./gain.so, licence MIT\n  gain  Every value"),
      (["compare", "p.png", "--model", "gain:factor=1", "--model", "gain", "-o", "c.png"], "gain   all 1"),
    ] {
      let result = try run(arguments + ["--plugin", "./gain.so"], folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      #expect(result.output.contains(expected), "\(arguments): \(result.output)")
    }
    // What the plugin says of its window is enough for the kernel to be found.
    let window =
      "GEOMETRY_BODY=g->kind = 0; g->size_y = g->size_x = 3; g->stride_y = g->stride_x = 1; g->offset_y = g->offset_x = -1;"
    try PluginSource.build([window], to: folder("wide.so"))
    let kernels = try run(["kernels", "gain:factor=3", "--plugin", "wide.so"], folder)
    #expect(kernels.output.contains("1x1x3x3  [0, 3]"), "\(kernels.output)\(kernels.errors)")
    let without = try run(["apply", "gain", "p.png"], folder)
    #expect(without.status == 1 && without.errors.contains("there is no kernel 'gain'"))
  }

  @Test("network files name its kernels as layers")
  func networkFile() throws {
    let folder = try workFolder()
    let text = """
      {"input": [1, 12, 16], "layers": [{"name": "twice", "kernel": "gain", "factor": 4}, {"kernel": "relu"}]}
      """
    try writeFile(Array(text.utf8), to: folder("net.json"))
    let result = try run(["layers", "--model", "net.json", "--plugin", "gain.so"], folder)
    #expect(result.status == 0 && result.output.contains("twice"), "\(result.errors)")
  }

  @Test("a photo goes through whole, though the kernel's window is small")
  func wholePicture() throws {
    // Tells the height of what it is given.
    let folder = try workFolder(["RUN_BODY=for (size_t i = 0; i < n; i++) out[i] = input->shape.height;"])
    let made = try run(
      ["apply", "identity", joinPath(TestData.packageFolder, "Samples/Images/scene.jpg"), "-o", "big.png"],
      folder)
    #expect(made.status == 0)
    let result = try run(["apply", "gain", "big.png", "-o", "out.npy", "--plugin", "gain.so"], folder)
    #expect(result.output == "out.npy: float32 3x640x960, values constant 640\n", "\(result.errors)")
    let picture = try run(["apply", "gain", "big.png", "-o", "out.png", "--plugin", "gain.so"], folder)
    #expect(picture.output.contains("values constant 640"), "\(picture.output)\(picture.errors)")
  }

  @Test("folders of the variable and of the user's data are searched; what is refused is told, not hidden")
  func searching() throws {
    let folder = try workFolder()
    for name in ["one", "two", ".local/share/featuremap/plugins", "data/featuremap/plugins"] {
      try createFolder(folder(name))
    }
    try PluginSource.build(["KERNEL_NAME=\"a\"", "PLUGIN_NAME=\"pa\""], to: folder("one/a.so"))
    try PluginSource.build(["KERNEL_NAME=\"b\"", "PLUGIN_NAME=\"pb\""], to: folder("two/b.so"))
    try PluginSource.build(
      ["KERNEL_NAME=\"c\"", "PLUGIN_NAME=\"pc\""], to: folder(".local/share/featuremap/plugins/c.so"))
    try PluginSource.build(
      ["KERNEL_NAME=\"d\"", "PLUGIN_NAME=\"pd\""], to: folder("data/featuremap/plugins/d.so"))
    try writeFile(Array("no library".utf8), to: folder("one/broken.so"))
    try writeFile(Array("notes".utf8), to: folder("one/notes.md"))
    let path = ["FEATUREMAP_PLUGIN_PATH": "one:two:three"]
    let list = try run(["plugins", "--plugin", "gain.so"], folder, path)
    #expect(list.status == 0 && list.errors.isEmpty, "\(list.errors)")
    for text in [
      "sample 1.2.3", "pa 1.2.3", "  one/a.so, licence MIT", "pb 1.2.3", "  two/b.so", "pc 1.2.3",
      "refused:\n  cannot load plugin one/broken.so: is no shared library (no ELF file)\n  cannot list three: ",
      "no plugins by their names (which end in .so, or as kernel files do):\n  one/notes.md",
    ] {
      #expect(list.output.contains(text), "\(list.output)")
    }
    #expect(!list.output.contains("pd 1.2.3"))
    let applied = try run(["apply", "a,b,c", "p.png", "-o", "out.png"], folder, path)
    #expect(applied.status == 0)
    #expect(
      applied.errors.split(separator: "\n").map { $0.prefix(60) } == [
        "featuremap: cannot load plugin one/broken.so: is no shared l",
        "featuremap: cannot list three: No such file or directory; it",
      ], "\(applied.errors)")
    let data = try run(["plugins", "d"], folder, ["XDG_DATA_HOME": folder("data")])
    #expect(data.status == 0 && data.output.hasPrefix("d: "), "\(data.errors)")
  }

  @Test("a file that is named and cannot be loaded ends every command with status 1 and one line")
  func refused() throws {
    let folder = try workFolder()
    for (arguments, expected) in [
      (["apply", "sobel", "p.png", "--plugin", "none.so"], "none.so: No such file or directory"),
      (["run", "p.png", "--plugin", "p.png"], "p.png: is no shared library (no ELF file)"),
      (["serve", "--plugin", "p.png"], "p.png: is no shared library (no ELF file)"),
      (["layers", "--plugin", "/dev/null"], "/dev/null: is no file"),
    ] {
      let result = try run(arguments, folder)
      #expect(result.status == 1 && result.output.isEmpty, "\(arguments)")
      #expect(result.errors == "featuremap: cannot load plugin \(expected)\n")
    }
    let list = try run(["plugins", "--plugin", "none.so"], folder)
    #expect(list.status == 1 && list.output.contains("refused:\n  cannot load plugin none.so"))
  }

  @Test("kernel files are plugins, one by one and as folders")
  func kernelFiles() throws {
    let folder = try workFolder()
    try createFolder(folder("path/set"))
    for (name, text) in [
      ("one.txt", "1 2 1"), ("path/two.txt", "0 1 0"), ("path/set/three.txt", "3 3 3"),
      ("path/set/four.txt", "4 4 4"), ("path/bad.txt", "1 2 x"),
    ] {
      try writeFile(Array("\(text)\n".utf8), to: folder(name))
    }
    let path = ["FEATUREMAP_PLUGIN_PATH": "path"]
    let result = try run(
      [
        "apply", "one,two,three,four,gain", "p.png", "-o", "o.npy", "--plugin", "one.txt", "--plugin",
        "gain.so",
      ],
      folder, path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("path/bad.txt") && result.errors.contains("left out"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    let list = try run(["plugins", "--plugin", "path/set"], folder)
    #expect(list.output.contains("  path/set\n  four") && list.status == 0, "\(list.output)")
    let empty = try run(["layers", "--plugin", "path/none"], folder)
    #expect(empty.status == 1 && empty.errors.contains("path/none"), "\(empty.errors)")
  }

  @Test("a name that is used twice is an error that tells where both are; the same file twice is none")
  func duplicates() throws {
    let folder = try workFolder()
    try PluginSource.build(["PLUGIN_NAME=\"other\""], to: folder("other.so"))
    try PluginSource.build(["KERNEL_NAME=\"sobel\"", "PLUGIN_NAME=\"mine\""], to: folder("sobel.so"))
    let two = try run(["apply", "gain", "p.png", "--plugin", "gain.so", "--plugin", "other.so"], folder)
    #expect(
      two.status == 1
        && two.errors
          == "featuremap: the name 'gain' is used by plugin sample (gain.so) and by plugin other (other.so); "
          + "names must be unique\n",
      "\(two.errors)")
    let builtIn = try run(["apply", "gain", "p.png", "--plugin", "sobel.so"], folder)
    #expect(
      builtIn.errors.contains("plugin edge-detectors of this program and by plugin mine (sobel.so)"))
    let same = try run(
      ["apply", "gain", "p.png", "--plugin", "gain.so", "--plugin", "./gain.so"], folder,
      ["FEATUREMAP_PLUGIN_PATH": folder.path])
    #expect(same.status == 1 && same.errors.contains("'gain'"))
    let again = try run(["apply", "gain", "p.png", "--plugin", "gain.so", "--plugin", "./gain.so"], folder)
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test("what a plugin does wrong at work is one line with its names, and no output is left")
  func faults() throws {
    for (change, expected) in [
      ("RUN_BODY=out[n] = 1;", "run() wrote past the end of its output"),
      ("RUN_BODY=out[0] = NAN;", "run() gave 1 of"),
      ("RUN_BODY=strcpy(error->message, \"no film\"); return 1;", "no film"),
    ] {
      let folder = try workFolder([change])
      let result = try run(["apply", "gain", "p.png", "-o", "out.png", "--plugin", "gain.so"], folder)
      #expect(result.status == 1 && !fileExists(folder("out.png")))
      #expect(result.errors.contains("plugin sample, kernel gain: \(expected)"), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("what a plugin tells the user stands on standard error, and its text cannot steer a terminal")
  func logging() throws {
    let folder = try workFolder(["ENTRY_BODY=host->log(host->context, 1, \"old\\033[2J data\");"])
    let result = try run(["apply", "gain", "p.png", "-o", "-", "--plugin", "gain.so"], folder)
    #expect(result.status == 0 && result.bytes.starts(with: [0x89, 0x50]))
    #expect(
      result.errors.hasPrefix("featuremap: plugin gain.so: warning: old [2J data\n"), "\(result.errors)")
  }

  @Test(
    "--isolate-plugins: a crash costs one picture, and nothing is left running when the program is killed")
  func isolation() throws {
    let folder = try workFolder([
      "RUN_BODY=if (input->shape.height == 12) abort(); while (input->shape.height == 7) {}"
    ])
    for (name, height) in [("good.png", 10), ("slow.png", 7)] {
      let image = RasterImage(
        width: 4, height: height, channels: 1, samples: .uint8([UInt8](repeating: 9, count: 4 * height)))
      try writeFile(try encodePNG(image), to: folder(name))
    }
    let isolated = ["--plugin", "gain.so", "--isolate-plugins", "--plugin-timeout", "2"]
    let result = try run(["apply", "gain", "p.png", "slow.png", "good.png", "-o", "out/"] + isolated, folder)
    #expect(result.status == 1 && result.output.hasPrefix("out/good.png: 4x10"), "\(result.output)")
    #expect(
      result.errors.contains(
        "p.png: layer 'gain': plugin sample, kernel gain: its process was ended by signal 6 (Aborted) in run()\n"
      ),
      "\(result.errors)")
    #expect(result.errors.contains("took longer than 2 seconds and was ended in run()\n"), "\(result.errors)")
    #expect(try listFolder(folder("out")) == ["good.png"])
    for arguments in [
      ["plugins", "gain"], ["explain", "good.png", "--model", "gain"], ["layers", "--model", "gain"],
    ] {
      #expect(try run(arguments + isolated, folder).status == 0, "\(arguments)")
    }
    let wrong = try run(["plugins", "--plugin-timeout", "2"], folder)
    #expect(wrong.status == 64 && wrong.errors.contains("--plugin-timeout needs --isolate-plugins"))
    // The program is killed while the plugin runs in circles.
    let killed = try Program.run(
      executable: "/bin/bash",
      [
        "-c",
        // The brackets keep the pattern from finding this shell.
        """
        count() { cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -aoc -- '[-]-isolated-plugin gain'; }
        \(Program.path) apply gain slow.png -o x.png --plugin gain.so --isolate-plugins &
        sleep 0.7; count; kill -9 $!; sleep 0.3; count
        """,
      ], in: folder.path, environment: ["HOME": folder.path])
    #expect(killed.output == "1\n0\n", "\(killed.output)\(killed.errors)")
  }
}
