import TensorCore

/// How far two maps differ.
public struct MapDifference: Sendable, Equatable {
  /// The mean of |second - first| over all places where it is finite; `nil` where there is none.
  public let meanAbsolute: Double?
  /// The largest |second - first|.
  public let largest: Float?
  /// Places where the difference is NaN or infinite.
  public let notFiniteCount: Int

  /// - Parameter differences: second - first at every place.
  public init(_ differences: some Collection<Float>) {
    let sizes = MapStatistics(differences.map { abs($0) })
    meanAbsolute = sizes.mean
    largest = sizes.maximum
    notFiniteCount = sizes.notFiniteCount
  }
}

/// The maps of a layer for two inputs or in two networks, and how they differ.
///
/// Of every channel three tiles stand side by side: the first, the second, and second - first. The first two share
/// one scale, chosen as in `FeatureMapGrid`; the differences have their own, symmetric around zero (RdBu). Of
/// vectors the differences are drawn.
public struct ComparisonGrid: Sendable {
  public var title: String
  /// Of one shape.
  public let first: Tensor
  public let second: Tensor
  /// What stands above the tiles of the first and of the second.
  public var firstName: String
  public var secondName: String
  /// `each`: every pair of maps by itself, as every difference.
  public var scale: ValueScale
  public var colorMap: ColorMap?
  /// The number of channels in a row; `nil` chooses.
  public var columns: Int?
  public var padding: Int
  public var zoom: Int?
  /// Names of the channels.
  public var labels: [String]?

  /// - Precondition: both are of one shape.
  public init(
    title: String, first: Tensor, second: Tensor, firstName: String = "first", secondName: String = "second",
    scale: ValueScale = .layer, colorMap: ColorMap? = nil, columns: Int? = nil, padding: Int = 2,
    zoom: Int? = nil, labels: [String]? = nil
  ) {
    precondition(first.shape == second.shape, "\(first.shape) beside \(second.shape)")
    self.title = title
    self.first = first.shape.batch > 1 ? first.examples(0..<1) : first
    self.second = second.shape.batch > 1 ? second.examples(0..<1) : second
    self.firstName = firstName
    self.secondName = secondName
    self.scale = scale
    self.colorMap = colorMap
    self.columns = columns
    self.padding = max(0, padding)
    self.zoom = zoom
    self.labels = labels
  }

  /// second - first, of their shape.
  public var difference: Tensor {
    Tensor(shape: first.shape, values: zip(first.values, second.values).map { $1 - $0 })
  }

  static let differenceName = "difference"

  /// Draws the grid. The result's range and channels are those of the differences.
  public func render() -> GridResult {
    let shape = first.shape
    guard shape.planeCount > 1, shape.channels > 0 else {
      return differenceGrid.render()
    }
    return ComparisonTiles(self).render()
  }

  /// The differences alone.
  public var differenceGrid: FeatureMapGrid {
    FeatureMapGrid(
      title: "\(title)  \(secondName) - \(firstName)", maps: difference, colorMap: .rdBu, columns: columns,
      labels: labels)
  }
}
