import ArgumentParser
import FeatureMap

/// How a filter's values, which may be negative, become a picture.
enum SignedDisplay: String, ExpressibleByArgument, CaseIterable {
  /// `keep` for filters that leave an even picture as it is, such as sharpen; `abs` for all others.
  case auto
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

  /// The display that `auto` means for a chain, itself for all others.
  func resolved(for network: Network, channels: Int) -> SignedDisplay {
    guard self == .auto else { return self }
    let field = network.nodes.last.flatMap { network.receptiveFields()[$0.name] } ?? .input
    let side = 2 * max(field.size.height, field.size.width) + 1
    guard !field.isGlobal, side <= 1024 else { return .abs }
    let even = Tensor(shape: Shape(channels: channels, height: side, width: side), repeating: 0.5)
    guard let answer = try? network(even), answer.shape.count > 0 else { return .abs }
    let middle = answer[0, 0, answer.shape.height / 2, answer.shape.width / 2]
    return Swift.abs(middle - 0.5) < 0.25 ? .keep : .abs
  }

  /// - Parameter gain: factor for the values; `nil` makes the largest value that is shown 1.
  func shown(_ values: Tensor, gain: Float?) -> Shown {
    let gain = gain ?? automaticGain(ValueStatistics(values))
    let scaled = gain == 1 ? values : values.map { $0 * gain }
    let statistics = ValueStatistics(scaled)
    let isSigned = (statistics.minimum ?? 0) < 0
    switch self {
    case .auto, .abs:
      return finish(isSigned ? scaled.map { Swift.abs($0) } : scaled, isSigned ? "sizes shown" : "", gain)
    case .offset: return finish(scaled.map { 0.5 + $0 / 2 }, "0 shown as mid-grey", gain)
    case .keep: return finish(scaled, "", gain)
    case .color: return colored(scaled, statistics)
    }
  }

  private func automaticGain(_ statistics: ValueStatistics) -> Float {
    let low = statistics.minimum ?? 0
    let high = statistics.maximum ?? 0
    let largest = self == .keep ? high : max(-low, high)
    return largest > 0 ? 1 / largest : 1
  }

  private func finish(_ tensor: Tensor, _ change: String, _ gain: Float) -> Shown {
    var notes = change.isEmpty ? [] : [change]
    if gain != 1 { notes.append("times \(formatted(gain))") }
    let count = Double(max(tensor.values.count, 1))
    // Rounding of sums may pass 1 by less than anyone can see.
    let above = tensor.values.reduce(0) { $0 + ($1 > 1.002 ? 1 : 0) }
    let below = tensor.values.reduce(0) { $0 + ($1 < -0.002 ? 1 : 0) }
    if above > 0 { notes.append("\(share(Double(above) / count)) above 1 cut to white") }
    if below > 0 { notes.append("\(share(Double(below) / count)) below 0 cut to black") }
    let largest = ValueStatistics(tensor).maximum ?? 0
    if gain == 1 && self == .abs && !change.isEmpty && largest < 0.5 {
      notes.append("dark: --gain auto would brighten it")
    }
    let noNumbers = ValueStatistics(tensor).nanCount
    if noNumbers > 0 { notes.append("\(noNumbers) NaN shown as black") }
    return Shown(
      tensor: tensor, note: notes.isEmpty ? "" : "; " + notes.joined(separator: ", "),
      description: ([rawValue] + notes).joined(separator: ", "))
  }

  /// Never `0.0 %` for what is there.
  private func share(_ part: Double) -> String {
    part < 0.001 ? "under 0.1 %" : percent(part)
  }

  /// One map in colours; several are averaged first.
  private func colored(_ values: Tensor, _ statistics: ValueStatistics) -> Shown {
    let shape = values.shape
    let limit = max(
      Swift.abs(statistics.minimum ?? 0), Swift.abs(statistics.maximum ?? 0), .leastNormalMagnitude)
    var picture = Tensor(shape: Shape(channels: 3, height: shape.height, width: shape.width))
    var notFinite = 0
    for i in 0..<shape.planeCount {
      var mean: Float = 0
      for c in 0..<shape.channels {
        mean += values.values[c * shape.planeCount + i] / Float(shape.channels)
      }
      if !mean.isFinite { notFinite += 1 }
      let color = mean.isFinite ? ColorMap.rdBu.color(at: 0.5 + mean / limit / 2) : .notFinite
      picture.values[i] = Float(color.red) / 255
      picture.values[shape.planeCount + i] = Float(color.green) / 255
      picture.values[2 * shape.planeCount + i] = Float(color.blue) / 255
    }
    let mean = shape.channels > 1 ? ", the mean of \(shape.channels) colours" : ""
    let lost = notFinite > 0 ? ", \(notFinite) that are no numbers magenta" : ""
    let note = "blue -\(formatted(limit)) to red \(formatted(limit))\(mean)\(lost)"
    return Shown(tensor: picture, note: "; " + note, description: "color, " + note)
  }
}
