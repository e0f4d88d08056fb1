import Foundation
import ImageCodecs
import TensorCore
import Testing

@testable import Pictures

@Suite("Pictures in a terminal")
struct TerminalTests {
  private func picture(_ width: Int, _ height: Int, _ color: (Int, Int) -> RGBColor) -> RasterImage {
    var canvas = Canvas(width: width, height: height, background: .black)
    for y in 0..<height { for x in 0..<width { canvas[x, y] = color(x, y) } }
    return canvas.image
  }

  /// What a reader sees of a text: without its escape sequences.
  private func visible(_ text: String) -> [String] {
    text.replacing(/\u{1b}\[[0-9;]*m/, with: "").split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  @Test("two rows of pixels are a line; colours are told when they change")
  func halfBlocks() {
    let image = picture(3, 3) { x, y in x < 2 ? RGBColor(255, 0, 0) : RGBColor(0, UInt8(y), 9) }
    let red = "255;0;0m"
    #expect(
      image.halfBlocks(columns: 80)
        == "\u{1b}[38;2;\(red)\u{1b}[48;2;\(red)▀▀\u{1b}[38;2;0;0;9m\u{1b}[48;2;0;1;9m▀\u{1b}[0m\n"
        + "\u{1b}[38;2;\(red)▀▀\u{1b}[38;2;0;2;9m▀\u{1b}[0m")
  }

  @Test("a picture wider than the terminal is shrunk to it, others are not enlarged")
  func widths() {
    let image = picture(100, 60) { x, _ in x % 2 == 0 ? .white : .black }
    let lines = visible(image.halfBlocks(columns: 50))
    #expect(lines.count == 15 && lines.allSatisfy { $0 == String(repeating: "▀", count: 50) })
    #expect(image.fitted(width: 50).colors.allSatisfy { $0 == RGBColor(128, 128, 128) })
    #expect(visible(image.halfBlocks(columns: 300))[0].count == 100)
    let deep = RasterImage(width: 1, height: 1, channels: 2, samples: .uint16([0, 0]))
    #expect(deep.fitted(width: 9).colors == [.white])
  }

  @Test("base 64 is that of Foundation", arguments: 0..<8)
  func base64Text(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 77 + 200) }
    #expect(String(decoding: base64(bytes), as: UTF8.self) == Data(bytes).base64EncodedString())
  }

  @Test("kitty gets the PNG in chunks of at most 4,096, the last marked as such, and answers nothing")
  func kitty() throws {
    let noise = Samples.numbers(Shape(channels: 3, height: 60, width: 60), 0...1, seed: 3)
    let image = try RasterImage(tensor: noise)
    let chunks = try image.kittyGraphics(columns: 20).split(separator: "\u{1b}\\")
    #expect(chunks.count > 2 && chunks[0].hasPrefix("\u{1b}_Ga=T,f=100,q=2,c=20,m=1;"))
    var text = ""
    for (index, chunk) in chunks.enumerated() {
      let parts = chunk.split(separator: ";")
      #expect(parts.count == 2 && parts[1].count <= 4096)
      #expect(index == 0 || parts[0] == "\u{1b}_Gm=\(index == chunks.count - 1 ? 0 : 1)")
      text += parts[1]
    }
    let data = try #require(Data(base64Encoded: text))
    #expect(try decodeImage(Array(data), name: "kitty") == image)
  }

  /// The pixels of sixels, as the manual says they are drawn.
  private func decoded(_ text: String) throws -> [[Int]: [Int]] {
    let body = try #require(text.split(separator: "\"").last).dropLast(2)
    var palette: [Int: [Int]] = [:]
    var pixels: [[Int]: [Int]] = [:]
    var (x, y, color) = (0, 0, 0)
    let pattern =
      /#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|(\$)|(-)|([?-~])/
    for match in body.matches(of: pattern) {
      let part = match.output
      if let index = part.1 {
        palette[Int(index) ?? 0] = [part.2, part.3, part.4].map { Int($0 ?? "") ?? 0 }
      } else if let index = part.5 {
        color = Int(index) ?? 0
      } else if part.8 != nil {
        x = 0
      } else if part.9 != nil {
        (x, y) = (0, y + 6)
      } else {
        let bits = Int((part.7 ?? part.10)?.utf8.first ?? 63) - 63
        for _ in 0..<(part.6.flatMap { Int($0) } ?? 1) {
          for row in 0..<6 where bits >> row & 1 == 1 { pixels[[x, y + row]] = palette[color] }
          x += 1
        }
      }
    }
    return pixels
  }

  @Test(
    "sixels drawn as their manual says give the picture: to half a per cent, or rounded to bits that are enough",
    arguments: [
      (15, 0.5),
      // 322 colours: four bits of each channel are the most that make them 256 or fewer.
      (23, 0.5 + 17 / 2 / 2.55),
    ])
  func sixels(width: Int, tolerance: Double) throws {
    let image = picture(width, 14) { x, y in RGBColor(UInt8(x * 11), UInt8(y * 18), x > 9 ? 200 : 0) }
    let pixels = try decoded(image.sixels(width: 100))
    #expect(pixels.count == width * 14)
    var largest = 0.0
    for (i, color) in image.colors.enumerated() {
      let shown = try #require(pixels[[i % width, i / width]])
      for (level, share) in zip([color.red, color.green, color.blue], shown) {
        largest = max(largest, abs(Double(level) / 2.55 - Double(share)))
      }
    }
    #expect(largest <= tolerance + 1e-9)
  }

  @Test("a photo's many colours become at most 256")
  func palette() throws {
    let noise = Samples.numbers(Shape(channels: 3, height: 40, width: 40), 0...1, seed: 5)
    let text = try RasterImage(tensor: noise).sixels(width: 40)
    #expect(text.matches(of: /#\d+;2;/).count <= 256)
    #expect(try decoded(text).count == 1600)
  }

  @Test("a grid's words are the terminal's: title, names, ranges; tiles side by side as far as they fit")
  func grid() {
    let maps = Samples.numbers(Shape(channels: 3, height: 6, width: 10), -1...1, seed: 1)
    let grid = FeatureMapGrid(title: "conv1  3x6x10", maps: maps, labels: ["a", "b", "c"])
    let wide = visible(grid.text(columns: 80))
    #expect(wide[0] == "conv1  3x6x10" && wide[1].count == 64)
    // 12 rows of pixels, enlarged twice.
    #expect(wide[7].hasPrefix("a [") && wide[7].contains("  b [") && wide[7].contains("  c ["))
    #expect(wide[8].contains("████") && wide[9].hasPrefix("scale layer ["))
    let narrow = visible(grid.text(columns: 30))
    #expect(narrow.allSatisfy { !$0.contains("▀") || $0.count <= 30 })
    #expect(narrow.filter { $0.contains(" [") }.count == 4)
  }

  @Test("vectors are bars as long as their values, many of them cells")
  func vectors() {
    let three = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [-10, 5, .nan])
    let lines = visible(
      FeatureMapGrid(title: "fc", maps: three, labels: ["coat", "bag", "boot"]).text(columns: 80))
    #expect(lines[1] == "coat  -10  " + String(repeating: "█", count: 40))
    #expect(lines[2] == " bag    5  " + String(repeating: "█", count: 20))
    #expect(lines[3] == "boot  NaN")
    let many = Samples.numbers(Shape(channels: 100, height: 1, width: 1), -1...1, seed: 2)
    let cells = visible(FeatureMapGrid(title: "fc", maps: many).text(columns: 80))
    #expect(cells[1].count == 40 && cells[2].count == 20)
    let none = Tensor(shape: Shape(channels: 0, height: 1, width: 1))
    #expect(FeatureMapGrid(title: "x", maps: none).text(columns: 80) == "x\nno values")
  }
}
