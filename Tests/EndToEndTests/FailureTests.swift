import FileAccess
import ImageCodecs
import TensorCore
import TestSupport
import Testing

@Suite("Failures are told in one line and leave nothing behind")
struct FailureTests {
  static func picture() throws -> [UInt8] {
    try encodePNG(
      RasterImage(width: 16, height: 12, channels: 1, samples: .uint8((0..<192).map { UInt8($0) })))
  }

  /// Files that are no pictures, by name.
  static func badFiles() throws -> [(name: String, bytes: [UInt8])] {
    let good = try picture()
    return [
      ("empty.png", []), ("text.jpg", Array("not a picture\n".utf8)), ("cut.png", Array(good.prefix(40))),
      ("foreign.png", Array("RIFF\u{24}\0\0\0WEBPVP8 ".utf8)), ("half.png", Array(good.dropLast(20))),
    ]
  }

  @Test("bad pictures end with status 1, one line that names the file, and no output")
  func badPictures() throws {
    for (name, bytes) in try Self.badFiles() {
      let folder = try TemporaryFolder()
      try writeFile(bytes, to: folder(name))
      for arguments in [
        ["apply", "sobel", name, "-o", "out.png"], ["run", name, "--layer", "conv1"], ["classify", name],
      ] {
        let result = try Program.run(arguments, in: folder.path)
        #expect(result.status == 1, "\(arguments)")
        #expect(result.output.isEmpty, "\(arguments): \(result.output)")
        #expect(result.errors.hasPrefix("featuremap: \(name)"), "\(arguments): \(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(try listFolder(folder.path) == [name], "\(arguments)")
      }
    }
  }

