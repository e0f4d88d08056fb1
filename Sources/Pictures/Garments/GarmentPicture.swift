import ImageCodecs
import TensorCore

/// Whether a picture is turned into its negative before a network sees it.
public enum InvertMode: String, Sendable, CaseIterable {
  /// Always where a garment is cut out of a photo, else when the background is light: the data set has the
  /// negatives of product photos.
  case auto
  case yes
  case no
}

/// How a photo of a garment is brought to the form of the data set.
public enum GarmentPreparation: String, Sendable, CaseIterable {
  /// The garment is looked for and cut out, and its tones are brought to the data set's.
  case mask
  /// As the data set's authors did with photos on white.
  case authors
}

/// A picture brought to the form in which Fashion-MNIST shows garments: 28x28, grey, light on dark.
///
/// A grey picture that is 28x28 already is only inverted, if at all. Transparent pictures are laid on white.
public struct GarmentPicture: Sendable {
  /// Shape [1, 1, 28, 28], values 0...1.
  public let tensor: Tensor
  /// The ways in which a network should look at it, whose answers are averaged: `tensor` alone, or several
  /// tones and proportions of it with their mirror images. Shape [views, 1, 28, 28].
  public let views: Tensor
  /// How much the answer to each view counts; the sum is 1.
  public let viewWeights: [Float]
  public let isInverted: Bool
  /// The size of the part that shows the garment; `nil` where nothing was changed but the signs.
  public let trimmed: Extent?
  /// The size of the picture as it came.
  public let original: Extent
  /// Whether a pair of shoes was seen from above, of which each is then looked at by itself.
  public let isPairOfShoes: Bool
  /// Whether a garment was told from a background, or nothing had to be.
  public let isGarmentFound: Bool
  /// What was decided, in a few words: `trimmed to 310x200, inverted`.
  public let decisions: String
  /// What was made of the picture on the way, from first to last.
  public let steps: [Step]

  /// One picture on the way: 1 (grey) or 3 (RGB) channels, values 0...1.
  public struct Step: Sendable {
    public let name: String
    public let tensor: Tensor

    public init(name: String, tensor: Tensor) {
      self.name = name
      self.tensor = tensor
    }
  }

  public init(
    _ image: RasterImage, invert: InvertMode = .auto, preparation: GarmentPreparation = .mask
  ) {
    if let grey = Self.readyPlane(image) {
      self.init(ready: grey, invert)
    } else if preparation == .authors {
      self.init(authors: image, invert)
    } else {
      self.init(masked: image, invert)
    }
  }

  /// A picture as the data set has it.
  private init(ready grey: Tensor, _ invert: InvertMode) {
    let bottom = grey.shape.height - 1
    let corners = [
      grey[0, 0, 0, 0], grey[0, 0, 0, bottom], grey[0, 0, bottom, 0], grey[0, 0, bottom, bottom],
    ]
    .sorted()
    isInverted = AuthorsPreparation.isInverted(cornerLuma: (corners[1] + corners[2]) / 2, invert)
    tensor = isInverted ? grey.map { 1 - $0 } : grey
    views = tensor
    viewWeights = [1]
    trimmed = nil
    original = grey.shape.extent
    isPairOfShoes = false
    isGarmentFound = true
    decisions = "28x28 as it is, \(Self.inversion(isInverted))"
    steps = [Step(name: "input", tensor: tensor)]
  }

  private init(authors image: RasterImage, _ invert: InvertMode) {
    let color = Tensor(image: image, mode: .rgb, background: .white)
    let prepared = AuthorsPreparation(color, invert: invert)
    original = color.shape.extent
    tensor = prepared.tensor
    views = joined([tensor, mirrored(tensor)])
    viewWeights = [0.5, 0.5]
    isInverted = prepared.isInverted
    trimmed = prepared.trimmed
    isPairOfShoes = false
    isGarmentFound = true
    let size =
      prepared.trimmed == original ? "nothing to trim" : "trimmed to \(Self.size(prepared.trimmed))"
    decisions = "\(size), \(Self.inversion(isInverted))"
    steps = [Step(name: "picture", tensor: color), Step(name: "input", tensor: tensor)]
  }

  private init(masked image: RasterImage, _ invert: InvertMode) {
    original = Extent(height: image.height, width: image.width)
    let garment = MaskedGarment(ReducedPicture(image), invert: invert)
    tensor = garment.tensor
    views = joined(garment.views.map(\.tensor))
    viewWeights = garment.views.map(\.weight)
    isInverted = garment.isNegative
    trimmed = garment.size(in: original)
    isPairOfShoes = garment.isPairOfShoes
    isGarmentFound = garment.found.evidence != .nothing
    let size = Self.size(trimmed ?? original)
    let what = isPairOfShoes ? "pair of shoes, \(size)" : isGarmentFound ? "garment of \(size)" : size
    decisions = "\(what), \(garment.found.evidence.rawValue), \(Self.inversion(isInverted))"
    steps = garment.steps
  }

  private static func inversion(_ isInverted: Bool) -> String { isInverted ? "inverted" : "not inverted" }

  private static func size(_ extent: Extent) -> String { "\(extent.width)x\(extent.height)" }

  /// A grey picture of 28x28 as it is; `nil` for any other.
  private static func readyPlane(_ image: RasterImage) -> Tensor? {
    guard image.height == dataSetSide, image.width == dataSetSide else { return nil }
    // Pictures of the data set itself come by the thousand: they need no colours.
    if image.channels == 1 { return Tensor(image: image, mode: .gray) }
    let color = Tensor(image: image, mode: .rgb, background: .white)
    let isGrey = color.plane(0) == color.plane(1) && color.plane(1) == color.plane(2)
    return isGrey ? color.channel(0) : nil
  }
}

/// Pictures of one shape as a batch.
func joined(_ pictures: [Tensor]) -> Tensor {
  let shape = pictures.first?.shape ?? Shape(channels: 1, height: dataSetSide, width: dataSetSide)
  return Tensor(shape: shape.with(batch: pictures.count), values: pictures.flatMap(\.values))
}
