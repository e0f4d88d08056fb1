import TensorCore

/// A box of whole values of a plane, rows and columns; it may reach over the plane's border.
public struct PlaneBox: Sendable, Equatable {
  public var rows: Range<Int>
  public var columns: Range<Int>

  public init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }

  func union(_ other: PlaneBox) -> PlaneBox {
    PlaneBox(
      rows: min(rows.lowerBound, other.rows.lowerBound)..<max(rows.upperBound, other.rows.upperBound),
      columns: min(
        columns.lowerBound, other.columns.lowerBound)..<max(columns.upperBound, other.columns.upperBound))
  }
}

/// One picture of a `PanelSheet`: a map or a colour picture with boxes drawn on it.
///
/// What a box or the view shows beyond the border of the map is hatched, so that nobody takes it for values.
public struct Panel: Sendable {
  /// Above the picture.
  public var title: String
  /// [1, 1, height, width], or three channels of 0...1 for colours.
  public var values: Tensor
  public var colorMap: ColorMap
  /// The values at the ends of the colours; `nil` where all are the same.
  public var range: ValueRange?
  /// Framed, and all else dimmed where `dimsOutside`.
  public var box: PlaneBox?
  public var dimsOutside: Bool
  /// The part to be shown; the whole map and the box when `nil`.
  public var view: PlaneBox?
  /// Beneath the picture, a line each.
  public var captions: [String]
  /// Whether the values are written into their cells.
  public var isNumbered: Bool
  /// Places, in the order of the values, that are drawn as beyond the border although they have a value.
  public var hatched: Set<Int>
  /// The length of the longer side in pixels, about.
  public var target: Int

  public init(
    title: String, values: Tensor, colorMap: ColorMap, range: ValueRange?, box: PlaneBox? = nil,
    dimsOutside: Bool = false, view: PlaneBox? = nil, captions: [String] = [], isNumbered: Bool = false,
    hatched: Set<Int> = [], target: Int = 336
  ) {
    self.title = title
    self.values = values
    self.colorMap = colorMap
    self.range = range
    self.box = box
    self.dimsOutside = dimsOutside
    self.view = view
    self.captions = captions
    self.isNumbered = isNumbered
    self.hatched = hatched
    self.target = target
  }

  /// The side of a cell in pixels, `least` to `most`, in which numbers that lie close together are told apart.
  public static func cellSize(for values: [Float], least: Int, most: Int) -> Int {
    NumberScaling.cellSize(values, least: least, most: most)
  }

  /// A map in the colours of maps: RdBu around zero where there are negative values, else viridis.
  public init(
    title: String, map: Tensor, box: PlaneBox? = nil, captions: [String] = [], target: Int = 336
  ) {
    let statistics = ValueStatistics(map)
    let isSigned = (statistics.minimum ?? 0) < 0
    self.init(
      title: title, values: map, colorMap: isSigned ? .rdBu : .viridis,
      range: ValueRange(covering: statistics, symmetric: isSigned), box: box, captions: captions,
      target: target)
  }

  /// A picture of 0...1, grey or in colours.
  public init(
    title: String, picture: Tensor, box: PlaneBox? = nil, dimsOutside: Bool = false, view: PlaneBox? = nil,
    captions: [String] = [], target: Int = 336
  ) {
    self.init(
      title: title, values: picture, colorMap: .gray, range: ValueRange(0, 1), box: box,
      dimsOutside: dimsOutside, view: view, captions: captions, target: target)
  }

  /// What is shown, in the map's rows and columns.
  var shown: PlaneBox {
    if let view { return view }
    let whole = PlaneBox(rows: 0..<values.shape.height, columns: 0..<values.shape.width)
    return box.map(whole.union) ?? whole
  }

  var zoom: TileZoom {
    TileZoom(
      width: shown.columns.count, height: shown.rows.count, target: target, limit: max(target, 640))
  }

  var width: Int { zoom.pixels(shown.columns.count) }
  var height: Int { zoom.pixels(shown.rows.count) }
}
