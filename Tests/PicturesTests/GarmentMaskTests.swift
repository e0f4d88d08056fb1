import ImageCodecs
import TensorCore
import TestSupport
import Testing

@testable import Pictures

/// A picture of `height` x `width` RGB or RGBA pixels.
private func picture(_ height: Int, _ width: Int, _ pixel: (_ y: Int, _ x: Int) -> [Int]) -> RasterImage {
  let all = (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(y, x) } }
  return RasterImage(
    width: width, height: height, channels: all.count / (height * width),
    samples: .uint8(all.map { UInt8(min(max($0, 0), 255)) }))
}

/// A shirt with sleeves in the middle of 120x100 pixels.
private func isShirt(_ y: Int, _ x: Int) -> Bool {
  ((30..<90).contains(y) && (35..<65).contains(x)) || ((30..<45).contains(y) && (20..<80).contains(x))
}

/// Seeded noise of -4...4.
private func noise(_ y: Int, _ x: Int) -> Int {
  var generator = SplitMix64(seed: UInt64(y * 1000 + x))
  return generator.index(below: 9) - 4
}

/// Pixels in both masks by pixels in any of them.
private func overlap(_ mask: Mask, _ isThere: (Int, Int) -> Bool) -> Double {
  let width = mask.extent.width
  let expected = (0..<mask.extent.count).map { isThere($0 / width, $0 % width) }
  let both = zip(mask.values, expected).count { $0 && $1 }
  return Double(both) / Double(zip(mask.values, expected).count { $0 || $1 })
}

@Suite("A garment told from its background")
struct GarmentMaskTests {
  private func find(_ image: RasterImage) -> GarmentMask { GarmentMask(ReducedPicture(image)) }

  @Test("by opacity")
  func opacity() {
    let found = find(picture(120, 100) { y, x in [9, 9, 9, isShirt(y, x) ? 255 : 0] })
    #expect(found.evidence == .opacity && overlap(found.mask, isShirt) == 1)
  }

  @Test("by a plain background's colour, light on light and dark on dark", arguments: [(250, 225), (12, 40)])
  func plain(background: Int, garment: Int) {
    let found = find(
      picture(120, 100) { y, x in Array(repeating: isShirt(y, x) ? garment : background, count: 3) })
    #expect(found.evidence == .plain && overlap(found.mask, isShirt) > 0.97)
  }

  @Test("a plain background is known when the garment fills most of the border")
  func tight() {
    let found = find(
      picture(100, 100) { y, x in
        Array(repeating: (20..<80).contains(y) || (20..<80).contains(x) ? 40 : 252, count: 3)
      })
    #expect(found.evidence == .plain)
    #expect(overlap(found.mask) { y, x in (20..<80).contains(y) || (20..<80).contains(x) } > 0.97)
  }

  @Test("from wood, and from a floor on which light falls unevenly")
  func uneven() {
    let onWood = find(
      picture(120, 100) { y, x in
        let board = x / 20 % 2 * 20 + noise(y, x) * 3
        return isShirt(y, x) ? [40 + noise(y, x), 60, 120] : [150 + board, 110 + board, 60 + board]
      })
    #expect(onWood.evidence == .border && overlap(onWood.mask, isShirt) > 0.9)
    let onFloor = find(
      picture(120, 100) { y, x in
        let light = y / 2 + noise(y, x)
        return isShirt(y, x) ? [110 + light, 30, 40] : [120 + light, 120 + light, 115 + light]
      })
    #expect(onFloor.evidence == .border && overlap(onFloor.mask, isShirt) > 0.9)
  }

  @Test("a picture of one colour shows none, and is taken whole")
  func nothing() {
    let found = find(picture(60, 60) { _, _ in [90, 90, 90] })
    #expect(found.evidence == .nothing && found.mask.share == 1)
    #expect(!GarmentPicture(picture(60, 60) { _, _ in [90, 90, 90] }).isGarmentFound)
  }

  @Test("its colours do not reach the network's picture: black around, the tones of the data set inside")
  func cutOut() {
    let image = picture(120, 100) { y, x in
      let board = x / 20 % 2 * 20 + noise(y, x) * 3
      return isShirt(y, x) ? [40 + noise(y, x), 60, 120] : [150 + board, 110 + board, 60 + board]
    }
    let garment = GarmentPicture(image)
    #expect(garment.isInverted && garment.isGarmentFound && !garment.isPairOfShoes)
    #expect(garment.tensor[0, 0, 27, 1] == 0 && garment.tensor[0, 0, 27, 26] == 0)
    #expect(abs(garment.tensor[0, 0, 14, 14] - 0.7) < 0.15)
    #expect(garment.views.shape.batch == garment.viewWeights.count && garment.views.shape.batch == 12)
    #expect(garment.steps.map(\.name) == ["reduced", "unlike-border", "mask", "garment", "input"])
    // The second half are the mirror images of the first.
    #expect(mirrored(garment.tensor) == garment.views.examples(6..<7))
  }
}

@Suite("A pair of shoes")
struct ShoePairTests {
  private func mask(_ isThere: (_ y: Int, _ x: Int) -> Bool) -> Mask {
    Mask(extent: Extent(100), values: (0..<10_000).map { isThere($0 / 100, $0 % 100) })
  }

  /// Two ovals that touch.
  private func isPair(_ y: Int, _ x: Int) -> Bool {
    [36, 62].contains { middle in (x - middle) * (x - middle) * 9 + (y - 50) * (y - 50) <= 40 * 40 }
  }

