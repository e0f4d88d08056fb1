import FeatureMap
import TestSupport
import Testing

@Suite("What nobody should ask for")
struct ExtremeTests {
  /// A folder with a small picture `p.png`.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try saveImage(ApplyTests.noise(3), to: folder("p.png"))
    return folder
  }

  @Test("values at the end of the numbers are drawn, and what is no number is told")
  func hugeValues() throws {
    let folder = try folder()
    let result = try Program.run(
      ["apply", "3e38,3e38,3e38", "p.png", "--signed", "color", "-o", "q.png"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("no numbers magenta"), "\(result.output)")
  }

  @Test("strides beyond all pictures do not overflow")
  func strides() throws {
    let folder = try folder()
    let chain = Array(repeating: "max-pool:size=1:stride=1024", count: 9).joined(separator: ",")
    for arguments in [["layers", "--model", chain], ["apply", chain, "p.png", "-o", "q.png"]] {
      let result = try Program.run(arguments, in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test("a zoom that would fill the memory is refused")
  func zoom() throws {
    let folder = try SmallScene.workFolder()
    let result = try Program.run(
      ["run", "Samples/Images/scene.jpg", "--layer", "conv1", "--size", "native", "--zoom", "256"],
      in: folder.path)
    #expect(result.status == 1)
    #expect(result.errors.contains("megapixels"), "\(result.errors)")
  }

  @Test("a kernel file and a file of weights are never overwritten")
  func ownInputs() throws {
    let folder = try folder()
    try writeFile(Array(#"{"kernels": [{"matrix": [[1]]}]}"#.utf8), to: folder("k.json"))
    let kernel = try Program.run(
      ["apply", "./k.json", "p.png", "--format", "png", "-o", "k.json"], in: folder.path)
    #expect(kernel.status == 1 && kernel.errors.contains("never overwritten"), "\(kernel.errors)")
    let weights = try trainedLeNet().network.weights
    try writeFile(try Safetensors(arrays: weights).encoded(), to: folder("w.safetensors"))
    let model = try Program.run(
      ["run", "p.png", "--model", "w.safetensors", "--layer", "conv1", "-o", "w.safetensors"],
      in: folder.path)
    #expect(model.status == 1 && model.errors.contains("never overwritten"), "\(model.errors)")
  }

  @Test("opacity stays in its place when a filter without a border makes a picture smaller")
  func opacity() throws {
    let folder = try TemporaryFolder()
    var samples: [UInt8] = []
    for y in 0..<40 {
      for x in 0..<40 {
        samples.append(UInt8((x + y) % 7 * 30))
        samples.append(UInt8(y * 5 + x))
      }
    }
    let image = RasterImage(width: 40, height: 40, channels: 2, samples: .uint8(samples))
    try saveImage(image, to: folder("p.png"))
    for (kernel, edge) in [("canny:border=valid", 6), ("sobel:border=valid", 1)] {
      let result = try Program.run(["apply", kernel, "p.png", "-o", "q.png"], in: folder.path)
      #expect(result.status == 0, "\(result.errors)")
      let filtered = try loadImage(folder("q.png"))
      #expect(filtered.width == 40 - 2 * edge, "\(kernel)")
      let before = Tensor(image: image, mode: .asIs)
      let after = Tensor(image: filtered, mode: .asIs)
      #expect(after[0, 1, 0, 0] == before[0, 1, edge, edge], "\(kernel)")
    }
  }

  @Test(
    "weights of PyTorch load with the names of a class, of a Sequential, and of both",
    arguments: ["", "net.", "module."], [true, false])
  func names(wrapper: String, isNumbered: Bool) throws {
    let folder = try folder()
    let numbers = ["conv1": "0", "conv2": "3", "fc1": "7", "fc2": "9", "fc3": "11"]
    let arrays = try trainedLeNet().network.weights.map { array in
      let parts = array.name.split(separator: ".").map(String.init)
      let node = isNumbered ? numbers[parts[0]] ?? parts[0] : parts[0]
      return NamedArray(
        name: "\(wrapper)\(node).\(parts[1])", dimensions: array.dimensions, values: array.values)
    }
    try writeFile(try Safetensors(arrays: arrays).encoded(), to: folder("w.safetensors"))
    let own = try Program.run(["classify", "p.png"], in: folder.path)
    let loaded = try Program.run(["classify", "p.png", "--model", "w.safetensors"], in: folder.path)
    #expect(loaded.status == 0, "\(loaded.errors)")
    #expect(loaded.output == own.output)
    // One array less is an error, not a filter.
    try writeFile(try Safetensors(arrays: arrays.dropLast()).encoded(), to: folder("w.safetensors"))
    let cut = try Program.run(["classify", "p.png", "--model", "w.safetensors"], in: folder.path)
    #expect(cut.status == 1 && cut.errors.contains("fc3.bias"), "\(cut.errors)")
  }

  @Test("a header of a picture that no memory holds is an error, whatever the limit")
  func memory() throws {
    let folder = try folder()
    // The size in the header, then its checksum: CRC-32 over type and data.
    var bytes = try readFile(folder("p.png"))
    let size: [UInt8] = [0, 0x0d, 0xbb, 0xa0]
    bytes.replaceSubrange(16..<24, with: size + size)
    var crc: UInt32 = .max
    for byte in bytes[12..<29] {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    crc = ~crc
    bytes.replaceSubrange(29..<33, with: (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) })
    try writeFile(bytes, to: folder("huge.png"))
    // Canny's filter needs the whole picture; Sobel's gets to where the data ends.
    for (kernel, problem) in [("canny", "not enough memory"), ("sobel", "the PNG data is damaged")] {
      let result = try Program.run(
        ["apply", kernel, "huge.png", "-o", "q.png", "--max-megapixels", "1000000"], in: folder.path)
      #expect(result.status == 1)
      #expect(result.errors.contains("huge.png: \(problem)"), "\(result.errors)")
      #expect(!fileExists(folder("q.png")))
    }
  }
}
