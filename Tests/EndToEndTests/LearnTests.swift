import FeatureMap
import Foundation
import TestSupport
import Testing

@Suite("featuremap learn")
struct LearnTests {
  /// What `--format json` prints, as far as the tests look at it.
  struct Found: Decodable {
    let weights: [[[[Double]]]]
    let bias: [Double]?
    let standardErrors: [[Double?]]?
    let count: Int
    let skipped: Int
    let determined: Bool
    let rank: Int
    let conditionNumber: Double?
    let files: [String]
    let steps: [Step]?

    struct Step: Decodable {
      let step: Int
      let loss: Double
    }

    var values: [Double] { weights.joined().joined().flatMap { $0 } }
  }

  /// A part of the sample scene, so that tests are quick.
  static func folderWithPhoto() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try saveImage(try SmallScene.image(), to: folder("photo.png"))
    return folder
  }

  static func apply(_ arguments: [String], in folder: TemporaryFolder) throws {
    let result = try Program.run(["apply"] + arguments, in: folder.path)
    try #require(result.status == 0, "\(result.errors)")
  }

  static func learn(_ arguments: [String], in folder: TemporaryFolder) throws -> Found {
    let result = try Program.run(["learn"] + arguments + ["--format", "json"], in: folder.path)
    try #require(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(result.bytes))
  }

  @Test("the chapter's example: [1, -1] exactly, and nearly by ten steps of the book")
  func chapter() throws {
    let folder = try Documentation.workFolder()
    let arrays = ["Samples/Arrays/edge.npy", "Samples/Arrays/edge-difference.npy", "--kernel-size", "1x2"]
    let exact = try Self.learn(arrays + ["-o", "out/edge.json"], in: folder)
    expectClose(exact.values, [1, -1], tolerance: 1e-12)
    #expect(exact.files == ["out/edge.json", "out/edge.png", "out/edge-residual.png"])
    #expect(try exact.files.dropFirst().allSatisfy { try loadImage(folder($0)).channels == 3 })
    let steps = try Self.learn(arrays + ["--steps", "10", "--learning-rate", "0.03"], in: folder)
    #expect(steps.steps?.map(\.step) == [0, 2, 4, 6, 8, 10])
    #expect((steps.steps?.last?.loss ?? 1) < 0.1)
    // The file is a kernel like any other.
    try Self.apply(
      ["./out/edge.json", "Samples/Images/edge.png", "--border", "valid", "-o", "e.npy"], in: folder)
    try Self.apply(["difference:border=valid", "Samples/Images/edge.png", "-o", "d.npy"], in: folder)
    #expect(try readFile(folder("e.npy")) == (try readFile(folder("d.npy"))))
  }

  @Test("Sobel, Gauss and an unsharp mask are found in a photo to three digits")
  func photo() throws {
    let folder = try Self.folderWithPhoto()
    let shown = ["--signed", "offset", "--gain", "0.25"]
    try Self.apply(["sobel:output=x", "photo.png", "-o", "x.png", "--depth", "16"] + shown, in: folder)
    let sobel = try Self.learn(["photo.png", "x.png"] + shown, in: folder)
    expectClose(sobel.values, [-1, 0, 1, -2, 0, 2, -1, 0, 1], tolerance: 0.0005)
    #expect(sobel.determined && sobel.count == 198 * 118 * 3)

    func gauss(_ sigma: Double, radius: Int) -> [Double] {
      let row = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
      let sum = row.reduce(0, +)
      return row.flatMap { a in row.map { a * $0 / sum / sum } }
    }
    try Self.apply(
      ["gaussian:sigma=1.1:size=5", "photo.png", "-o", "g.png", "--depth", "16"], in: folder)
    let smooth = try Self.learn(["photo.png", "g.png", "--kernel-size", "5x5"], in: folder)
    expectClose(smooth.values, gauss(1.1, radius: 2), tolerance: 0.0005)

    try Self.apply(
      ["unsharp:sigma=0.5:amount=1", "photo.png", "-o", "u.png", "--depth", "16"], in: folder)
    let unsharp = try Self.learn(["photo.png", "u.png", "--kernel-size", "5"], in: folder)
    var expected = gauss(0.5, radius: 2).map { -$0 }
    expected[12] += 2
    expectClose(unsharp.values, expected, tolerance: 0.0005)
    #expect(unsharp.standardErrors?.first?.allSatisfy { ($0 ?? 1) < 0.0005 } == true)
  }

  @Test("eight bits and what was cut off cost little, JPEG a few per cent, and this is said")
  func losses() throws {
    let folder = try Self.folderWithPhoto()
    let kernel = "0,-1,0;-1,5,-1;0,-1,0"
    try Self.apply([kernel, "photo.png", "-o", "s.png", "--signed", "keep"], in: folder)
    let found = try Self.learn(["photo.png", "s.png"], in: folder)
    expectClose(found.values, [0, -1, 0, -1, 5, -1, 0, -1, 0], tolerance: 0.01)
    let counted = try Self.learn(["photo.png", "s.png", "--clipped", "count"], in: folder)
    #expect(counted.skipped == 0 && found.skipped > 0)
    try Self.apply([kernel, "photo.png", "-o", "s.jpg", "--signed", "keep", "--quality", "95"], in: folder)
    let result = try Program.run(["learn", "photo.png", "s.jpg", "--gray"], in: folder.path)
    #expect(result.output.contains("JPEG leaves out fine detail"), "\(result.output)")
    let lossy = try Self.learn(["photo.png", "s.jpg", "--gray"], in: folder)
    expectClose(lossy.values, [0, -1, 0, -1, 5, -1, 0, -1, 0], tolerance: 0.75)
    let undone = try Self.learn(["photo.png", "s.jpg", "--gray", "--undo-jpeg"], in: folder)
    expectClose(undone.values, [0, -1, 0, -1, 5, -1, 0, -1, 0], tolerance: 0.1)
  }

  @Test(
    "what JPEG did is taken back in colour, too, whatever quality the file says", arguments: [50, 80, 95])
  func undoneJPEG(quality: Int) throws {
    let folder = try Self.folderWithPhoto()
    let kernel = "0,-0.2,0;-0.2,1.8,-0.2;0,-0.2,0"
    try Self.apply(
      [kernel, "photo.png", "-o", "s.jpg", "--signed", "keep", "--quality", "\(quality)"], in: folder)
    let truth = [0, -0.2, 0, -0.2, 1.8, -0.2, 0, -0.2, 0]
    func error(_ arguments: [String]) throws -> Double {
      let found = try Self.learn(["photo.png", "s.jpg", "--no-pictures"] + arguments, in: folder)
      return zip(found.values, truth).map { abs($0 - $1) }.max() ?? 1
    }
    let before = try error([])
    let after = try error(["--undo-jpeg"])
    #expect(after < before / 4 && after < 0.06, "\(before) to \(after)")
  }

  @Test("kernels for each colour and across colours do in apply what they were learned from")
  func channels() throws {
    let folder = try Self.folderWithPhoto()
    let weights = """
      {"weights": [[[[0.2, 0.1]], [[0.3, 0]], [[0, 0.1]]], [[[0, 0]], [[0.5, 0.1]], [[0.1, 0.1]]],
      [[[0.3, 0]], [[0, 0.2]], [[0.25, 0]]]], "bias": [0.1, 0, 0.05]}
      """
    try writeFile(Array(weights.utf8), to: folder("true.json"))
    try Self.apply(["./true.json", "photo.png", "-o", "m.npy"], in: folder)
    let size = ["--kernel-size", "1x2"]
    let mixed = try Self.learn(
      ["photo.png", "m.npy", "--channels", "mixed", "--bias", "-o", "m.json"] + size, in: folder)
    expectClose(
      mixed.values, [0.2, 0.1, 0.3, 0, 0, 0.1, 0, 0, 0.5, 0.1, 0.1, 0.1, 0.3, 0, 0, 0.2, 0.25, 0],
      tolerance: 1e-4)
    expectClose(mixed.bias ?? [], [0.1, 0, 0.05], tolerance: 1e-4)
    try Self.apply(["./m.json", "photo.png", "-o", "again.npy"], in: folder)
    expectClose(
      try decodeNPY(try readFile(folder("again.npy"))).values,
      try decodeNPY(try readFile(folder("m.npy"))).values, tolerance: 1e-4)

    // A filter with its border, seen in the whole picture.
    try Self.apply(["box:border=replicate", "photo.png", "-o", "b.npy"], in: folder)
    let each = try Self.learn(
      ["photo.png", "b.npy", "--channels", "each", "--border", "replicate"], in: folder)
    #expect(each.count == 3 * 200 * 120)
    for (index, values) in each.weights.joined().enumerated() {
      let expected = index % 4 == 0 ? 1.0 / 9 : 0
      expectClose(values.flatMap { $0 }, [Double](repeating: expected, count: 9), tolerance: 1e-5)
    }
  }

  @Test("several pairs, rows of numbers, and the kernel on standard output")
  func forms() throws {
    let folder = try TemporaryFolder()
    for (name, text) in [
      ("a.txt", "1 2 0 4\n3 1 5 2\n"), ("b.txt", "0 1 0 7\n"), ("c.txt", "1 -2 4\n-2 4 -3\n"),
      ("d.txt", "1,-1,7\n"),
    ] {
      try writeFile(Array(text.utf8), to: folder(name))
    }
    let result = try Program.run(
      ["learn", "a.txt", "c.txt", "b.txt", "d.txt", "--kernel-size", "1x2", "-o", "-"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("[[-1.0, 1.0]]"), "\(result.output)")
    #expect(result.errors.contains("fit: exact"), "\(result.errors)")
    #expect(try listFolder(folder.path) == ["a.txt", "b.txt", "c.txt", "d.txt"])
  }

  @Test("a flat picture is said to determine nothing, a black one is refused")
  func flat() throws {
    let folder = try TemporaryFolder()
    func picture(_ level: UInt8) -> RasterImage {
      RasterImage(width: 9, height: 8, channels: 1, samples: .uint8([UInt8](repeating: level, count: 72)))
    }
    try saveImage(picture(90), to: folder("flat.png"))
    try saveImage(picture(0), to: folder("black.png"))
    let flat = try Program.run(["learn", "flat.png", "flat.png"], in: folder.path)
    #expect(flat.status == 0)
    #expect(flat.output.contains("NOT DETERMINED: the pictures tell 1 of 9 numbers"), "\(flat.output)")
    #expect(flat.output.contains("0.1111?"))
    let text = String(decoding: try readFile(folder("learned.json")), as: UTF8.self)
    #expect(text.contains("not determined"))
    let black = try Program.run(["learn", "black.png", "flat.png"], in: folder.path)
    #expect(black.status == 1 && black.errors.contains("tells nothing of a kernel"), "\(black.errors)")
    let cut = try Program.run(["learn", "flat.png", "black.png"], in: folder.path)
    #expect(cut.status == 1 && cut.errors.contains("--clipped count"), "\(cut.errors)")
  }

  @Test("what does not fit is refused with what was expected")
  func refusals() throws {
    let folder = try Self.folderWithPhoto()
    try Self.apply(["box:border=valid", "photo.png", "-o", "small.png"], in: folder)
    try Self.apply(["identity", "photo.png", "-o", "gray.png", "--gray"], in: folder)
    func check(_ arguments: [String], _ status: Int32, _ text: String) throws {
      let result = try Program.run(["learn"] + arguments, in: folder.path)
      #expect(result.status == status && result.errors.contains(text), "\(arguments): \(result.errors)")
    }
    try check(["photo.png"], 64, "pairs of pictures")
    try check(["photo.png", "small.png", "--kernel-size", "5x5"], 1, "expected 120x200 after, or 116x196")
    try check(["photo.png", "small.png", "--border", "zero"], 1, "with a border mode")
    try check(["photo.png", "gray.png"], 1, "--gray learns from the brightness")
    try check(["photo.png", "gray.png", "--kernel-size", "3x"], 64, "such as 3x3")
    try check(["photo.png", "gray.png", "--kernel-size", "99"], 64, "1 to 1024 weights")
    try check(["photo.png", "gray.png", "--gray", "-o", "k.png"], 1, ".json")
    try check(["photo.png", "gray.png", "--gray", "-o", "photo.json"], 1, "never overwritten")
    try check(
      ["photo.png", "gray.png", "--method", "least-squares", "--steps", "3"], 64, "--method descent")
    try check(["photo.png", "gray.png", "--gray", "--undo-jpeg"], 1, "that are JPEG files")
    try check(["photo.png", "gray.png", "--steps", "3", "--undo-jpeg"], 64, "least-squares")
    try check(
      ["photo.png", "gray.png", "--gray", "--learning-rate", "1", "--steps", "500"], 1, "must stay below")
  }

  @Test(
    "Sobel is found in a photo of a camera", .enabled(if: TestData.has("photos"), "no photos"))
  func cameraPhoto() throws {
    let folder = try TemporaryFolder()
    let photo = try TestData.path("photos/skimage_chelsea.png")
    try Self.apply(
      ["sobel:output=x", photo, "-o", "x.png", "--signed", "offset", "--gain", "0.25"], in: folder)
    let found = try Self.learn(
      [photo, "x.png", "--signed", "offset", "--gain", "0.25", "--bias", "--no-pictures"], in: folder)
    // Rounded to eight bits, of which the filter uses a quarter.
    expectClose(found.values, [-1, 0, 1, -2, 0, 2, -1, 0, 1], tolerance: 0.02)
  }
}
