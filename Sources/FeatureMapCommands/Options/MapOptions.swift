import ArgumentParser
import FeatureMap

extension ChannelOrder: ExpressibleByArgument {}
extension ChannelReduction: ExpressibleByArgument {}

/// Which maps of a layer are looked at.
struct MapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only these channels of each layer, in this order.", valueName: "n,n..."),
    transform: MapOptions.numbers)
  var channels: [Int]?

  @Option(help: ArgumentHelp("Only so many channels, those that --by puts first.", valueName: "n"))
  var topChannels: Int?

  @Option(
    help: ArgumentHelp(
      "Sort channels, the largest first, by the mean, the highest value, or the energy (mean square). (default with --top-channels: energy)",
      valueName: "mean|max|energy"))
  var by: ChannelOrder?

  @Option(
    help: ArgumentHelp(
      "Put the channels together: at every place their mean, or the highest value.", valueName: "mean|max"))
  var reduce: ChannelReduction?

  func validate() throws {
    if let topChannels, topChannels < 1 {
      throw ValidationError("--top-channels must be at least 1, got \(topChannels)")
    }
    if channels != nil && topChannels != nil {
      throw ValidationError("--channels and --top-channels both choose channels; give one of them")
    }
  }

  /// `0,3,5`
  @Sendable static func numbers(_ text: String) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let chosen = numbers.compactMap { $0 }
    guard chosen.count == numbers.count, chosen.allSatisfy({ $0 >= 0 }) else {
      throw ValidationError("--channels must be numbers from 0 on, such as 0,3,5, got '\(text)'")
    }
    guard Set(chosen).count == chosen.count else {
      throw ValidationError("--channels names a channel twice: '\(text)'")
    }
    return chosen
  }

  var choice: ChannelChoice {
    ChannelChoice(
      channels: channels, order: by ?? (topChannels == nil ? nil : .energy), count: topChannels,
      reduction: reduce)
  }

  /// What is looked at of a layer.
  ///
  /// - Throws: `CommandError.choice` for a channel that the layer does not have.
  func shown(_ activation: LayerActivation, of network: Network) throws -> ShownLayer {
    ShownLayer(
      name: activation.layer, whole: activation.output,
      chosen: try chosen(of: activation.output, layer: "\(activation.layer) of \(network.name)"))
  }

  /// The maps chosen of a layer that is called `layer` in errors.
  func chosen(of maps: Tensor, layer: String) throws -> ChosenMaps {
    do {
      return try choice.maps(of: maps)
    } catch PictureError.channel(let number, let count) {
      throw CommandError.choice(
        "--channels: \(PictureError.channel(number, count: count)) (\(layer))")
    }
  }
}

/// A layer's output and what of it is looked at.
struct ShownLayer {
  let name: String
  /// All channels.
  let whole: Tensor
  let chosen: ChosenMaps

  var maps: Tensor { chosen.maps }

  /// The values that a scale of the layer covers: those of all channels, or of the one map that they became.
  var values: ValueStatistics { ValueStatistics(chosen.reduction == nil ? whole : maps) }

  private var noun: String { whole.shape.planeCount == 1 ? "values" : "maps" }

  /// `conv1  6x28x28`, and what of it is shown where that is not all.
  var title: String {
    let count = whole.shape.channels
    if let reduction = chosen.reduction {
      return "\(name)  \(maps.shape.extent), \(reduction.rawValue) of \(chosen.numbers.count) maps"
    }
    return "\(name)  \(whole.shape)"
      + (chosen.numbers.count < count ? ", \(chosen.numbers.count) of \(count) \(noun)" : "")
  }
}
