import FeatureMap

/// For every channel of a layer the units of many pictures with the largest values, one of each picture.
struct StrongestUnits {
  let network: Network
  let layer: String
  /// How many of a channel.
  let count: Int
  /// By channel, the strongest first.
  private(set) var channels: [[UnitField]] = []

  init(_ network: Network, _ layer: String, count: Int) {
    self.network = network
    self.layer = layer
    self.count = count
  }

  /// Takes pictures in: a batch as the network gets it, and what each is called.
  ///
  /// - Throws: what the network throws; `CommandError.choice` for maps with another number of channels than before.
  mutating func add(_ batch: Tensor, names: (Int) -> String) throws {
    let output = try network.activations(of: [layer], for: batch)[0].output
    if channels.isEmpty { channels = Array(repeating: [], count: output.shape.channels) }
    guard channels.count == output.shape.channels else {
      throw CommandError.choice(
        "\(names(0)) gives \(output.shape.channels) channels, the pictures before \(channels.count); use --gray"
      )
    }
    for example in 0..<batch.shape.batch {
      for channel in channels.indices {
        guard let unit = output.peak(channel: channel, example: example) else { continue }
        let value = output[example, unit.channel, unit.y, unit.x]
        let place = channels[channel].firstIndex { $0.value < value } ?? channels[channel].count
        guard place < count else { continue }
        let field = try UnitField(
          names(example), network, layer, unit, output: output.examples(example..<example + 1),
          input: batch.examples(example..<example + 1))
        channels[channel].insert(field, at: place)
        if channels[channel].count > count { channels[channel].removeLast() }
      }
    }
  }
}
