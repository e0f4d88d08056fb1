import TensorCore
import Testing

@testable import Pictures

@Suite("Maps over their input")
struct MapOverlayTests {
  private let coloring = ValueColoring(map: .viridis, range: ValueRange(0, 1))
  private let yellow = RGBColor(253, 231, 37)

  private func overlay(_ width: Int, start: Double, step: Int) -> MapOverlay {
    let picture = Tensor(shape: Shape(channels: 1, height: 1, width: width), repeating: 0)
    return MapOverlay(picture: picture, startY: 0, startX: start, stepY: 1, stepX: step)
  }

  /// The pixels that have some colour over the black picture.
  private func lit(_ overlay: MapOverlay, _ values: [Float], reduction: Int = 1) -> [Int] {
    let map = Plane(width: values.count, height: 1, values: values)
    return overlay.colors(of: map, coloring, reduction: reduction).enumerated()
      .filter { $0.element != .black }.map(\.offset)
  }

  @Test("a value colours the pixels that are nearest to its place")
  func places() {
    // A pooling of two: values at 0.5, 2.5, 4.5 ...
    #expect(lit(overlay(6, start: 0.5, step: 2), [0, 1, 0]) == [2, 3])
    // A convolution without padding: the first value is about pixel 2, and nothing is beyond the last.
    #expect(lit(overlay(8, start: 2, step: 1), [1, 1, 1, 1]) == [2, 3, 4, 5])
    #expect(lit(overlay(3, start: 0, step: 1), [1, 0, 1]) == [0, 2])
  }

  @Test("the stronger a value, the less of the picture is seen; the weakest leaves it alone")
  func strength() {
    let picture = Tensor(rows: [[0.25, 0.5, 1]])
    let overlay = MapOverlay(picture: picture, startY: 0, startX: 0, stepY: 1, stepX: 1)
    let sequential = overlay.colors(
      of: Plane(width: 3, height: 1, values: [0, 1, .nan]), coloring, reduction: 1)
    #expect(sequential[0] == RGBColor(64, 64, 64))
    #expect(sequential[1] == RGBColor(128, 128, 128).mixed(with: yellow, amount: 0.85))
    #expect(sequential[2] == RGBColor.white.mixed(with: .notFinite, amount: 0.85))
    let signed = overlay.colors(
      of: Plane(width: 3, height: 1, values: [0, -1, 1]),
      ValueColoring(map: .rdBu, range: ValueRange(-1, 1)), reduction: 1)
    #expect(signed[0] == RGBColor(64, 64, 64))
    #expect(signed[1] == RGBColor(128, 128, 128).mixed(with: RGBColor(5, 48, 97), amount: 0.85))
    #expect(signed[2] == RGBColor.white.mixed(with: RGBColor(103, 0, 31), amount: 0.85))
  }

  @Test("shrunk, a pixel is the mean of its square, of the map as of the picture")
  func reduction() {
    let overlay = MapOverlay(
      picture: Tensor(rows: [[0, 1, 1, 1]]), startY: 0, startX: 0, stepY: 1, stepX: 1)
    let colors = overlay.colors(
      of: Plane(width: 4, height: 1, values: [0, 0, 0, 1]), coloring, reduction: 2)
    #expect(colors[0] == RGBColor(128, 128, 128))
    #expect(
      colors[1] == RGBColor.white.mixed(with: ColorMap.viridis.color(at: 0.5), amount: 0.425))
  }

  @Test("colours of the picture count as their luma")
  func luma() {
    let overlay = MapOverlay(
      picture: Tensor(planes: [[[1]], [[0]], [[0]]]), startY: 0, startX: 0, stepY: 1, stepX: 1)
    #expect(overlay.picture.values == [0.299])
  }

  @Test("a grid's tiles have the picture's size; vectors are drawn without it")
  func grid() {
    let picture = Samples.numbers(Shape(channels: 1, height: 30, width: 40), 0...1, seed: 1)
    let overlay = MapOverlay(picture: picture, startY: 0.5, startX: 0.5, stepY: 2, stepX: 2)
    let maps = Samples.numbers(Shape(channels: 2, height: 15, width: 20), -1...1, seed: 2)
    let plain = FeatureMapGrid(title: "", maps: maps, zoom: 8).render().image
    let over = FeatureMapGrid(title: "", maps: maps, zoom: 8, overlay: overlay).render().image
    #expect(over.height > plain.height)
    let vector = Tensor(shape: Shape(channels: 2, height: 1, width: 1), values: [1, 2])
    #expect(
      FeatureMapGrid(title: "", maps: vector, overlay: overlay).render().image
        == FeatureMapGrid(title: "", maps: vector).render().image)
  }

  @Test("golden: a signed map of a pooling over a picture")
  func golden() throws {
    let picture = Tensor(rows: (0..<8).map { y in (0..<8).map { x in Float((x + y) % 15) / 14 } })
    let overlay = MapOverlay(picture: picture, startY: 0.5, startX: 0.5, stepY: 2, stepX: 2)
    let map = Tensor(rows: [[-4, -2, 0, 0], [-1, 0, 1, 0], [0, 1, 2, 4]])
    let grid = FeatureMapGrid(title: "pool  1x3x4", maps: map, zoom: 16, overlay: overlay)
    try Golden.expect(grid.render().image, "overlay")
  }
}
