import TensorCore

/// A garment told from a background of several colours: first what is unlike the border, then, a few times
/// over, what is liker to the colours found inside than to those outside, smoothed along the picture's edges.
///
/// The idea is GrabCut's (Rother, Kolmogorov, Blake, 2004), with a guided filter in place of the graph cut.
struct BorderSearch {
  private(set) var mask: Mask
  let firstGuess: Mask

  /// Shadows change the lightness of a background more than its hue.
  private static let lightnessWeight: Float = 0.7
  private static let rounds = 3

  private let extent: Extent
  private let colors: [LabColor]
  private let border: [Int]

  init(_ colors: [LabColor], _ extent: Extent) {
    self.extent = extent
    let weights = LabColor(Self.lightnessWeight, 1, 1, 0)
    self.colors = colors.map { $0 * weights }
    let side = Double(min(extent.height, extent.width))
    border = borderPlaces(extent, thickness: max(1, Int((side * 0.04).rounded())))
    firstGuess = Self.unlikeBorder(self.colors, border, extent)
    mask = firstGuess
    let prior = Self.prior(extent, border)
    let lightness = colors.map { $0.x / 100 }
    for _ in 0..<Self.rounds where (0.01...0.97).contains(mask.share) {
      mask = refined(prior: prior, lightness: lightness)
    }
  }

  /// What is less like the border's colours than a threshold between Otsu's and the border's own spread.
  private static func unlikeBorder(_ colors: [LabColor], _ border: [Int], _ extent: Extent) -> Mask {
    let background = ColorClusters(of: border.map { colors[$0] }, count: 3, floor: 20)
    let unlikeness = colors.map(background.unlikeness)
    let ofBorder = border.map { unlikeness[$0] }.sorted()
    let usual = ofBorder[Int(Double(ofBorder.count - 1) * 0.9)]
    // Beyond that a difference is a difference.
    let cut = unlikeness.map { min($0, usual + 60) }
    let otsu = otsuThreshold(cut)
    let threshold = max(otsu, (usual + otsu) / 2)
    let smooth = boxMean(cut, extent: extent, radius: 1)
    return tidy(Mask(extent: extent, values: smooth.map { $0 > threshold }))
  }

  /// Garments lie in the middle of photographs: log-odds that fall towards the edges.
  private static func prior(_ extent: Extent, _ border: [Int]) -> [Float] {
    let middleY = Float(extent.height - 1) / 2
    let middleX = Float(extent.width - 1) / 2
    var odds = (0..<extent.count).map { place in
      let y = abs(Float(place / extent.width) - middleY) / (Float(extent.height) / 2)
      let x = abs(Float(place % extent.width) - middleX) / (Float(extent.width) / 2)
      return 2 * (0.75 - max(x, y))
    }
    for place in border { odds[place] -= 2 }
    return odds
  }

  private func refined(prior: [Float], lightness: [Float]) -> Mask {
    let inside = ColorClusters(
      of: mask.values.indices.filter { mask.values[$0] }.map { colors[$0] }, count: 4, floor: 30)
    let around = mask.dilated()
    let places = around.values.indices.filter { !around.values[$0] } + border
    let outside = ColorClusters(of: places.map { colors[$0] }, count: 4, floor: 30)
    let odds = colors.indices.map { place in
      let difference = outside.unlikeness(colors[place]) - inside.unlikeness(colors[place])
      return min(max(difference + prior[place], -6), 6)
    }
    let smooth = guidedFilter(odds, guide: lightness, extent: extent, radius: 3, epsilon: 0.002)
    return Self.tidy(Mask(extent: extent, values: smooth.map { $0 > 0 }))
  }

  private static func tidy(_ mask: Mask) -> Mask {
    mask.opened.closed(radius: 2).keepingPieces(atLeast: 0.25).fillingHoles(below: 0.04)
  }
}

/// The value that parts others into two sets with the least variance within them: Otsu, 1979, on 256 bins.
func otsuThreshold(_ values: [Float]) -> Float {
  guard let low = values.min(), let high = values.max(), low < high else { return values.first ?? 0 }
  var bins = [Int](repeating: 0, count: 256)
  for value in values { bins[Int((value - low) / (high - low) * 255)] += 1 }
  let total = bins.enumerated().reduce(0) { $0 + $1.offset * $1.element }
  var below = 0
  var sumBelow = 0
  var best = (bin: 0, variance: -1.0)
  for (bin, count) in bins.enumerated() {
    below += count
    sumBelow += bin * count
    let above = values.count - below
    guard below > 0 && above > 0 else { continue }
    let difference = Double(sumBelow) / Double(below) - Double(total - sumBelow) / Double(above)
    let variance = Double(below) * Double(above) * difference * difference
    if variance > best.variance { best = (bin, variance) }
  }
  return low + (Float(best.bin) + 0.5) / 255 * (high - low)
}
