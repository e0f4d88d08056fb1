import TensorCore

/// Where the garment is in a picture.
struct GarmentMask {
  /// What told garment from background.
  enum Evidence: String {
    case opacity = "transparent background"
    case plain = "plain background"
    case border = "background like the border"
    /// Nothing did: the mask is the whole picture.
    case nothing = "no garment found"
  }

  let mask: Mask
  let evidence: Evidence
  /// The colours that differ from the border's, before they were compared with the garment's own.
  let firstGuess: Mask?

  init(_ picture: ReducedPicture) {
    let transparent = picture.pixels.count { $0.w < 0.5 }
    var found: (mask: Mask, evidence: Evidence, guess: Mask?)
    if Double(transparent) > 0.02 * Double(picture.extent.count) {
      found = (Mask(extent: picture.extent, values: picture.pixels.map { $0.w > 0.5 }), .opacity, nil)
    } else {
      let colors = picture.pixels.map(labColor(sRGB:))
      if let background = PlainBackground(colors, picture.extent) {
        found = (background.mask, .plain, nil)
      } else {
        let search = BorderSearch(colors, picture.extent)
        found = (search.mask, .border, search.firstGuess)
      }
    }
    if found.mask.share < 0.01 {
      found.mask = Mask(extent: picture.extent, values: Array(repeating: true, count: picture.extent.count))
      found.evidence = .nothing
    }
    mask = found.mask
    evidence = found.evidence
    firstGuess = found.guess
  }
}

/// A background of one colour, as shops show their wares: the garment is what differs from it.
///
/// At least two corners and a quarter of the border must be of that colour, and the rest of the border must be
/// clearly different: colours in between mean that light falls unevenly on something else. Near white some of them
/// are soft shadows and edges.
struct PlainBackground {
  let mask: Mask

  /// Distances in Lab: what is the background's colour, and from where on something is another.
  private static let same: Float = 6
  private static let other: Float = 18

  init?(_ colors: [LabColor], _ extent: Extent) {
    guard let background = Self.cornerColor(colors, extent) else { return nil }
    let distances = colors.map { ($0 - background).squaredLength.squareRoot() }
    let border = borderPlaces(extent, thickness: 2).map { distances[$0] }
    let same = border.count { $0 < Self.same }
    let between = border.count { (Self.same..<Self.other).contains($0) }
    let allowed = background.x > 85 ? 0.15 : 0.06
    guard 4 * same >= border.count, Double(between) <= allowed * Double(same) else { return nil }
    mask = Mask(extent: extent, values: distances.map { $0 > 7 })
      .closed(radius: 1).keepingPieces(atLeast: 0.1).fillingHoles(below: 0.02)
  }

  /// The mean colour of the corners that most corners are like; `nil` when no two are alike.
  private static func cornerColor(_ colors: [LabColor], _ extent: Extent) -> LabColor? {
    let size = min(3, min(extent.height, extent.width))
    let corners = [0, extent.height - size].flatMap { top in
      [0, extent.width - size].map { left in
        (0..<size * size).reduce(LabColor.zero) {
          $0 + colors[(top + $1 / size) * extent.width + left + $1 % size]
        } / Float(size * size)
      }
    }
    let groups = corners.map { corner in corners.filter { ($0 - corner).squaredLength < 16 } }
    let largest = groups.max { $0.count < $1.count } ?? []
    return largest.count < 2 ? nil : largest.reduce(.zero, +) / Float(largest.count)
  }
}

/// The places of the pixels that are at most so far from an edge of the picture.
func borderPlaces(_ extent: Extent, thickness: Int) -> [Int] {
  (0..<extent.count).filter { place in
    let y = place / extent.width
    let x = place % extent.width
    return min(y, x, extent.height - 1 - y, extent.width - 1 - x) < thickness
  }
}
