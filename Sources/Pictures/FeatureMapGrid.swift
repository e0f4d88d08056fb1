import ImageCodecs
import TensorCore

/// The feature maps of one layer side by side, each with its number and range beneath.
///
/// Negative values make the map of colours diverging with zero in its middle (RdBu), else it is viridis from the
/// least to the greatest value. NaN and infinities are magenta and counted in the caption; a constant map says
/// so and is crossed by a line, one of zeros is called dead. Vectors [1, features, 1, 1] become bars, or numbered
/// cells where there are many.
///
/// Small maps are enlarged by a whole factor (nearest neighbour) to about 96 pixels, fewer maps more. A map
/// larger than 1024 pixels, or than its share of a sheet of 4096, is shrunk by a whole factor to the means of its
/// squares, and the picture says so; the ranges are always those of all values.
public struct FeatureMapGrid: Sendable {
  /// What stands above the grid, such as `conv1  6x28x28`.
  public var title: String
  /// The maps: of a batch only the first example is drawn.
  public var maps: Tensor
  public var scale: ValueScale
  /// The colours; `nil` chooses by the signs of the values.
  public var colorMap: ColorMap?
  /// The number of maps in a row; `nil` chooses.
  public var columns: Int?
  /// The space around each map, in pixels.
  public var padding: Int
  /// How many pixels one value becomes in each direction; `nil` chooses.
  public var zoom: Int?
  /// Names of the channels, such as classes; `ch 3` or `3` where there is none.
  public var labels: [String]?
  /// Values that the shared range covers as well: those of other layers with the scales `block` and `all`, those
  /// of channels that are not drawn with `layer`.
  public var sharedValues: ValueStatistics?
  /// A picture to draw the maps over, at its size; vectors are drawn without it.
  public var overlay: MapOverlay?

  public init(
    title: String, maps: Tensor, scale: ValueScale = .layer, colorMap: ColorMap? = nil, columns: Int? = nil,
    padding: Int = 2, zoom: Int? = nil, labels: [String]? = nil, sharedValues: ValueStatistics? = nil,
    overlay: MapOverlay? = nil
  ) {
    self.title = title
    self.maps = maps.shape.batch > 1 ? maps.examples(0..<1) : maps
    self.scale = scale
    self.colorMap = colorMap
    self.columns = columns
    self.padding = max(0, padding)
    self.zoom = zoom
    self.labels = labels
    self.sharedValues = sharedValues
    self.overlay = overlay
  }

  /// Draws the grid.
  ///
  /// - Complexity: O(number of values + pixels drawn).
  public func render() -> GridResult {
    // A single number is not its own scale: a vector is one map.
    let scale = self.scale == .each && maps.shape.planeCount == 1 ? .layer : self.scale
    let layer = LayerColoring(maps: maps, scale: scale, colorMap: colorMap, sharedValues: sharedValues)
    let image: RasterImage
    if maps.shape.count == 0 {
      image = emptySheet()
    } else if maps.shape.planeCount == 1 {
      image = vectorSheet(layer)
    } else {
      image = tileSheet(layer)
    }
    return GridResult(
      image: image, range: layer.range, scaleText: layer.scaleText, channels: layer.channels)
  }

  func label(_ channel: Int) -> String? {
    guard let labels, channel < labels.count, !labels[channel].isEmpty else { return nil }
    return labels[channel]
  }

  private func emptySheet() -> RasterImage {
    Sheet(title: title, bodyWidth: 220, bodyHeight: 24).render { canvas, body in
      canvas.draw("no values (\(maps.shape))", in: body, color: Palette.mutedInk)
    }
  }
}

/// A drawn grid, and what its colours mean.
public struct GridResult: Sendable {
  public let image: RasterImage
  /// The values at the ends of the colours; `nil` where each map has its own or nothing differs.
  public let range: ValueRange?
  /// The scale in words, as printed under the picture: `scale layer [-1.42, 1.42]`.
  public let scaleText: String
  /// The extremes of each channel.
  public let channels: [ValueStatistics]

  /// The channels of which all values are the same.
  public var constantChannels: [Int] { channels.indices.filter { channels[$0].constant != nil } }
  /// How many values are NaN or infinite.
  public var notFiniteCount: Int { channels.reduce(0) { $0 + $1.notFiniteCount } }
}
