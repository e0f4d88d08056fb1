/// What a picture of feature maps shares one range of colours over.
public enum ValueScale: Sendable, Equatable {
  /// Each map has a range of its own.
  case each
  /// One range for the maps of a layer.
  case layer
  /// One range for a convolution and what follows it up to the next one: its activation and its pooling.
  case block
  /// One range for all layers.
  case all
  /// A range given by hand; values outside it get the colours of its ends.
  case fixed(ClosedRange<Float>)
}

extension ValueScale {
  /// Reads `each`, `layer`, `block`, `all` or `LO,HI`, such as `-1,1`.
  ///
  /// - Throws: `PictureError.scale` for anything else, for numbers that are not finite and for LO >= HI.
  public init(_ text: String) throws {
    switch text {
    case "each": self = .each
    case "layer": self = .layer
    case "block": self = .block
    case "all": self = .all
    default:
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        Float(part.filter { $0 != " " })
      }
      guard numbers.count == 2, let lower = numbers[0], let upper = numbers[1],
        lower.isFinite, upper.isFinite, lower < upper
      else { throw PictureError.scale(text) }
      self = .fixed(lower...upper)
    }
  }
}

extension ValueScale: CustomStringConvertible {
  /// The text that reads back as this scale.
  public var description: String {
    switch self {
    case .each: "each"
    case .layer: "layer"
    case .block: "block"
    case .all: "all"
    case .fixed(let range): "\(range.lowerBound),\(range.upperBound)"
    }
  }
}
