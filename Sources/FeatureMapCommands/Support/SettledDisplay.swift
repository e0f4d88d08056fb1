import FeatureMap

/// What becomes of each value in the picture, with every number settled: bands of one picture look alike.
struct SettledDisplay: Sendable {
  let display: SignedDisplay
  /// Whether people asked for this display; else `auto` did.
  let isChosen: Bool
  /// Factor for all values.
  let gain: Float
  /// The value that becomes the end of the colours.
  private let limit: Float

  /// - Parameters:
  ///   - display: not `auto`.
  ///   - isChosen: whether people asked for it; else `auto` did.
  ///   - gain: `nil` makes the largest value that is shown 1.
  ///   - statistics: of all values; needed for `color` and without a gain only.
  init(_ display: SignedDisplay, isChosen: Bool = true, gain: Float?, statistics: ValueStatistics) {
    let low = statistics.minimum ?? 0
    let high = statistics.maximum ?? 0
    let largest = display == .keep ? high : max(-low, high)
    self.display = display
    self.isChosen = isChosen
    self.gain = gain ?? (largest > 0 ? 1 / largest : 1)
    limit = max(abs(low * self.gain), abs(high * self.gain), .leastNormalMagnitude)
  }

  /// Whether all values must be known before the first pixel.
  static func needsStatistics(_ display: SignedDisplay, gain: Float?) -> Bool {
    display == .color || gain == nil
  }

  /// The channels of the picture of a result.
  func channels(of count: Int) -> Int { display == .color ? 3 : count }

  /// The values as they are shown, for `RasterImage(tensor:)`; what is worth telling of them goes to `tally`.
  func picture(of values: Tensor, tally: inout DisplayTally) -> Tensor {
    let statistics = ValueStatistics(values)
    tally.values.merge(statistics)
    if display == .color { return colored(values, &tally) }
    let isSigned = (statistics.minimum ?? 0) < 0 || statistics.notFiniteCount > 0
    var picture = values
    if gain != 1 || display == .offset || display == .abs && isSigned { show(&picture.values) }
    tally.count(picture.values)
    return picture
  }

  private func show(_ values: inout [Float]) {
    let gain = gain
    values.withUnsafeMutableBufferPointer { values in
      switch display {
      case .offset: for i in values.indices { values[i] = 0.5 + values[i] * gain / 2 }
      case .keep, .color: for i in values.indices { values[i] = values[i] * gain }
      case .abs, .auto: for i in values.indices { values[i] = abs(values[i] * gain) }
      }
    }
  }

  /// One map in colours; several are averaged first.
  private func colored(_ values: Tensor, _ tally: inout DisplayTally) -> Tensor {
    let shape = values.shape
    var picture = Tensor(shape: Shape(channels: 3, height: shape.height, width: shape.width))
    for i in 0..<shape.planeCount {
      var mean: Float = 0
      for c in 0..<shape.channels {
        mean += values.values[c * shape.planeCount + i] * gain / Float(shape.channels)
      }
      if !mean.isFinite { tally.magenta += 1 }
      let color = mean.isFinite ? ColorMap.rdBu.color(at: 0.5 + mean / limit / 2) : .notFinite
      picture.values[i] = Float(color.red) / 255
      picture.values[shape.planeCount + i] = Float(color.green) / 255
      picture.values[2 * shape.planeCount + i] = Float(color.blue) / 255
    }
    return picture
  }

  /// What the display is called: where nothing is below 0, keep and abs are the same, and `auto` is abs.
  func name(_ tally: DisplayTally) -> String {
    (isChosen || tally.isSigned ? display : .abs).rawValue
  }

  /// What people should know of a shown picture, piece by piece.
  ///
  /// - Parameter channels: of the values.
  func notes(_ tally: DisplayTally, channels: Int) -> [String] {
    if display == .color {
      let mean = channels > 1 ? ", the mean of \(channels) colours" : ""
      let lost = tally.magenta > 0 ? ", \(tally.magenta) that are no numbers magenta" : ""
      return ["blue -\(formatted(limit)) to red \(formatted(limit))\(mean)\(lost)"]
    }
    let showsSizes = display == .abs && tally.isSigned
    var notes = showsSizes ? ["sizes shown"] : display == .offset ? ["0 shown as mid-grey"] : []
    if gain != 1 { notes.append("times \(formatted(gain))") }
    let count = Double(max(tally.values.count, 1))
    if tally.above > 0 { notes.append("\(share(Double(tally.above) / count)) above 1 cut to white") }
    if tally.below > 0 { notes.append("\(share(Double(tally.below) / count)) below 0 cut to black") }
    let largest = max(-(tally.values.minimum ?? 0), tally.values.maximum ?? 0)
    if gain == 1 && showsSizes && largest < 0.5 { notes.append("dark: --gain auto would brighten it") }
    if tally.values.nanCount > 0 { notes.append("\(tally.values.nanCount) NaN shown as black") }
    return notes
  }

  /// Never `0.0 %` for what is there.
  private func share(_ part: Double) -> String {
    part < 0.001 ? "under 0.1 %" : percent(part)
  }
}
