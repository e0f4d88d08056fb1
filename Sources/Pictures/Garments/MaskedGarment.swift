import TensorCore

/// A garment looked for in a picture, cut out, and shown in several ways.
struct MaskedGarment {
  /// A way to show it, and how much the answer to it counts.
  struct View {
    let tensor: Tensor
    var weight: Float
  }

  let found: GarmentMask
  let isNegative: Bool
  let isPairOfShoes: Bool
  /// The first view, which stands for all.
  let tensor: Tensor
  let views: [View]
  let steps: [GarmentPicture.Step]
  private let reduced: Extent

  /// Garments laid flat come out wider than those on the data set's dolls.
  private static let aspects = [1, 0.85]

  init(_ picture: ReducedPicture, invert: InvertMode) {
    found = GarmentMask(picture)
    reduced = picture.extent
    let authors = AuthorsPreparation(picture.colors, invert: invert)
    // On a plain dark ground the light garment may be the data set's own picture, enlarged.
    let isNegative = invert == .auto && found.evidence != .plain ? true : authors.isInverted
    self.isNegative = isNegative
    let grey = isNegative ? picture.luma.map { 1 - $0 } : picture.luma
    let pair = ShoePair(found.mask)
    isPairOfShoes = pair != nil
    // The data set's shoes lie on their sides.
    let garments =
      pair.map { $0.shoes.map { CutOutGarment(grey: grey, mask: $0).turned } }
      ?? [CutOutGarment(grey: grey, mask: found.mask)]
    var views = Self.views(of: garments)
    tensor = views[0].tensor
    if pair == nil && found.evidence != .border {
      views = Self.withAuthors(authors.tensor, views)
    }
    self.views = views
    steps = Self.steps(picture, found, garments, tensor)
  }

  /// Every garment in all tones and proportions, and their mirror images, of equal weight.
  private static func views(of garments: [CutOutGarment]) -> [View] {
    let tensors = garments.flatMap { garment in
      GarmentTone.all.flatMap { tone in aspects.map { garment.placed(tone, aspect: $0) } }
    }
    let all = tensors + tensors.map(mirrored)
    return all.map { View(tensor: $0, weight: 1 / Float(all.count)) }
  }

  /// Where the background is plain the way of the data set's authors gives what the network was trained on: it
  /// gets most of the weight.
  private static func withAuthors(_ authors: Tensor, _ views: [View]) -> [View] {
    views.map { View(tensor: $0.tensor, weight: $0.weight * 0.3) }
      + [View(tensor: authors, weight: 0.35), View(tensor: mirrored(authors), weight: 0.35)]
  }

  private static func steps(
    _ picture: ReducedPicture, _ found: GarmentMask, _ garments: [CutOutGarment], _ input: Tensor
  ) -> [GarmentPicture.Step] {
    var steps = [GarmentPicture.Step(name: "reduced", tensor: picture.colors)]
    if let guess = found.firstGuess {
      steps.append(.init(name: "unlike-border", tensor: guess.tensor))
    }
    steps.append(.init(name: "mask", tensor: found.mask.tensor))
    for (index, garment) in garments.enumerated() {
      let extent = garment.mask.extent
      let shape = Shape(channels: 1, height: extent.height, width: extent.width)
      let toned = GarmentTone.all[0].apply(to: garment.grey, inside: garment.mask)
      steps.append(
        .init(
          name: garments.count > 1 ? "garment\(index + 1)" : "garment",
          tensor: Tensor(shape: shape, values: toned)))
    }
    return steps + [.init(name: "input", tensor: input)]
  }

  /// How many pixels high and wide the garment is in the picture as it came.
  func size(in original: Extent) -> Extent {
    guard let box = found.mask.box else { return original }
    func scaled(_ size: Int, _ from: Int, _ to: Int) -> Int {
      Int((Double(size) * Double(to) / Double(from)).rounded())
    }
    return Extent(
      height: scaled(box.rows.count, reduced.height, original.height),
      width: scaled(box.columns.count, reduced.width, original.width))
  }
}
