import Testing

@testable import Pictures

@Suite("Colour maps")
struct ColorMapTests {
  @Test(
    "the published colours at 0, 64/255, 128/255 and 1",
    arguments: [
      (
        "viridis",
        [RGBColor(68, 1, 84), RGBColor(59, 82, 139), RGBColor(33, 145, 140), RGBColor(253, 231, 37)]
      ),
      ("magma", [RGBColor(0, 0, 4), RGBColor(81, 18, 124), RGBColor(183, 55, 121), RGBColor(252, 253, 191)]),
      (
        "inferno", [RGBColor(0, 0, 4), RGBColor(87, 16, 110), RGBColor(188, 55, 84), RGBColor(252, 255, 164)]
      ),
      (
        "cividis",
        [RGBColor(0, 34, 78), RGBColor(67, 78, 108), RGBColor(125, 124, 120), RGBColor(254, 232, 56)]
      ),
    ])
  func published(name: String, colors: [RGBColor]) throws {
    let map = try ColorMap(named: name)
    #expect(map.colors.count == 256)
    #expect([0, 64, 128, 255].map { map.color(at: Float($0) / 255) } == colors)
  }

  @Test("RdBu is blue below, near-white in the middle and red above")
  func diverging() {
    #expect(ColorMap.rdBu.color(at: 0) == RGBColor(5, 48, 97))
    #expect(ColorMap.rdBu.color(at: 0.5) == RGBColor(247, 247, 247))
    #expect(ColorMap.rdBu.color(at: 1) == RGBColor(103, 0, 31))
    #expect(ColorMap.rdBu.color(at: 0.2) == RGBColor(67, 147, 195))
    #expect(ColorMap.brBG.color(at: 0) == RGBColor(84, 48, 5))
    #expect(ColorMap.brBG.color(at: 0.5) == RGBColor(245, 245, 245))
    #expect(ColorMap.brBG.color(at: 1) == RGBColor(0, 60, 48))
  }

  @Test("the ends of a diverging map are about equally dark")
  func balanced() {
    func lightness(_ c: RGBColor) -> Float {
      0.299 * Float(c.red) + 0.587 * Float(c.green) + 0.114 * Float(c.blue)
    }
    for map in [ColorMap.rdBu, .brBG] {
      for step in 1...5 {
        let below = lightness(map.color(at: 0.5 - 0.1 * Float(step)))
        let above = lightness(map.color(at: 0.5 + 0.1 * Float(step)))
        #expect(abs(below - above) < 30, "\(map.name) at \(step)")
      }
    }
  }

  @Test("positions outside 0...1 have the colours of the ends")
  func clamped() {
    #expect(ColorMap.gray.color(at: -3) == .black)
    #expect(ColorMap.gray.color(at: 7) == .white)
  }

  @Test("names are found in any case, and an unknown one is answered with the known ones")
  func names() throws {
    #expect(try ColorMap(named: "rdbu") == .rdBu)
    let known = ["viridis", "RdBu", "BrBG", "gray", "magma", "inferno", "cividis", "Blues"]
    #expect(throws: PictureError.colorMap("jet", known: known)) { try ColorMap(named: "jet") }
    #expect(
      PictureError.colorMap("jet", known: known).description
        == "unknown colour map 'jet': expected one of viridis, RdBu, BrBG, gray, magma, inferno, cividis, Blues"
    )
  }

  @Test("text on every colour of every map is black or white, as W3C's contrast says: at least 4.58 to 1")
  func contrast() {
    #expect(abs(RGBColor.white.contrast(with: .black) - 21) < 1e-4)
    // Published figures: the darkest grey that is too light for text on white, and red on white.
    #expect(abs(RGBColor(119, 119, 119).contrast(with: .white) - 4.478) < 0.001)
    #expect(abs(RGBColor(255, 0, 0).contrast(with: .white) - 3.998) < 0.001)
    for map in ColorMap.all {
      for color in map.colors {
        let ink = color.contrastingText
        let other: RGBColor = ink == .black ? .white : .black
        #expect(ink == .black || ink == .white)
        #expect(color.contrast(with: ink) >= color.contrast(with: other), "\(map.name): \(color)")
        #expect(color.contrast(with: ink) > 4.58, "\(map.name): \(color)")
      }
    }
  }
}
