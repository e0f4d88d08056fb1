import TensorCore

/// What channels are sorted by, the largest first.
public enum ChannelOrder: String, Sendable, CaseIterable {
  /// The mean value.
  case mean
  /// The highest value.
  case max
  /// The mean of the squares, which counts negative values as well.
  case energy

  func key(_ map: MapStatistics) -> Double? {
    switch self {
    case .mean: map.mean
    case .max: map.maximum.map(Double.init)
    case .energy: map.energy
    }
  }
}

/// How the channels of a layer become one map.
public enum ChannelReduction: String, Sendable, CaseIterable {
  /// At every place the mean of the channels.
  case mean
  /// At every place the highest value of any channel.
  case max
}

/// Which of a layer's channels are looked at, in which order, and whether as one map.
public struct ChannelChoice: Sendable, Equatable {
  /// The numbers of the channels in the order wanted; `nil` for all.
  public var channels: [Int]?
  /// Sorts them, the largest first; equal ones by number, those without a finite value last.
  public var order: ChannelOrder?
  /// Keeps so many of the first.
  public var count: Int?
  /// Makes one map of what is chosen; vectors stay as they are.
  public var reduction: ChannelReduction?

  public init(
    channels: [Int]? = nil, order: ChannelOrder? = nil, count: Int? = nil, reduction: ChannelReduction? = nil
  ) {
    self.channels = channels
    self.order = order
    self.count = count
    self.reduction = reduction
  }

  /// Whether every channel is looked at as it is.
  public var isEverything: Bool { self == ChannelChoice() }

  /// The maps chosen of one example [1, channels, height, width].
  ///
  /// - Throws: `PictureError.channel` for a number that the layer does not have.
  public func maps(of layer: Tensor) throws -> ChosenMaps {
    var numbers = channels ?? Array(0..<layer.shape.channels)
    if let missing = numbers.first(where: { !(0..<layer.shape.channels).contains($0) }) {
      throw PictureError.channel(missing, count: layer.shape.channels)
    }
    if let order { numbers = sorted(numbers, of: layer, by: order) }
    if let count { numbers = Array(numbers.prefix(count)) }
    let maps = numbers == Array(0..<layer.shape.channels) ? layer : layer.channels(numbers)
    guard let reduction, layer.shape.planeCount > 1, !numbers.isEmpty else {
      return ChosenMaps(maps: maps, numbers: numbers, reduction: nil)
    }
    return ChosenMaps(maps: reduced(maps, by: reduction), numbers: numbers, reduction: reduction)
  }

  private func sorted(_ numbers: [Int], of layer: Tensor, by order: ChannelOrder) -> [Int] {
    let keys = numbers.map { order.key(MapStatistics(layer.plane($0))) ?? -.infinity }
    return numbers.indices.sorted {
      (keys[$1], numbers[$0]) < (keys[$0], numbers[$1])
    }.map { numbers[$0] }
  }

  private func reduced(_ maps: Tensor, by reduction: ChannelReduction) -> Tensor {
    let shape = maps.shape
    var result = Array(maps.plane(0))
    for channel in 1..<max(1, shape.channels) {
      for (i, value) in maps.plane(channel).enumerated() {
        switch reduction {
        case .mean: result[i] += value
        // NaN stays to be seen: a comparison with it is false.
        case .max: result[i] = result[i] >= value || result[i].isNaN ? result[i] : value
        }
      }
    }
    if reduction == .mean { result = result.map { $0 / Float(shape.channels) } }
    return Tensor(
      shape: Shape(channels: 1, height: shape.height, width: shape.width), values: result)
  }
}

/// The maps of a choice and what they are called.
public struct ChosenMaps: Sendable, Equatable {
  /// [1, chosen, height, width], or one map where they were put together.
  public let maps: Tensor
  /// The channels chosen, by their numbers in the layer.
  public let numbers: [Int]
  /// How they became one map; `nil` where they did not.
  public let reduction: ChannelReduction?

  /// What a map is called: `ch 3`, the name that its channel has, or `mean of 6 maps`.
  ///
  /// - Parameter names: of the layer's channels.
  public func names(_ names: [String]? = nil) -> [String] {
    if let reduction {
      return ["\(reduction.rawValue) of \(numbers.count) map\(numbers.count == 1 ? "" : "s")"]
    }
    return numbers.map { number in
      if let names, names.indices.contains(number), !names[number].isEmpty { return names[number] }
      return maps.shape.planeCount == 1 ? "\(number)" : "ch \(number)"
    }
  }
}
