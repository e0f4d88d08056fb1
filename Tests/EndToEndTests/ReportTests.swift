import FeatureMap
import Foundation
import TestSupport
import Testing

@Suite("featuremap report: one page")
struct ReportTests {
  private let image = "Samples/Images/garment.png"

  /// What the page's script reads.
  private struct Page: Decodable {
    struct Layer: Decodable {
      let name: String
      let shape: [Int]
      let inputs: [String]
      let values: String
      let parameters: Int
      var numbers: [Float] {
        let bytes = Data(base64Encoded: values) ?? Data()
        return bytes.withUnsafeBytes { bytes in
          (0..<bytes.count / 4).map {
            Float(
              bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
          }
        }
      }
    }
    struct Answer: Decodable {
      let label: String
      let probability: Float
    }
    let source: String
    let notes: [String]
    let layers: [Layer]
    let classes: [Answer]

    init(html: String) throws {
      let start = try #require(html.range(of: #"<script type="application/json" id="data">"#)).upperBound
      let end = try #require(html.range(of: "</script>", range: start..<html.endIndex)).lowerBound
      self = try JSONDecoder().decode(Page.self, from: Data(html[start..<end].utf8))
    }
  }

  private func text(_ path: String) throws -> String { String(decoding: try readFile(path), as: UTF8.self) }

  @Test(
    "every layer's values are the network's, the probabilities those of classify; the page is small and whole"
  )
  func lenet() throws {
    let folder = try Documentation.workFolder()
    let result = try Program.run(["report", image, "-o", "r.html"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("r.html: 12 layers, 0."))
    let html = try text(folder("r.html"))
    #expect(html.utf8.count < 1_000_000)
    #expect(!html.contains("{{") && html.hasPrefix("<!doctype html>"))
    // Nothing is fetched from anywhere.
    #expect(!html.contains("src=\"http") && !html.contains("href=\"http") && !html.contains("@import"))
    let page = try Page(html: html)
    let network = try trainedLeNet().network
    #expect(page.layers.map(\.name) == ["input"] + network.layerNames + ["softmax"])
    let input = GarmentPicture(try loadImage(folder(image))).tensor
    #expect(page.layers[0].numbers == input.values)
    for (layer, known) in zip(
      page.layers.dropFirst(), try network.activations(of: network.layerNames, for: input))
    {
      #expect(layer.numbers == known.output.values, "\(layer.name)")
      #expect(
        layer.shape == [known.output.shape.channels, known.output.shape.height, known.output.shape.width])
    }
    #expect(page.layers.reduce(0) { $0 + $1.parameters } == 61_706)
    #expect(page.classes.first?.label == "Ankle boot" && page.classes.count == 10)
    #expect(abs(page.classes.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
  }

  @Test("a photo through filters is reduced and that is said; names from outside do no harm")
  func filters() throws {
    let folder = try Documentation.workFolder()
    let name = "a <b> {{DATA}} & \"c\".jpg"
    try writeFile(try readFile(folder("Samples/Images/scene.jpg")), to: folder(name))
    let result = try Program.run(
      ["report", name, "--model", "gaussian,sobel", "--side", "64", "-o", "f.html"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    let html = try text(folder("f.html"))
    #expect(html.contains("<title>a &lt;b&gt; "))
    let page = try Page(html: html)
    #expect(page.source == name)
    #expect(page.layers.map(\.shape) == Array(repeating: [3, 43, 64], count: 3))
    #expect(page.notes == ["The picture of 960x640 was reduced to 64x43 for this page (--side)."])
    #expect(page.classes.isEmpty)
    // Of a gradient both sums can be shown.
    #expect(html.contains(#""combination":"length""#) && html.contains(#""name":"x""#))
  }

  @Test("what cannot be is told before anything is written")
  func failures() throws {
    let folder = try Documentation.workFolder()
    let missing = try Program.run(["report", "no.png"], in: folder.path)
    #expect(missing.status == 1 && missing.errors.contains("no.png"))
    let over = try Program.run(["report", image, "-o", image], in: folder.path)
    #expect(over.status == 1 && over.errors.contains("an input is never overwritten"))
    let large = try Program.run(
      ["report", "Samples/Images/scene.jpg", "--size", "native", "--side", "2048", "-o", "x.html"],
      in: folder.path)
    #expect(large.status == 1 && large.errors.contains("choose a smaller --side"), "\(large.errors)")
    #expect(try Program.run(["report", image, "--side", "4"], in: folder.path).status == 64)
    #expect(try !listFolder(folder.path).contains { $0.hasSuffix(".html") })
  }

  private static let browser = ["/usr/bin/chromium", "/usr/bin/google-chrome"].first { fileExists($0) }

  @Test(
    "a browser shows for a unit what explain tells",
    .enabled(if: browser != nil, "needs Chromium"),
    arguments: ["conv1/2/5/7", "conv2/3/4/5", "pool1/1/3/3", "fc1/17/0/0", "softmax/9/0/0"])
  func browserShows(unit: String) throws {
    let folder = try Documentation.workFolder()
    #expect(try Program.run(["report", image, "-o", "r.html"], in: folder.path).status == 0)
    let words = unit.split(separator: "/").map(String.init)
    let explained = try Program.run(
      [
        "explain", image, "--layer", words[0], "--unit", words[1...].joined(separator: ","), "--format",
        "json",
      ],
      in: folder.path)
    struct Explanation: Decodable { let value: Double }
    let value = try JSONDecoder().decode(Explanation.self, from: Data(explained.output.utf8)).value
    let page = try dom(folder("r.html"), unit, in: folder)
    let start = try #require(page.range(of: #"id="unit-value"[^>]*>"#, options: .regularExpression))
    let text = page[start.upperBound...].prefix { $0 != "<" }
    let number = try #require(Double(text), "\(text)")
    #expect(abs(number - value) <= 1e-4 * abs(value) + 1e-9, "\(number), explain says \(value)")
  }

  @Test(
    "a browser shows the arithmetic of filters: the right channel, and sums that give the value",
    .enabled(if: browser != nil, "needs Chromium"),
    arguments: [
      ("lenet-conv1", "lenet-conv1/7/10/10", "input channel 1: sum"),
      ("lenet-conv1", "lenet-conv1/17/0/0", "input channel 2: sum"),
      ("gaussian,sobel", "sobel/1/9/0", "gaussian channel 1, kernel y: sum"),
      ("sobel:output=direction", "sobel/2/30/9", "input channel 2, kernel x: sum"),
    ])
  func browserShowsFilters(model: String, unit: String, heading: String) throws {
    let folder = try Documentation.workFolder()
    let report = try Program.run(
      ["report", "Samples/Images/scene.jpg", "--model", model, "--side", "48", "-o", "r.html"],
      in: folder.path)
    #expect(report.status == 0, "\(report.errors)")
    let page = try dom(folder("r.html"), unit, in: folder)
    #expect(page.contains(heading))
    #expect(page.contains(#"class="formula""#))
    // What the page says where its sums are not the value.
    let body = try #require(page.range(of: #"id="content""#)).upperBound
    let end = try #require(page.range(of: "<script", range: body..<page.endIndex)).lowerBound
    #expect(!page[body..<end].contains("the layer holds"))
  }

  /// What a browser makes of a page at a unit.
  private func dom(_ path: String, _ unit: String, in folder: TemporaryFolder) throws -> String {
    try Program.run(
      executable: try #require(Self.browser),
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder("profile"))",
        "--virtual-time-budget=5000", "--dump-dom", "file://\(path)#\(unit)",
      ], in: folder.path
    ).output
  }
}
