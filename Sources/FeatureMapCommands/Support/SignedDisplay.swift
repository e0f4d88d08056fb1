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
}
