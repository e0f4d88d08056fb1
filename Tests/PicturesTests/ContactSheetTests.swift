import ImageCodecs
import TensorCore
import Testing

@testable import Pictures

@Suite("Contact sheets")
struct ContactSheetTests {
  private let low = Tensor(planes: [[[0, 1], [2, 3]]])
  private let high = Tensor(planes: [[[0, 10], [20, 30]], [[5, 5], [5, 5]]])

  private func sheet(_ groups: [String], scale: ValueScale = .layer) -> ContactSheet {
    var sheet = ContactSheet(title: "t", scale: scale)
    sheet.rows = zip(groups, [low, high]).map { ContactSheet.Row(name: "row", maps: $1, group: $0) }
    return sheet
  }

  @Test("rows of one group share a range, and a colour bar stands beneath; other groups have their own")
  func groups() {
    let common = sheet(["a", "a"]).render()
    #expect(common.range == ValueRange(0, 30) && common.scaleText == "scale layer [0, 30]")
    let own = sheet(["a", "b"]).render()
    #expect(own.range == nil && own.scaleText == "scale layer: every row by itself")
    #expect(own.image.height < common.image.height)
    #expect(sheet(["a", "b"], scale: .fixed(0...5)).render().scaleText == "scale fixed [0, 5]")
  }

  @Test("values of other sheets widen the range")
  func shared() {
    var sheet = sheet(["a", "a"], scale: .all)
    sheet.sharedValues = ValueStatistics([-50])
    #expect(sheet.render().range == ValueRange(-50, 50))
  }

  @Test("tiles are about 56 pixels, large maps at most 96; a vector is a strip")
  func tiles() {
    func tile(_ size: Int) -> ContactTile {
      ContactTile(Tensor(shape: Shape(channels: 1, height: size, width: size)), channel: 0)
    }
    #expect(tile(28).width == 56 && tile(5).width == 60 && tile(56).width == 56 && tile(90).width == 90)
    #expect(tile(100).width == 50 && tile(960).width == 96)
    let strip = ContactTile(vector: [Float](repeating: 1, count: 70))
    #expect(strip.isStrip && strip.width == 320 && strip.height == 10)
  }

  @Test("a vector with names has cells that hold all of each name, and goes on below where it is too long")
  func named() {
    let names = ["T-shirt/top", "Bag", "Ankle boot"]
    let tile = ContactTile(vector: [1, -2, 12.125], names: names)
    // Eleven characters of six pixels, less the last one's space, and six pixels between them.
    #expect(tile.isStrip && tile.width == 3 * (11 * 6 - 1 + 6))
    var canvas = Canvas(width: 220, height: 40, background: .white)
    tile.draw(
      ValueColoring(map: .rdBu, range: ValueRange(-12.125, 12.125)), on: &canvas, x: 0, y: 0)
    for (index, name) in names.enumerated() {
      var expected = Canvas(width: 71, height: 9, background: .white)
      expected.draw(
        name, in: PixelRect(x: 2, y: 0, width: 67, height: 9), alignment: .center, color: Palette.ink)
      let isEqual = (0..<9).allSatisfy { y in
        (2..<69).allSatisfy { x in canvas[index * 71 + x, 19 + y] == expected[x, y] }
      }
      #expect(isEqual, "\(name)")
    }
    let many = ContactTile(
      vector: [Float](repeating: 1, count: 40), names: (0..<40).map { "class number \($0)" })
    #expect(many.width <= 1000 && many.height > 2 * tile.height)
    let unnamed = ContactTile(
      vector: [Float](repeating: 1, count: 120), names: [String](repeating: "a", count: 120))
    #expect(unnamed.namedCells == nil)
  }

  @Test("more maps than a row holds go on below; nothing at all can be drawn, too")
  func sizes() {
    var sheet = ContactSheet(title: "t")
    #expect(sheet.render().image.width > 200)
    sheet.rows = [ContactSheet.Row(name: "a", maps: low, group: "a")]
    let one = sheet.render().image
    let maps = Samples.numbers(Shape(channels: 40, height: 4, width: 4), 0...1, seed: 1)
    sheet.rows = [ContactSheet.Row(name: "a", maps: maps, group: "a")]
    let many = sheet.render().image
    #expect(many.width < 1300 && many.height >= one.height + 2 * 56)
  }

  @Test("golden: two pictures of a layer")
  func golden() throws {
    var sheet = ContactSheet(title: "conv1", columnNames: ["ch 0", "ch 1"])
    for (name, sign) in [("boot.png", Float(1)), ("shoe.png", -1)] {
      sheet.rows.append(
        ContactSheet.Row(
          name: name, maps: high.map { $0 * sign }, group: "conv1",
          picture: Tensor(rows: [[0, 0.5], [1, 0]])))
    }
    try Golden.expect(sheet.render().image, "contact")
  }
}
