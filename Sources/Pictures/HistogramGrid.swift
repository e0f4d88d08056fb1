import ImageCodecs
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How often values of a map lie in equal parts of a range.
public struct MapHistogram: Sendable, Equatable {
  /// From the lowest part of the range to the highest.
  public let counts: [Int]

  /// Values beyond the range count as its ends; those that are not finite do not count.
  ///
  /// Part i of n holds values from lower + i * width / n up to, but without, the next part's; the last holds the
  /// upper bound as well.
  public init(_ values: some Sequence<Float>, range: ValueRange, bins: Int) {
    precondition(bins > 0, "a histogram of \(bins) parts")
    var counts = Array(repeating: 0, count: bins)
    let lower = Double(range.lowerBound)
    let width = Double(range.upperBound) - lower
    for value in values where value.isFinite {
      let share = width == 0 ? 0.5 : (Double(value) - lower) / width
      counts[min(Int(min(max(share, 0), 1) * Double(bins)), bins - 1)] += 1
    }
    self.counts = counts
  }
}

/// The histograms of a layer's maps side by side, under the colours that the grid of its maps has.
///
/// Bars are as high as the logarithm of 1 + their count, so that few values are seen beside many. A vector
/// [1, features, 1, 1] is one map.
public struct HistogramGrid: Sendable {
  public var title: String
  public let maps: Tensor
  /// As in `FeatureMapGrid`: with `each` every histogram has a range of its own.
  public var scale: ValueScale
  public var colorMap: ColorMap?
  public var columns: Int?
  public var padding: Int
  /// Names of the maps.
  public var labels: [String]?
  public var sharedValues: ValueStatistics?

  public init(
    title: String, maps: Tensor, scale: ValueScale = .layer, colorMap: ColorMap? = nil, columns: Int? = nil,
    padding: Int = 2, labels: [String]? = nil, sharedValues: ValueStatistics? = nil
  ) {
    self.title = title
    let example = maps.shape.batch > 1 ? maps.examples(0..<1) : maps
    let isVector = example.shape.planeCount == 1
    self.maps =
      isVector ? example.reshaped(Shape(channels: 1, height: 1, width: example.shape.channels)) : example
    self.scale = scale
    self.colorMap = colorMap
    self.columns = columns
    self.padding = max(0, padding)
    self.labels = isVector ? ["\(example.shape.channels) values"] : labels
    self.sharedValues = sharedValues
  }

  private static let bins = 64
  private static let barWidth = 3
  private static let plotHeight = 72
  private static let stripHeight = 5

  private func caption(_ channel: Int, _ statistics: MapStatistics) -> [String] {
    let name = labels.flatMap { $0.indices.contains(channel) ? $0[channel] : nil } ?? "ch \(channel)"
    guard let mean = statistics.mean, let deviation = statistics.standardDeviation else {
      return [name, "no finite value"]
    }
    return ["\(name)  mean \(formatted(mean))  std \(formatted(deviation))"]
  }

  /// Draws the histograms.
  public func render() -> GridResult {
    let layer = LayerColoring(maps: maps, scale: scale, colorMap: colorMap, sharedValues: sharedValues)
    let captions = layer.channels.indices.map { caption($0, MapStatistics(maps.plane($0))) }
    func layout(_ columns: Int) -> TileLayout {
      TileLayout(
        count: layer.channels.count, columns: columns, tileWidth: HistogramGrid.bins * HistogramGrid.barWidth,
        tileHeight: HistogramGrid.plotHeight + HistogramGrid.stripHeight, padding: padding + 1,
        captions: captions)
    }
    let one = layout(1)
    let tiles = layout(
      columns
        ?? TileLayout.columns(
          count: layer.channels.count, slotWidth: one.slotWidth, slotHeight: one.slotHeight))
    let histograms = layer.channels.indices.map { channel in
      layer.coloring(channel).range.map {
        MapHistogram(maps.plane(channel), range: $0, bins: HistogramGrid.bins)
      } ?? constant(channel)
    }
    let highest = histograms.compactMap { $0?.counts.max() }.max() ?? 0
    let sheet = Sheet(
      title: title, bodyWidth: tiles.width, bodyHeight: tiles.height, colorBar: layer.colorBar,
      footer: layer.footer + [
        "height: log(1 + count), tallest \(highest) of \(maps.shape.planeCount)"
      ])
    let image = sheet.render { canvas, body in
      for channel in layer.channels.indices {
        let tile = tiles.tile(channel, x: body.x, y: body.y)
        canvas.frame(tile.inset(-1), Palette.frame)
        draw(histograms[channel], layer.coloring(channel), highest, on: &canvas, tile)
        for (line, text) in captions[channel].enumerated() {
          canvas.draw(
            text, in: tiles.captionBox(channel, line: line, x: body.x, y: body.y), alignment: .center,
            scale: tiles.captionScale, color: Palette.ink)
        }
      }
    }
    return GridResult(
      image: image, range: layer.range, scaleText: layer.scaleText, channels: layer.channels)
  }

  /// One bar in the middle, for a map whose values are all the same; `nil` for one without a finite value.
  private func constant(_ channel: Int) -> MapHistogram? {
    guard let value = ValueStatistics(maps.plane(channel)).constant else { return nil }
    return MapHistogram(maps.plane(channel), range: ValueRange(value, value), bins: HistogramGrid.bins)
  }

  /// Bars over a strip of the colours; a map without a finite value is crossed out.
  private func draw(
    _ histogram: MapHistogram?, _ coloring: ValueColoring, _ highest: Int, on canvas: inout Canvas,
    _ tile: PixelRect
  ) {
    canvas.fill(tile, .white)
    guard let histogram else { return canvas.strikeOut(tile) }
    for (bin, count) in histogram.counts.enumerated() {
      let share = log(1 + Double(count)) / log(1 + Double(max(1, highest)))
      let height = count == 0 ? 0 : max(1, Int((share * Double(HistogramGrid.plotHeight)).rounded()))
      let x = tile.x + bin * HistogramGrid.barWidth
      let foot = tile.y + HistogramGrid.plotHeight
      canvas.fill(
        PixelRect(x: x, y: foot - height, width: HistogramGrid.barWidth - 1, height: height), Palette.mutedInk
      )
      guard let range = coloring.range else { continue }
      let middle = (Double(bin) + 0.5) / Double(HistogramGrid.bins)
      let value = Double(range.lowerBound) + middle * (Double(range.upperBound) - Double(range.lowerBound))
      canvas.fill(
        PixelRect(x: x, y: foot, width: HistogramGrid.barWidth, height: HistogramGrid.stripHeight),
        coloring.color(Float(value)))
    }
  }
}
