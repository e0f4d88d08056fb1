import FeatureMap
import TestSupport
import Testing

@Suite("featuremap apply")
struct ApplyTests {
  /// A picture of seeded random values.
  static func noise(_ channels: Int, bits: Int = 8, seed: UInt64 = 1) -> RasterImage {
    var generator = SplitMix64(seed: seed)
    let count = 24 * 18 * channels
    let samples: RasterImage.Samples =
      bits == 16
      ? .uint16((0..<count).map { _ in UInt16(truncatingIfNeeded: generator.next()) })
      : .uint8((0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    return RasterImage(width: 24, height: 18, channels: channels, samples: samples)
  }

  @Test("identity gives every kind of PNG back exactly", arguments: [1, 2, 3, 4], [8, 16])
  func identity(channels: Int, bits: Int) throws {
    let folder = try TemporaryFolder()
    let image = Self.noise(channels, bits: bits)
    try saveImage(image, to: folder("p.png"))
    let result = try Program.run(["apply", "identity", "p.png", "-o", "q.png"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try loadImage(folder("q.png")) == image)
  }

  @Test("a JPEG from standard input stays one, and what is named twice is done once")
  func standardInput() throws {
    let folder = try TemporaryFolder()
    let image = Self.noise(3)
    try saveImage(image, to: folder("p.jpg"))
    let bytes = try readFile(folder("p.jpg"))
    let result = try Program.run(["apply", "sobel", "-", "-"], in: folder.path, input: bytes)
    #expect(result.output.hasPrefix("stdin-sobel.jpg: 24x18 RGB"), "\(result.errors)")
    let stream = try Program.run(["apply", "sobel", "-", "-o", "-"], in: folder.path, input: bytes)
    #expect(ImageFormat.sniff(stream.bytes) == .jpeg)
    #expect(try ImageFormat.sniff(readFile(folder("stdin-sobel.jpg"))) == .jpeg)
  }

  @Test("opacity stays as it is while colours are filtered")
  func opacity() throws {
    let folder = try TemporaryFolder()
    let image = Self.noise(4)
    try saveImage(image, to: folder("p.png"))
    #expect(
      try Program.run(["apply", "sobel", "p.png", "-o", "q.png"], in: folder.path).status == 0)
    let before = Tensor(image: image, mode: .asIs)
    let after = Tensor(image: try loadImage(folder("q.png")), mode: .asIs)
    #expect(after.channel(3) == before.channel(3))
    #expect(after.channel(0) != before.channel(0))
  }

  @Test("npy holds the values of the library's kernel bit for bit")
  func values() throws {
    let folder = try TemporaryFolder()
    let image = Self.noise(3)
    try saveImage(image, to: folder("p.png"))
    let result = try Program.run(
      ["apply", "sobel:output=x", "p.png", "-o", "q.npy"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let values = try decodeNPY(try readFile(folder("q.npy")))
    let kernel = try KernelRegistry([EdgeDetectorsPlugin()]).kernel(
      for: KernelSpecification(parsing: "sobel:output=x"))
    #expect(values.values == (try kernel(Tensor(image: image, mode: .rgb))).values)
    #expect(values.dimensions == [3, 18, 24])
  }

  @Test("a matrix in ImageMagick's and in G'MIC's form, from a file and by name give one result")
  func forms() throws {
    let folder = try TemporaryFolder()
    try saveImage(Self.noise(1), to: folder("p.png"))
    try writeFile(Array("-1 0 1\n-2 0 2\n-1 0 1\n".utf8), to: folder("k.txt"))
    try writeFile(
      Array(#"{"kernels": [{"matrix": [[-1,0,1],[-2,0,2],[-1,0,1]]}]}"#.utf8), to: folder("k.json"))
    var results: [[UInt8]] = []
    for kernel in [
      "sobel-x", "3x3: -1,0,1 -2,0,2 -1,0,1", "-1,0,1;-2,0,2;-1,0,1", "./k.txt", "k.json",
    ] {
      let result = try Program.run(["apply", kernel, "p.png", "-o", "q.npy"], in: folder.path)
      #expect(result.status == 0, "\(kernel): \(result.errors)")
      results.append(try readFile(folder("q.npy")))
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test("signed values are shown as asked, and what is cut is told")
  func signed() throws {
    let folder = try TemporaryFolder()
    // A step up and a step down.
    let image = RasterImage(
      width: 4, height: 1, channels: 1, samples: .uint8([0, 100, 0, 0]))
    try saveImage(image, to: folder("p.png"))
    func levels(_ arguments: [String]) throws -> [UInt8] {
      let result = try Program.run(
        ["apply", "-1,0,1", "p.png", "-o", "q.png", "--border", "zero"] + arguments, in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      guard case .uint8(let samples) = try loadImage(folder("q.png")).samples else { return [] }
      return samples
    }
    #expect(try levels([]) == [100, 0, 100, 0])
    #expect(try levels(["--signed", "keep"]) == [100, 0, 0, 0])
    #expect(try levels(["--signed", "offset"]) == [178, 128, 78, 128])
    #expect(try levels(["--gain", "auto"]) == [255, 0, 255, 0])
    let color = try levels(["--signed", "color"])
    #expect(Array(color[0..<3]) == [103, 0, 31] && Array(color[6..<9]) == [5, 48, 97])
    let cut = try Program.run(
      ["apply", "-4,0,4", "p.png", "-o", "q.png", "--border", "zero"], in: folder.path)
    #expect(cut.output.contains("50.0 % above 1 cut to white"), "\(cut.output)")
  }

  @Test("standard input to standard output, and the words go elsewhere")
  func streams() throws {
    let image = Self.noise(1)
    let result = try Program.run(
      ["apply", "identity", "-", "-o", "-"], input: try encodePNG(image))
    #expect(result.status == 0)
    #expect(try decodeImage(result.bytes, name: "output") == image)
    #expect(result.errors.contains("24x18 grey"))
  }

  @Test("a folder of pictures keeps names and formats")
  func folder() throws {
    let folder = try TemporaryFolder()
    try createFolder(folder("in"))
    try saveImage(Self.noise(3), to: folder("in/a.png"))
    try saveImage(Self.noise(3), to: folder("in/b.jpg"))
    try writeFile(Array("notes".utf8), to: folder("in/readme.txt"))
    #expect(
      try Program.run(["apply", "gaussian", "in", "-o", "out/"], in: folder.path).status == 0)
    #expect(try listFolder(folder("out")) == ["a.png", "b.jpg"])
    #expect(ImageFormat.sniff(try readFile(folder("out/b.jpg"))) == .jpeg)
  }

  @Test("the chapter's edge picture gives the chapter's numbers")
  func chapter() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(
      ["apply", "difference:border=valid", "Samples/Images/edge.png", "-o", "q.npy"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let values = try decodeNPY(try readFile(folder("q.npy")))
    #expect(values.dimensions == [1, 6, 7])
    #expect(values.values == (0..<6).flatMap { _ in [0, 1, 0, 0, 0, -1, 0] as [Float] })
  }
}
