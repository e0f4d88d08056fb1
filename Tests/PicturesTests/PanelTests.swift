import TensorCore
import Testing

@testable import Pictures

@Suite("Panels")
struct PanelTests {
  private static let picture = Tensor(rows: [[0, 0.5, 1], [1, 0.5, 0], [0, 1, 0]])

  @Test("a box over the border enlarges what is shown, and the rest is dimmed")
  func box() {
    let box = PlaneBox(rows: -1..<2, columns: -2..<1)
    let panel = Panel(title: "input", picture: Self.picture, box: box, dimsOutside: true, target: 40)
    #expect(panel.shown == PlaneBox(rows: -1..<3, columns: -2..<3))
    #expect(panel.width == 40 && panel.height == 32)
    var canvas = Canvas(width: 60, height: 60, background: .white)
    panel.draw(on: &canvas, x: 10, y: 10)
    // (0, 0) is black and in the box; (0, 2) is white and dimmed towards grey.
    #expect(canvas[10 + 2 * 8 + 3, 10 + 8 + 4] == .black)
    #expect(
      canvas[10 + 4 * 8 + 4, 10 + 8 + 4] == RGBColor.white.mixed(with: RGBColor(128, 128, 128), amount: 0.65))
    // Beyond the border is paper with lines, no colour of the map.
    #expect([Palette.gridLine, Palette.frame].contains(canvas[10 + 4 * 8 + 4, 14]))
  }

  @Test(
    "numbers in cells have the same digits, and a power of ten in the title where they are small or large")
  func numbers() {
    let halves = NumberScaling([0.5, -1, 0], width: 33)
    #expect(
      halves.exponent == 0 && halves.text(0.5, width: 33) == "0.50" && halves.text(-1, width: 33) == "-1.00")
    #expect(NumberScaling([-2, 1, 0], width: 33).text(-2, width: 33) == "-2")
    let tiny = NumberScaling([1e-4, -2.5e-4, 0], width: 33)
    #expect(
      tiny.exponent == -4 && tiny.text(-2.5e-4, width: 33) == "-2.50" && tiny.text(0, width: 33) == "0.00")
    let large = NumberScaling([123_456, 7], width: 33)
    #expect(large.exponent == 5 && large.text(123_456, width: 33) == "1.235")
    #expect(NumberScaling([.nan, 1], width: 33).text(.nan, width: 33) == "NaN")
    var panel = Panel(title: "kernel", map: Tensor(rows: [[1e-4, 2e-4]]), target: 80)
    #expect(panel.heading == "kernel")
    panel.isNumbered = true
    #expect(panel.heading == "kernel, in 1e-4")
  }

  @Test("numbers that lie close together have the digits that tell them apart, in cells that hold them")
  func closeNumbers() {
    let close: [Float] = [0.28125, 0.28131, 0.28128]
    #expect(NumberScaling(close, width: 33).text(0.28125, width: 33) == "0.281")
    #expect(!NumberScaling(close, width: 33).tellsApart)
    #expect(NumberScaling(close, width: 44).text(0.28131, width: 44) == "0.28131")
    #expect(Panel.cellSize(for: close, least: 36, most: 60) == 8 * 6 - 1 + 8)
    #expect(Panel.cellSize(for: [0.2, 0.9, 0.5003], least: 36, most: 60) == 36)
    // The same value everywhere is no difference, nor is one of rounding.
    for same in [[0.2, 0.2], [0.2, Float(0.2).nextUp]] as [[Float]] {
      #expect(
        NumberScaling(same, width: 33).tellsApart && Panel.cellSize(for: same, least: 36, most: 60) == 36)
    }
    var panel = Panel(title: "window", map: Tensor(rows: [close]), target: 3 * 36)
    panel.isNumbered = true
    #expect(!panel.isReadable)
    panel.target = 3 * 44 + 6
    #expect(panel.isReadable)
  }

  @Test("a large picture is shrunk to means, its box with it")
  func shrunk() {
    let large = Tensor(shape: Shape(channels: 3, height: 10, width: 2000), repeating: 1)
    let panel = Panel(
      title: "t", picture: large, box: PlaneBox(rows: 0..<2, columns: 1000..<1004), target: 336)
    #expect(panel.zoom.reduction == 4 && panel.width == 500 && panel.height == 3)
  }

  @Test("a receptive field and how a value came about")
  func golden() throws {
    let kernel = Tensor(rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    let products = Tensor(rows: [[0, 0, 1], [-2, 0, 0], [0, 0, 0.004]])
    let sheet = PanelSheet(
      title: "sobel  unit 0,0,0",
      rows: [
        [
          .panel(
            Panel(
              title: "input", picture: Self.picture, box: PlaneBox(rows: -1..<2, columns: -1..<2),
              dimsOutside: true, captions: ["sees rows -1..1"], target: 120)),
          .sign("x"),
          .panel(
            Panel(
              title: "kernel", values: kernel, colorMap: .brBG, range: ValueRange(-2, 2), isNumbered: true,
              hatched: [0, 1, 2], target: 108)),
          .sign("="),
          .panel(
            Panel(
              title: "products", values: products, colorMap: .rdBu, range: ValueRange(-2, 2),
              isNumbered: true,
              target: 108)),
          .text(["sum -0.996", "second line"]),
        ],
        [
          .text(["row 2"]), .sign("+"),
          .panel(Panel(title: "map", map: products, box: PlaneBox(rows: 1..<2, columns: 0..<1), target: 60)),
        ],
      ], footer: ["hatched: beyond the border"], scale: (.rdBu, ValueRange(-2, 2)))
    try Golden.expect(sheet.render(), "panels")
  }

  @Test("bars with names and notes")
  func bars() throws {
    let sheet = BarSheet(
      title: "fc3  linear", names: ["56: 0.892 x 2.52", "the other 64", "bias"], values: [2.25, -3.1, 0.4],
      notes: ["they add up to -0.45"])
    try Golden.expect(sheet.render(), "bars")
  }
}
