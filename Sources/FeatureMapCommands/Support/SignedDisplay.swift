import ArgumentParser
import FeatureMap

/// How a filter's values, which may be negative, become a picture.
enum SignedDisplay: String, ExpressibleByArgument, CaseIterable {
  /// The size of each value.
  case abs
  /// Zero becomes mid-grey: 0.5 + v / 2.
  case offset
  /// Negative blue, positive red, zero white; the scale is symmetric and goes to the largest value.
  case color
  /// As they are.
  case keep

  /// Values ready for a picture, and what people should know of them.
  struct Shown {
    let tensor: Tensor
    /// For the row that is printed; empty when nothing was changed or lost.
    let note: String
    /// For the picture's text chunk.
    let description: String
  }

  func shown(_ values: Tensor, gain: Float) -> Shown {
    let scaled = gain == 1 ? values : values.map { $0 * gain }
    let statistics = ValueStatistics(scaled)
    let isSigned = (statistics.minimum ?? 0) < 0
    switch self {
    case .abs:
      return finish(isSigned ? scaled.map { Swift.abs($0) } : scaled, isSigned ? "sizes shown" : "", gain)
    case .offset: return finish(scaled.map { 0.5 + $0 / 2 }, "0 shown as mid-grey", gain)
    case .keep: return finish(scaled, "", gain)
    case .color: return colored(scaled, statistics)
    }
  }

  private func finish(_ tensor: Tensor, _ change: String, _ gain: Float) -> Shown {
    var notes = change.isEmpty ? [] : [change]
    if gain != 1 { notes.append("times \(formatted(gain))") }
    let count = Double(max(tensor.values.count, 1))
    // Rounding of sums may pass 1 by less than anyone can see.
    let above = tensor.values.reduce(0) { $0 + ($1 > 1.002 ? 1 : 0) }
    let below = tensor.values.reduce(0) { $0 + ($1 < -0.002 ? 1 : 0) }
    if above > 0 { notes.append("\(percent(Double(above) / count)) above 1 cut to white") }
    if below > 0 { notes.append("\(percent(Double(below) / count)) below 0 cut to black") }
    let noNumbers = ValueStatistics(tensor).nanCount
    if noNumbers > 0 { notes.append("\(noNumbers) NaN shown as black") }
    return Shown(
      tensor: tensor, note: notes.isEmpty ? "" : "; " + notes.joined(separator: ", "),
      description: ([rawValue] + notes).joined(separator: ", "))
  }

  /// One map in colours; several are averaged first.
  private func colored(_ values: Tensor, _ statistics: ValueStatistics) -> Shown {
    let shape = values.shape
    let limit = max(
      Swift.abs(statistics.minimum ?? 0), Swift.abs(statistics.maximum ?? 0), .leastNormalMagnitude)
    var picture = Tensor(shape: Shape(channels: 3, height: shape.height, width: shape.width))
    for i in 0..<shape.planeCount {
      var sum: Float = 0
      for c in 0..<shape.channels { sum += values.values[c * shape.planeCount + i] }
      let color = ColorMap.rdBu.color(at: 0.5 + sum / Float(shape.channels) / (2 * limit))
      for (c, level) in [color.red, color.green, color.blue].enumerated() {
        picture.values[c * shape.planeCount + i] = Float(level) / 255
      }
    }
    let mean = shape.channels > 1 ? ", the mean of \(shape.channels) colours" : ""
    let note = "blue -\(formatted(limit)) to red \(formatted(limit))\(mean)"
    return Shown(tensor: picture, note: "; " + note, description: "color, " + note)
  }
}