  @Test("two ovals side by side are parted in the middle")
  func found() throws {
    let pair = try #require(ShoePair(mask(isPair)))
    #expect(pair.shoes.count == 2)
    #expect(abs(pair.shoes[0].count - pair.shoes[1].count) < 200)
    #expect((pair.shoes[0] & pair.shoes[1]).count == 0)
    #expect(pair.shoes[0].count + pair.shoes[1].count == mask(isPair).count)
  }

  @Test("a shirt, trousers and one oval are no pair")
  func others() {
    #expect(ShoePair(mask { y, x in isShirt(y, x) }) == nil)
    let isTrousers = { (y: Int, x: Int) in
      (10..<90).contains(y) && (30..<70).contains(x) && !(y > 35 && (45..<55).contains(x))
    }
    #expect(ShoePair(mask(isTrousers)) == nil)
    #expect(ShoePair(mask { y, x in (x - 50) * (x - 50) * 4 + (y - 50) * (y - 50) <= 1600 }) == nil)
    #expect(ShoePair(mask { _, _ in false }) == nil)
  }
}

@Suite("Masks")
struct MaskTests {
  private func mask(_ rows: [String]) -> Mask {
    Mask(
      extent: Extent(height: rows.count, width: rows[0].count),
      values: rows.flatMap { $0.map { $0 == "#" } })
  }

  @Test("opening removes specks, closing fills gaps")
  func morphology() {
    let speck = mask(["......", ".#....", "......", "...###", "...###", "...###"])
    #expect(speck.opened == mask(["......", "......", "......", "...###", "...###", "...###"]))
    let gap = mask(["......", ".#.##.", ".#.##.", "......"])
    #expect(gap.closed(radius: 1).values[1 * 6 + 2])
    #expect(gap.dilated().count > gap.count && gap.eroded().count < gap.count)
  }

  @Test("pieces hang together by edges; small ones go, small holes are filled, open bays are not")
  func pieces() {
    let two = mask(["##..", "##..", "...#"])
    #expect(two.components.map(\.count) == [4, 1])
    #expect(two.keepingPieces(atLeast: 0.5).count == 4)
    #expect(two.keepingPieces(atLeast: 0.25).count == 5)
    let ring = mask(["###", "#.#", "###"])
    #expect(ring.fillingHoles(below: 0.2).count == 9)
    #expect(ring.fillingHoles(below: 0.1) == ring)
    let bay = mask(["###", "#.#", "#.#"])
    #expect(bay.fillingHoles(below: 0.9) == bay)
  }

  @Test("the box is what is covered")
  func box() throws {
    let box = try #require(mask(["....", ".##.", "...."]).box)
    #expect(box.rows == 1..<2 && box.columns == 1..<3)
    #expect(mask(["..", ".."]).box == nil)
  }
}

@Suite("What segmentation is made of")
struct SegmentationTests {
  @Test("Lab of known colours")
  func lab() {
    // Source: CIE 15 for D65; white, and sRGB red as OpenCV and colour tables give it.
    let white = labColor(sRGB: [1, 1, 1, 0])
    expectClose([white.x, white.y, white.z], [100, 0, 0], tolerance: 0.02)
    let red = labColor(sRGB: [1, 0, 0, 0])
    expectClose([red.x, red.y, red.z], [53.24, 80.09, 67.20], tolerance: 0.05)
  }

  @Test("Otsu's threshold lies between two heaps")
  func otsu() {
    let threshold = otsuThreshold([1, 1.2, 1.1, 9, 9.5, 9.1])
    #expect(threshold > 1.2 && threshold < 9)
    #expect(otsuThreshold([3, 3]) == 3)
  }

  @Test("the box mean is the mean of what is inside")
  func boxMeans() {
    let plane: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    expectClose(
      boxMean(plane, extent: Extent(3), radius: 1), [3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7], tolerance: 1e-5)
    expectClose(
      boxMean(plane, extent: Extent(3), radius: 5), Array(repeating: 5, count: 9), tolerance: 1e-5)
  }

  @Test("the guided filter smooths noise but keeps an edge of its guide")
  func guided() {
    let extent = Extent(height: 8, width: 20)
    let guide = (0..<160).map { $0 % 20 < 10 ? Float(0) : 1 }
    let input = (0..<160).map { ($0 % 20 < 10 ? Float(0) : 1) + Float(noise($0 / 20, $0 % 20)) * 0.05 }
    let output = guidedFilter(input, guide: guide, extent: extent, radius: 2, epsilon: 0.001)
    for place in 0..<160 { #expect(abs(output[place] - guide[place]) < 0.12, "\(place)") }
  }

  @Test("clusters: their own colours are likely, others are not")
  func clusters() {
    let colors = (0..<300).map { i -> LabColor in
      let shake = Float(noise(i, 1)) / 4
      return i % 3 == 0 ? [20 + shake, 40, 0, 0] : [70 + shake, 0, -30, 0]
    }
    let clusters = ColorClusters(of: colors, count: 3, floor: 5)
    #expect(clusters.unlikeness([20, 40, 0, 0]) + 5 < clusters.unlikeness([45, 20, -15, 0]))
    #expect(clusters.unlikeness([70, 0, -30, 0]) < clusters.unlikeness([20, 40, 0, 0]))
  }
}
