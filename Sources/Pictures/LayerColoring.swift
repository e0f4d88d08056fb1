import TensorCore

/// The colours of all channels of a layer under a scale.
struct LayerColoring: Sendable {
  let map: ColorMap
  /// The range that all channels share; `nil` where each has its own or nothing differs.
  let range: ValueRange?
  let channels: [ValueStatistics]
  /// All channels together.
  let whole: ValueStatistics
  private let scale: ValueScale

  init(maps: Tensor, scale: ValueScale, colorMap: ColorMap?, sharedValues: ValueStatistics?) {
    self.init(
      channels: (0..<maps.shape.channels).map { ValueStatistics(maps.plane($0)) }, scale: scale,
      colorMap: colorMap, sharedValues: sharedValues)
  }

  init(
    channels: [ValueStatistics], scale: ValueScale, colorMap: ColorMap?, sharedValues: ValueStatistics? = nil
  ) {
    self.scale = scale
    self.channels = channels
    var whole = ValueStatistics()
    for channel in channels { whole.merge(channel) }
    self.whole = whole
    var shared = whole
    if let sharedValues, [.layer, .block, .all].contains(scale) { shared.merge(sharedValues) }
    var lowest = shared.minimum ?? 0
    if case .fixed(let bounds) = scale { lowest = bounds.lowerBound }
    map = colorMap ?? (lowest < 0 ? .rdBu : .viridis)
    switch scale {
    case .each: range = nil
    case .layer, .block, .all: range = ValueRange(covering: shared, symmetric: map.isDiverging)
    case .fixed(let bounds): range = ValueRange(bounds.lowerBound, bounds.upperBound)
    }
  }

  /// The colours of one channel.
  func coloring(_ channel: Int) -> ValueColoring { coloring(of: channels[channel]) }

  /// The colours of a map with these values.
  func coloring(of values: ValueStatistics) -> ValueColoring {
    guard scale == .each else { return ValueColoring(map: map, range: range) }
    return ValueColoring(map: map, range: ValueRange(covering: values, symmetric: map.isDiverging))
  }

  /// `scale layer [-1.42, 1.42]`
  var scaleText: String {
    if scale == .each {
      return "scale each: every map by itself" + (map.isDiverging ? ", zero in the middle" : "")
    }
    let name = if case .fixed = scale { "fixed" } else { scale.description }
    guard let range else {
      return whole.minimum.map { "scale \(name): constant \(formatted($0))" }
        ?? "scale \(name): no finite value"
    }
    return "scale \(name) \(range)"
  }

  /// The lines under the picture.
  var footer: [String] {
    var lines = [scaleText]
    if let range, range.description != whole.rangeText { lines[0] += "  values \(whole.rangeText)" }
    if let note = whole.notFiniteNote { lines.append("magenta: \(note)") }
    if let range, let low = whole.minimum, let high = whole.maximum,
      low < range.lowerBound || high > range.upperBound
    {
      lines.append("values outside the scale have the colours of its ends")
    }
    return lines
  }

  var colorBar: ColorBar? {
    range.map { ColorBar(map: map, range: $0) }
  }
}
