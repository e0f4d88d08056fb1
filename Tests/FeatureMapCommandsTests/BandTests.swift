import FeatureMap
import TestSupport
import Testing

@testable import FeatureMapCommands

@Suite("Filters in bands")
struct BandedNetworkTests {
  /// Whether bands of every height give the values of the whole, bit for bit.
  private func expectEqual(_ chain: String, border: String? = nil, heights: [Int]) throws {
    let network = try Network(
      chain: chain, registry: try makeRegistry(),
      defaults: border.map { [KernelSpecification.Setting("border", $0)] } ?? [])
    let bands = try #require(BandedNetwork(network, channels: 3), "\(chain) \(border ?? "")")
    for height in heights {
      let picture = Tensor.random(
        Shape(channels: 3, height: height, width: 12), in: 0...1, seed: UInt64(height))
      let whole = try network(picture)
      for size in Set([1, 2, 3, bands.reach, bands.reach + 1, height - 1, height]) where size > 0 {
        for first in stride(from: 0, to: height, by: size) {
          let rows = first..<min(first + size, height)
          let band = try bands(
            picture.rows(bands.inputRows(for: rows, height: height)), rows: rows, height: height)
          #expect(
            band.values.map(\.bitPattern) == whole.rows(rows).values.map(\.bitPattern),
            "\(chain) \(border ?? ""), rows \(rows) of \(height)")
        }
      }
    }
  }

  static let borders = ["zero", "replicate", "reflect", "symmetric"]

  @Test("every built-in filter that keeps the size gives the values of the whole", arguments: borders)
  func builtIn(border: String) throws {
    let registry = try makeRegistry()
    var tested: [String] = []
    for name in registry.names where name != KernelRegistry.fileKernelName {
      let descriptor = try registry.factory(named: name).descriptor
      guard descriptor.parameters.contains(where: { $0.name == "border" }) else { continue }
      if name == "canny" { continue }
      try expectEqual(name, border: border, heights: [1, 2, 7, 26])
      tested.append(name)
    }
    #expect(tested.count >= 15, "\(tested)")
  }

  @Test(
    "chains, even sizes and settings too",
    arguments: [
      "gaussian:sigma=1,sobel", "2x4: 1,2,3,4 5,6,7,8,median:size=5", "sobel:output=direction",
      "sigmoid,tanh", "laplacian-of-gaussian:sigma=2", "difference:direction=vertical", "median:size=9",
      "5x1: 1 2 3 4 5",
    ])
  func chains(chain: String) throws {
    try expectEqual(chain, heights: [1, 5, 30])
  }

  @Test(
    "what looks across the picture or changes its size is refused",
    arguments: [
      "canny", "sobel:border=circular", "gaussian,5x5: 0,0,0,0,0 0,0,0,0,0 0,0,1,0,0 0,0,0,0,0 0,0,0,0,1",
      "sobel:border=valid", "max-pool", "gaussian,max-pool:size=3:stride=2",
    ])
  func refused(chain: String) throws {
    let border = chain.contains("5x5") ? [KernelSpecification.Setting("border", "circular")] : []
    let network = try Network(chain: chain, registry: try makeRegistry(), defaults: border)
    #expect(BandedNetwork(network, channels: 3) == nil)
  }

  /// Says that it is local, but divides by the largest value of the whole picture.
  private struct Normalisation: Kernel {
    var window: Window { .pointwise }
    func outputShape(for input: Shape) -> Shape { input }
    func callAsFunction(_ input: Tensor) -> Tensor {
      let largest = input.values.max() ?? 1
      return input.map { $0 / largest }
    }
  }

  @Test("a kernel that says it is local and is not is found out")
  func foundOut() throws {
    let network = try Network(name: "n", chain: [("n", Normalisation())])
    #expect(BandedNetwork(network, channels: 1) == nil)
  }
}

@Suite("Work in order")
struct OrderedPipelineTests {
  @Test("pieces are read and collected in order, each once", arguments: [0, 1, 2, 3, 50])
  func order(count: Int) throws {
    let read = Locked<[Int]>([])
    let collected = Locked<[Int]>([])
    try inOrder(count: count) { index in
      read.withLock { $0.append(index) }
      return index
    } work: { index, input in
      index * 1000 + input
    } collect: { output in
      collected.withLock { $0.append(output) }
    }
    #expect(read.withLock { $0 } == Array(0..<count))
    #expect(collected.withLock { $0 } == (0..<count).map { $0 * 1001 })
  }

  @Test("an error in any step ends the work and is thrown", arguments: ["read", "work", "collect"])
  func failure(step: String) {
    let collected = Locked(0)
    func check(_ name: String, _ index: Int) throws {
      if name == step && index == 20 { throw CommandError.choice(step) }
    }
    #expect(throws: CommandError.choice(step)) {
      try inOrder(count: 1000) { index in
        try check("read", index)
        return index
      } work: { index, _ in
        try check("work", index)
        return index
      } collect: { index in
        try check("collect", index)
        collected.withLock { $0 += 1 }
      }
    }
    #expect(collected.withLock { $0 } <= 20)
  }

  @Test("no more pieces are under way than there are places")
  func bounded() throws {
    let underWay = Locked((now: 0, most: 0))
    try inOrder(count: 200) { index in
      underWay.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      return index
    } work: { index, _ in
      index
    } collect: { _ in
      underWay.withLock { $0.now -= 1 }
    }
    #expect(underWay.withLock { $0.most } <= Threads.count + 3)
  }
}

