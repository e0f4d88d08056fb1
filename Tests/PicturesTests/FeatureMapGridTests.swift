import ImageCodecs
import TensorCore
import Testing

@testable import Pictures

@Suite("Grids of feature maps")
struct FeatureMapGridTests {
  private func colors(_ image: RasterImage) -> Set<RGBColor> {
    guard case .uint8(let samples) = image.samples else { return [] }
    return Set(
      stride(from: 0, to: samples.count, by: 3).map {
        RGBColor(samples[$0], samples[$0 + 1], samples[$0 + 2])
      })
  }

  private func render(_ planes: [[[Float]]], scale: ValueScale = .layer, map: ColorMap? = nil) -> GridResult {
    FeatureMapGrid(title: "", maps: Tensor(planes: planes), scale: scale, colorMap: map).render()
  }

  @Test("signed maps have symmetric limits, others run from the least to the greatest value")
  func limits() {
    let signed = render([[[-1, 0]], [[0, 3]]])
    #expect(signed.range == ValueRange(-3, 3))
    #expect(signed.scaleText == "scale layer [-3, 3]")
    #expect(colors(signed.image).isSuperset(of: [RGBColor(247, 247, 247), RGBColor(103, 0, 31)]))
    let positive = render([[[1, 2]], [[2, 5]]])
    #expect(positive.range == ValueRange(1, 5))
    #expect(colors(positive.image).isSuperset(of: [RGBColor(68, 1, 84), RGBColor(253, 231, 37)]))
  }

  @Test("a map of colours can be chosen; an ordinary one has no symmetric limits")
  func override() {
    let result = render([[[-1, 3]]], map: .gray)
    #expect(result.range == ValueRange(-1, 3))
    #expect(colors(result.image).contains(.white))
    #expect(render([[[1, 3]]], map: .rdBu).range == ValueRange(-3, 3))
  }

  @Test("the scale each shows the smallest map as strongly as the largest")
  func each() {
    let darkRed = RGBColor(103, 0, 31)
    let small: [[Float]] = [[-0.001, 0.001]]
    let shared = FeatureMapGrid(title: "", maps: Tensor(planes: [small, [[-5, 5]]]))
    let own = FeatureMapGrid(title: "", maps: Tensor(planes: [small, [[-5, 5]]]), scale: .each)
    let tile = 13 + 223  // The right-hand value of the first tile.
    func color(_ image: RasterImage) -> RGBColor? {
      guard case .uint8(let samples) = image.samples else { return nil }
      let i = (20 * image.width + tile) * 3
      return RGBColor(samples[i], samples[i + 1], samples[i + 2])
    }
    #expect(color(own.render().image) == darkRed)
    #expect(color(shared.render().image) == RGBColor(247, 247, 247))
    #expect(own.render().range == nil)
    #expect(own.render().scaleText == "scale each: every map by itself, zero in the middle")
  }

  @Test("the scale all takes the other layers in, a fixed one nothing")
  func allAndFixed() {
    let grid = FeatureMapGrid(
      title: "", maps: Tensor(rows: [[1, 2]]), scale: .all, sharedValues: ValueStatistics([-4, 0]))
    #expect(grid.render().range == ValueRange(-4, 4))
    let fixed = render([[[1, 2]]], scale: .fixed(0...10))
    #expect(fixed.range == ValueRange(0, 10))
    #expect(fixed.scaleText == "scale fixed [0, 10]")
  }

  @Test("the values of other layers of a block and of channels left out belong to the shared range")
  func shared() {
    let others = ValueStatistics([-4, 0])
    for scale in [ValueScale.layer, .block, .all] {
      let grid = FeatureMapGrid(title: "", maps: Tensor(rows: [[1, 2]]), scale: scale, sharedValues: others)
      #expect(grid.render().range == ValueRange(-4, 4))
      #expect(grid.render().scaleText == "scale \(scale) [-4, 4]")
    }
    let fixed = FeatureMapGrid(
      title: "", maps: Tensor(rows: [[1, 2]]), scale: .fixed(0...3), sharedValues: others)
    #expect(fixed.render().range == ValueRange(0, 3))
  }

  @Test("a map of equal values is crossed by a line whatever the scale, others are not")
  func strikeOut() {
    /// Whether the middle of the only tile is ink, its colour beside the line not.
    func isStruck(_ value: [[Float]], _ scale: ValueScale) -> Bool {
      let image = FeatureMapGrid(title: "", maps: Tensor(rows: value), scale: scale, zoom: 20).render().image
      guard case .uint8(let samples) = image.samples else { return false }
      let middle = (Sheet.margin + 2 + 20) * image.width + Sheet.margin + 20 + BitmapFont.advance
      return (-20..<20).contains { samples[(middle + $0) * 3] == Palette.ink.red }
    }
    for scale in [ValueScale.layer, .each, .fixed(0...1)] {
      #expect(isStruck([[0.5, 0.5], [0.5, 0.5]], scale))
      #expect(!isStruck([[0.5, 0.5], [0.5, 0.6]], scale))
    }
  }

  @Test("captions, colour bar and small print of one sheet are of one size", arguments: [300, 960])
  func captionSize(width: Int) {
    let layout = TileLayout(
      count: 1, columns: 1, tileWidth: width, tileHeight: 100, padding: 2, captions: [["ch 0 [0, 1]"]])
    #expect(layout.captionScale == Sheet.textScale(bodyWidth: layout.width))
  }