  @Test(
    "a large picture that is cut off at its end leaves nothing", arguments: [ImageFormat.png, .jpeg])
  func largeAndCut(format: ImageFormat) throws {
    let folder = try TemporaryFolder()
    // More than one band of rows.
    let image = RasterImage(
      width: 700, height: 800, channels: 1, samples: .uint8([UInt8](repeating: 90, count: 560_000)))
    let name = format == .png ? "large.png" : "large.jpg"
    let whole = try encodeImage(image, format: format)
    try writeFile(Array(whole.dropLast(2)), to: folder(name))
    let error = try #require(throws: ImageError.self) {
      try decodeImage(try readFile(folder(name)), name: name)
    }
    for output in ["out.png", "out.jpg"] {
      let result = try Program.run(["apply", "sobel", name, "-o", output], in: folder.path)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errors == "featuremap: \(error)\n")
      #expect(try listFolder(folder.path) == [name])
    }
    try writeFile(whole, to: folder(name))
    #expect(try Program.run(["apply", "sobel", name, "-o", "out.png"], in: folder.path).status == 0)
  }

  @Test("a bad picture among good ones is reported, the others are done, the status is 1")
  func oneOfMany() throws {
    let folder = try TemporaryFolder()
    try createFolder(folder("in"))
    for name in ["a.png", "c.png"] { try writeFile(try Self.picture(), to: folder("in/\(name)")) }
    try writeFile([], to: folder("in/b.png"))
    let result = try Program.run(["apply", "sobel", "in", "-o", "out/"], in: folder.path)
    #expect(result.status == 1)
    #expect(result.errors.contains("in/b.png"))
    #expect(result.errors.hasSuffix("\nfeaturemap: 2 of 3 files done, 1 failed\n"), "\(result.errors)")
    #expect(try listFolder(folder("out")) == ["a.png", "c.png"])
  }

  @Test(
    "all corrupt files of PngSuite are refused, one line each",
    .enabled(if: TestData.has("pngsuite"), "needs the test data folder pngsuite"))
  func corruptSuite() throws {
    let folder = try TestData.path("pngsuite/png")
    let names = try listFolder(folder).filter { $0.hasPrefix("x") && $0.hasSuffix(".png") }
    #expect(names.count == 14)
    let result = try Program.run(
      ["classify"] + names.map { joinPath(folder, $0) })
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 15)
    #expect(lines.last == "featuremap: 0 of 14 files done, 14 failed")
  }

  @Test("a picture beyond the limit is refused, and loads without it")
  func limit() throws {
    let folder = try TemporaryFolder()
    try writeFile(try Self.picture(), to: folder("p.png"))
    let arguments = ["apply", "identity", "p.png", "-o", "q.png"]
    let refused = try Program.run(arguments + ["--max-megapixels", "0.0001"], in: folder.path)
    #expect(refused.status == 1)
    #expect(!fileExists(folder("q.png")))
    #expect(try Program.run(arguments, in: folder.path).status == 0)
  }

  @Test("an input is never overwritten")
  func input() throws {
    let folder = try TemporaryFolder()
    let bytes = try Self.picture()
    try writeFile(bytes, to: folder("p.png"))
    for output in ["p.png", "./p.png", "../\(fileName(of: folder.path))/p.png", "."] {
      let result = try Program.run(["apply", "sobel", "p.png", "-o", output], in: folder.path)
      #expect(result.status == 1, "\(output)")
      #expect(result.errors.contains("never overwritten"), "\(result.errors)")
    }
    #expect(try readFile(folder("p.png")) == bytes)
  }

  @Test("an output that cannot be written is told, and nothing half-written stays")
  func output() throws {
    let folder = try TemporaryFolder()
    try writeFile(try Self.picture(), to: folder("p.png"))
    try writeFile([], to: folder("file"))
    let result = try Program.run(["apply", "sobel", "p.png", "-o", "file/out.png"], in: folder.path)
    #expect(result.status == 1)
    #expect(try listFolder(folder.path) == ["file", "p.png"])
  }

  @Test(
    "a signal leaves nothing half-written, and the program ends by it", arguments: ["INT", "TERM", "HUP"])
  func signals(name: String) throws {
    let folder = try TemporaryFolder()
    let image = RasterImage(
      width: 1500, height: 1000, channels: 3, samples: .uint8([UInt8](repeating: 9, count: 4_500_000)))
    try saveImage(image, to: folder("p.png"))
    // With job control: what runs in the background would otherwise ignore Ctrl-C.
    let script = """
      set -m
      "$0" apply median:size=15,median:size=15,median:size=15 p.png -o q.png &
      until compgen -G 'q.png.part*' >&2 || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
      kill -\(name) $!
      wait $!
      kill -l $?
      """
    let result = try Program.run(executable: "/bin/bash", ["-c", script, Program.path], in: folder.path)
    #expect(result.errors.contains("q.png.part"), "\(result.errors)")
    #expect(result.output == "\(name)\n")
    #expect(try listFolder(folder.path) == ["p.png"])
  }

  @Test("a file that may not grow further is told like a full disk")
  func sizeLimit() throws {
    let folder = try TemporaryFolder()
    try saveImage(ApplyTests.noise(4, bits: 16), to: folder("p.png"))
    let result = try Program.run(
      executable: "/bin/bash", ["-c", #"ulimit -f 1; "$0" apply sobel p.png -o q.png"#, Program.path],
      in: folder.path, environment: Program.underFileLimit)
    #expect(result.status == 1)
    #expect(result.errors == "featuremap: p.png: cannot write q.png: File too large\n")
    #expect(try listFolder(folder.path) == ["p.png"])
  }

  @Test(
    "unknown commands answer with the nearest, or with all",
    arguments: [
      (["aply", "sobel"], "there is no command 'aply'; did you mean apply?"),
      (["help", "foo"], "there is no command 'foo'; there are run, compare, apply, classify, "),
    ])
  func commands(arguments: [String], expected: String) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(expected), "\(result.errors)")
  }

  @Test("an endless file is refused by its first bytes")
  func endless() throws {
    let result = try Program.run(["apply", "sobel", "/dev/zero", "-o", "z.png"])
    #expect(result.status == 1)
    #expect(
      result.errors
        == "featuremap: /dev/zero is neither a PNG nor a JPEG picture (it begins with the bytes 00 00 00 00)\n"
    )
  }

  @Test(
    "endless weights, arrays and data sets are refused by their first bytes",
    arguments: [
      (
        "w.safetensors", ["layers", "--model", "w.safetensors"],
        "not a safetensors file, or cut off in its header"
      ),
      ("a.npy", ["learn", "a.npy", "a.npy", "-o", "k.json"], "it does not begin with \\x93NUMPY"),
      (
        "few-idx3-ubyte", ["rf", "few-idx3-ubyte", "--layer", "conv1", "--top", "1", "-o", "t.png"],
        "it begins with [0, 0, 0, 0]"
      ),
    ])
  func endlessValues(name: String, arguments: [String], reason: String) throws {
    let folder = try TemporaryFolder()
    // A limit of memory, so that reading on would fail here and not the machine.
    let result = try Program.run(
      executable: "/bin/bash",
      ["-c", #"ln -s /dev/zero \#(name); ulimit -v 4000000; "$0" "$@""#, Program.path] + arguments,
      in: folder.path)
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("featuremap: \(name): "), "\(result.errors)")
    #expect(result.errors.contains(reason), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(try listFolder(folder.path) == [name])
  }

  @Test(
    "unknown names answer with the nearest and with what there is",
    arguments: [
      (["apply", "sobell", "p.png"], "'sobel'"), (["run", "p.png", "--layer", "conv3"], "'conv1'"),
      (["apply", "gaussian:sigm=2", "p.png"], "'sigma'"), (["plugins", "scha"], "'scharr'"),
      (["layers", "--model", "lennet"], "'lenet'"), (["kernels", "--layer", "convl"], "'conv1'"),
    ])
  func nearest(arguments: [String], expected: String) throws {
    let folder = try TemporaryFolder()
    try writeFile(try Self.picture(), to: folder("p.png"))
    let result = try Program.run(arguments, in: folder.path)
    #expect(result.status == 1)
    #expect(result.errors.contains("did you mean"), "\(result.errors)")
    #expect(result.errors.contains(expected), "\(result.errors)")
  }

  @Test(
    "wrong usage ends with status 64",
    arguments: [
      ["apply"], ["run"], ["nonsense"], ["apply", "sobel", "p.png", "--quality", "0"],
      ["run", "p.png", "--scale", "wide"], ["run", "p.png", "--colormap", "jet"],
      ["classify", "p.png", "--top", "0"], ["apply", "sobel", "p.png", "--border", "mirror"],
      ["train", "--epochs", "0"], ["layers", "--size", "7"],
    ])
  func usage(arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 64, "\(result.errors)")
    #expect(!result.errors.isEmpty)
  }
}