@Suite("Pictures in bands")
struct FilteredPictureTests {
  /// A picture with structure, so that a misplaced row shows.
  private func image(_ channels: Int, bits: Int = 8, width: Int = 31, height: Int = 37) -> RasterImage {
    var generator = SplitMix64(seed: UInt64(channels))
    let count = width * height * channels
    return RasterImage(
      width: width, height: height, channels: channels,
      samples: bits == 16
        ? .uint16((0..<count).map { _ in UInt16(truncatingIfNeeded: generator.next()) })
        : .uint8((0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }))
  }

  /// Filters a file in bands of few rows and as a whole, and compares pixel by pixel.
  private func expectEqual(
    _ file: [UInt8], _ chain: String = "gaussian,sobel", gray: Bool = false, isBanded: Bool = true,
    comment: Comment
  ) throws {
    let folder = try TemporaryFolder()
    try writeFile(file, to: folder("in"))
    let network = try Network(chain: chain, registry: try makeRegistry())
    let source = try PictureFile(folder("in"), limits: ImageLimits())
    let whole = try FilteredPicture(source, network: network, gray: gray).whole()
    for pixels in [1, 300, 1000] {
      let picture = try FilteredPicture(source, network: network, gray: gray, pixelsPerBand: pixels)
      var next = 0
      var parts = 0
      try picture.forEachBand {
        $0
      } inOrder: { band in
        #expect(band.rows.lowerBound == next, comment)
        #expect(band.colors == whole.colors.rows(band.rows), comment)
        #expect(band.opacity == whole.opacity?.rows(band.rows), comment)
        next = band.rows.upperBound
        parts += 1
      }
      #expect(next == whole.colors.shape.height, comment)
      #expect(parts > 1 || next == 1 || pixels > 1, comment)
      #expect(picture.isBanded == isBanded, comment)
    }
  }

  @Test("PNG of every kind: in bands as on the whole", arguments: [1, 2, 3, 4], [8, 16])
  func png(channels: Int, bits: Int) throws {
    let file = try encodePNG(image(channels, bits: bits))
    try expectEqual(file, comment: "\(channels) channels")
    try expectEqual(file, gray: true, comment: "\(channels) channels, grey")
    try expectEqual(file, "canny", isBanded: false, comment: "\(channels) channels, canny")
  }

  @Test("a picture of one row, and of one column")
  func thin() throws {
    try expectEqual(try encodePNG(image(3, width: 31, height: 1)), comment: "one row")
    try expectEqual(try encodePNG(image(3, width: 1, height: 60)), comment: "one column")
  }

  @Test("JPEG, grey and RGB", arguments: [1, 3])
  func jpeg(channels: Int) throws {
    try expectEqual(try encodeJPEG(image(channels)), comment: "\(channels) channels")
  }

  @Test(
    "palettes and 1, 2 and 4 bits in bands; interlaced pictures as a whole",
    .enabled(if: TestData.has("pngsuite"), "needs the test data folder pngsuite"),
    arguments: [
      ("basn3p01", true), ("basn3p08", true), ("tbbn3p08", true), ("basn0g02", true), ("basn6a16", true),
      ("basi2c08", false), ("basi3p04", false),
    ])
  func pngSuite(name: String, isBanded: Bool) throws {
    let file = try readFile(TestData.path("pngsuite/png/\(name).png"))
    try expectEqual(file, isBanded: isBanded, comment: "\(name)")
  }

  @Test(
    "the file does not depend on the bands, and neither does what is told", arguments: SignedDisplay.allCases)
  func output(signed: SignedDisplay) throws {
    let folder = try TemporaryFolder()
    // Wide enough for several strips of a PNG file.
    try saveImage(image(4, bits: 16, width: 3000, height: 60), to: folder("in.png"))
    let network = try Network(chain: "2x2: -1,1 1,0", registry: try makeRegistry())
    let source = try PictureFile(folder("in.png"), limits: ImageLimits())
    var notes: Set<[String]> = []
    for pixels in [1, 1 << 20] {
      let picture = try FilteredPicture(source, network: network, gray: false, pixelsPerBand: pixels)
      let display = SettledDisplay(
        signed, gain: signed == .abs ? nil : 1.5, statistics: try picture.statistics())
      let output = PictureOutput(
        path: folder("out\(pixels).png"),
        layout: PixelLayout(width: 3000, height: 60, channels: 4, bitDepth: 16), format: .png,
        options: ImageOptions(), display: display)
      let tally = try output.write(picture)
      notes.insert([tally.values.rangeText] + display.notes(tally, channels: 3))
    }
    #expect(notes.count == 1)
    #expect(try readFile(folder("out1.png")) == readFile(folder("out\(1 << 20).png")))
  }
}