  @Test("a constant layer is one neutral colour and says so; a constant map is named")
  func constant() {
    let whole = render([[[0.5, 0.5]], [[0.5, 0.5]]])
    #expect(whole.range == nil)
    #expect(whole.scaleText == "scale layer: constant 0.5")
    #expect(whole.constantChannels == [0, 1])
    #expect(colors(whole.image).contains(Palette.constant))
    let mixed = render([[[0, 1]], [[0.5, 0.5]]])
    #expect(mixed.constantChannels == [1])
    #expect(colors(render([[[0, 1]], [[0.5, 0.5]]], scale: .each).image).contains(Palette.constant))
  }

  @Test("NaN and infinities are magenta and counted, and do not touch the range")
  func notFinite() {
    let result = render([[[0, .nan]], [[-.infinity, 2]]])
    #expect(result.notFiniteCount == 2)
    #expect(result.range == ValueRange(0, 2))
    #expect(colors(result.image).contains(Palette.notFinite))
    let nothing = render([[[.nan, .nan]]])
    #expect(nothing.range == nil)
    #expect(nothing.scaleText == "scale layer: no finite value")
    for map in ColorMap.all {
      for step in 0...255 { #expect(map.color(at: Float(step) / 255) != Palette.notFinite) }
    }
  }

  @Test("tiles are at least 96 pixels, and one value is a whole number of pixels")
  func zoom() {
    for size in [2, 5, 7, 28, 95, 96, 300] {
      let zoom = TileZoom(width: size, height: size, target: 96, limit: 1024)
      #expect(zoom.pixels(size) >= 96)
      #expect(zoom.reduction == 1)
      #expect(size < 96 || zoom.enlargement == 1)
    }
    #expect(TileZoom(width: 28, height: 28, target: 96, limit: 1024).enlargement == 4)
  }

  @Test("maps too large are shrunk by a whole factor to means")
  func reduction() {
    let zoom = TileZoom(width: 4000, height: 3000, target: 224, limit: 1024)
    #expect(zoom.reduction == 4)
    #expect(zoom.pixels(4000) == 1000)
    let plane = Plane(width: 3, height: 3, values: [1, 2, 3, 4, 5, 6, 7, 8, .nan])
    let reduced = plane.reduced(by: 2)
    #expect(reduced.width == 2 && reduced.height == 2)
    #expect(reduced.values[0..<3] == [3, 4.5, 7.5])
    #expect(reduced.values[3].isNaN)
  }

  @Test("no sheet of many large maps is wider than about 4096 pixels")
  func largeSheet() {
    let maps = Tensor(shape: Shape(channels: 30, height: 4, width: 1000))
    let image = FeatureMapGrid(title: "wide", maps: maps, columns: 10).render().image
    #expect(image.width <= 4096 + 200)
  }

  @Test("columns: near a landscape, full rows where possible", arguments: [(1, 1), (6, 3), (16, 4), (10, 5)])
  func columns(count: Int, columns: Int) {
    #expect(TileLayout.columns(count: count, slotWidth: 100, slotHeight: 115) == columns)
  }

  @Test("tiles and captions never overlap and stay within the layout")
  func layout() {
    let captions = (0..<7).map { ["ch \($0) [-0.123, 0.456]", "3 NaN"] }
    let layout = TileLayout(
      count: 7, columns: 3, tileWidth: 40, tileHeight: 30, padding: 2, captions: captions)
    let sheet = PixelRect(x: 5, y: 6, width: layout.width, height: layout.height)
    var boxes: [PixelRect] = []
    for i in 0..<7 {
      boxes.append(layout.tile(i, x: 5, y: 6).inset(-2))
      for line in 0..<2 { boxes.append(layout.captionBox(i, line: line, x: 5, y: 6)) }
    }
    for (i, box) in boxes.enumerated() {
      #expect(box.intersection(sheet) == box)
      for other in boxes[(i + 1)...] {
        let common = box.intersection(other)
        #expect(common.width == 0 || common.height == 0)
      }
    }
    #expect(layout.slotWidth > TextSize.width(captions[0][0], scale: layout.captionScale))
  }

  @Test(
    "every shape can be drawn",
    arguments: [
      Shape(channels: 0, height: 3, width: 3), Shape(channels: 1, height: 1, width: 1),
      Shape(channels: 1, height: 1, width: 2), Shape(channels: 33, height: 1, width: 1),
      Shape(channels: 3000, height: 1, width: 1), Shape(channels: 200, height: 3, width: 2),
      Shape(batch: 3, channels: 2, height: 4, width: 4), Shape(channels: 2, height: 1, width: 3000),
    ])
  func shapes(shape: Shape) {
    let maps = Samples.numbers(shape, -1...1, seed: 1)
    let result = FeatureMapGrid(title: "a title longer than the picture \(shape)", maps: maps).render()
    #expect(result.image.width >= 220 && result.image.height > 30)
    #expect(result.channels.count == shape.channels)
  }

  @Test("of a batch the first example is drawn")
  func batch() {
    let maps = Samples.numbers(Shape(batch: 2, channels: 2, height: 4, width: 4), -1...1, seed: 2)
    #expect(
      FeatureMapGrid(title: "x", maps: maps).render().image
        == FeatureMapGrid(title: "x", maps: maps.examples(0..<1)).render().image)
  }

  @Test("a vector is one map, also with the scale each")
  func vector() {
    let maps = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [0, 1, 2])
    let result = FeatureMapGrid(title: "fc", maps: maps, scale: .each).render()
    #expect(result.range == ValueRange(0, 2))
  }
}
