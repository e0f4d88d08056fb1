/// The ways in which a kernel is written as text.
public enum KernelTextFormat: String, Sendable, CaseIterable {
  /// A kernel file that keeps everything.
  case json
  /// Rows of numbers.
  case text
  /// A matrix of libvips, for `vips conv`.
  case vips
  /// For `-morphology Correlate` of ImageMagick.
  case imageMagick = "imagemagick"
  /// For `correlate` of G'MIC.
  case gmic

  /// The extension under which it is read again.
  public var fileExtension: String {
    switch self {
    case .json: "json"
    case .vips: "mat"
    case .text, .imageMagick, .gmic: "txt"
    }
  }

  /// What it is called in messages.
  public var title: String {
    switch self {
    case .json: "JSON"
    case .text: "text"
    case .vips: "a libvips matrix"
    case .imageMagick: "ImageMagick's text"
    case .gmic: "G'MIC's text"
    }
  }

  /// Whether one text holds all filters of a kernel.
  public var holdsSeveral: Bool { self == .json || self == .imageMagick }
}
