/// A way from numbers to colours: colours at equal distances, mixed linearly between neighbours.
public struct ColorMap: Sendable, Equatable {
  public let name: String
  /// Whether the middle stands for zero, so that negative and positive values have colours of their own.
  public let isDiverging: Bool
  /// The colours from the lowest to the highest value; at least two.
  let colors: [RGBColor]

  /// The colour at `position`, 0 for the lowest and 1 for the highest; what lies outside is clamped, NaN is lowest.
  public func color(at position: Float) -> RGBColor {
    // NaN is not above 0.
    let inside: Float = position > 0 ? (position < 1 ? position : 1) : 0
    let last = colors.count - 1
    let scaled = inside * Float(last)
    let below = Int(scaled)
    let lower = below < last ? below : last - 1
    return colors[lower].mixed(with: colors[lower + 1], amount: scaled - Float(lower))
  }
}

extension ColorMap {
  /// Black to white, for pictures.
  public static let gray = ColorMap(name: "gray", isDiverging: false, colors: [.black, .white])

  /// Dark blue over green to yellow; lightness rises evenly. matplotlib's default, CC0.
  public static let viridis = sequential("viridis", ColorTables.viridis)

  /// Black over purple to pale yellow. matplotlib, CC0.
  public static let magma = sequential("magma", ColorTables.magma)

  /// Black over red to pale yellow. matplotlib, CC0.
  public static let inferno = sequential("inferno", ColorTables.inferno)

  /// Blue to yellow, seen nearly alike with red-green colour blindness. matplotlib, CC0.
  public static let cividis = sequential("cividis", ColorTables.cividis)

  /// Blue for negative, near-white for zero, red for positive values: ColorBrewer's RdBu reversed, as
  /// matplotlib's `RdBu_r`.
  ///
  /// Source: ColorBrewer 2.0, Cynthia Brewer and Mark Harrower, Apache License 2.0.
  public static let rdBu = ColorMap(
    name: "RdBu", isDiverging: true,
    colors: ColorTables.colors(
      """
      053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f
      """))

  /// Brown for negative, near-white for zero, blue-green for positive values; for kernels, so that weights are
  /// never taken for activations.
  ///
  /// Source: ColorBrewer 2.0, Cynthia Brewer and Mark Harrower, Apache License 2.0.
  public static let brBG = ColorMap(
    name: "BrBG", isDiverging: true,
    colors: ColorTables.colors(
      """
      543005 8c510a bf812d dfc27d f6e8c3 f5f5f5 c7eae5 80cdc1 35978f 01665e 003c30
      """))

  /// Near-white to dark blue, for shares. ColorBrewer 2.0, Apache License 2.0.
  public static let blues = ColorMap(
    name: "Blues", isDiverging: false,
    colors: ColorTables.colors("f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b"))

  /// All maps, in the order in which they are offered.
  public static let all: [ColorMap] = [.viridis, .rdBu, .brBG, .gray, .magma, .inferno, .cividis, .blues]

  /// The map of that name, upper or lower case.
  ///
  /// - Throws: `PictureError.colorMap` for a name that is not in `all`.
  public init(named name: String) throws {
    let wanted = name.lowercased()
    guard let found = ColorMap.all.first(where: { $0.name.lowercased() == wanted }) else {
      throw PictureError.colorMap(name, known: ColorMap.all.map(\.name))
    }
    self = found
  }

  private static func sequential(_ name: String, _ table: String) -> ColorMap {
    ColorMap(name: name, isDiverging: false, colors: ColorTables.colors(table))
  }
}

extension RGBColor {
  /// What stands for NaN and infinities in every picture: magenta, which no colour map has.
  public static let notFinite = Palette.notFinite
}
