import TensorCore

extension Explanation: Encodable {
  private enum Key: String, CodingKey {
    case layer, kind, unit, inputs, value, reason, sums, combination, window, features, bias, activation
    case input, logits, source, parts, step, isPartial, total, counted, winner
  }

  /// `{layer, kind, unit: [c, y, x], inputs, value, reason, ...}`; `reason` says which further fields there are:
  /// `weighted-sums` has `sums` and `combination`, `maximum` and `mean` have `window`, `features` has `features`
  /// and `bias`, `activation` has `activation` and `input`, `softmax` has `logits`, `sum` and `copy` have `source`,
  /// `sensitivity` has `parts`, `step` and `isPartial`. `total` is computed from what is listed.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(layer, forKey: .layer)
    try values.encode(kind, forKey: .kind)
    try values.encode(shape.extent == .one ? [unit.channel] : unit.coordinates, forKey: .unit)
    try values.encode(inputs, forKey: .inputs)
    try values.encode(JSONNumber(value), forKey: .value)
    try values.encode(reason.name, forKey: .reason)
    try values.encodeIfPresent(total.map { JSONNumber(Float($0)) }, forKey: .total)
    switch reason {
    case .weightedSums(let sums, let combination):
      try values.encode(sums, forKey: .sums)
      try values.encode(combination.rawValue, forKey: .combination)
    case .largest(let pooled), .mean(let pooled):
      try values.encode(ChannelWindow(pooled.channel, pooled.window, nil, nil), forKey: .window)
      try values.encodeIfPresent(pooled.winnerPlace?.coordinates, forKey: .winner)
      if pooled.winner == nil { try values.encode(pooled.counted, forKey: .counted) }
    case .features(let sum):
      try values.encode(sum.terms, forKey: .features)
      try values.encodeIfPresent(sum.bias.map(JSONNumber.init), forKey: .bias)
    case .activation(let name, let input):
      try values.encode(name, forKey: .activation)
      try values.encode(JSONNumber(input), forKey: .input)
    case .softmax(let logits): try values.encode(logits.map(JSONNumber.init), forKey: .logits)
    case .added(let sources): try values.encode(sources, forKey: .source)
    case .copied(let source): try values.encode([source], forKey: .source)
    case .sensitivity(let sensitivity):
      try values.encode(
        sensitivity.parts.map { ChannelWindow($0.channel, $0.window, nil, $0.derivatives) }, forKey: .parts)
      try values.encode(sensitivity.step, forKey: .step)
      try values.encode(sensitivity.isPartial, forKey: .isPartial)
    }
  }
}

extension Explanation {
  /// What the listed terms amount to; `nil` where the reason is no formula.
  public var total: Double? {
    switch reason {
    case .weightedSums(let sums, let combination): return combination(sums.map(\.total))
    case .largest(let pooled): return pooled.winner.map { Double(pooled.window.values[$0]) }
    case .mean(let pooled): return pooled.sum / Double(pooled.counted)
    case .features(let sum): return sum.total
    case .activation(let name, let input): return activated(name, Double(input))
    case .softmax(let logits): return softmaxShares(logits)[unit.channel]
    case .added(let sources): return sources.reduce(0) { $0 + Double($1.value) }
    case .copied(let source): return Double(source.value)
    case .sensitivity: return nil
    }
  }
}

extension Explanation.Reason {
  /// What it is called in JSON.
  public var name: String {
    switch self {
    case .weightedSums: "weighted-sums"
    case .largest: "maximum"
    case .mean: "mean"
    case .features: "features"
    case .activation: "activation"
    case .softmax: "softmax"
    case .added: "sum"
    case .copied: "copy"
    case .sensitivity: "sensitivity"
    }
  }
}

extension PooledWindow {
  public var sum: Double { window.values.reduce(0) { $0 + Double($1) } }

  /// The place on the map that won a maximum.
  public var winnerPlace: UnitPosition? {
    winner.map { UnitPosition(channel: channel, y: window.places[$0].y, x: window.places[$0].x) }
  }
}

/// e^logit / sum of e^logit, computed from differences to the largest so that nothing overflows.
public func softmaxShares(_ logits: [Float]) -> [Double] {
  let largest = Double(logits.max() ?? 0)
  let powers = logits.map { exponential(Double($0) - largest) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}

/// The formula of an activation; `nil` for an unknown one.
private func activated(_ name: String, _ x: Double) -> Double? {
  switch name {
  case "sigmoid": 1 / (1 + exponential(-x))
  case "relu": max(0, x)
  case "tanh": 2 / (1 + exponential(-2 * x)) - 1
  default: nil
  }
}

extension UnitPosition {
  /// [channel, row, column]
  public var coordinates: [Int] { [channel, y, x] }
}

/// A number as JSON, which has none for NaN and infinities: `null` for these.
private struct JSONNumber: Encodable {
  let value: Float

  init(_ value: Float) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
  }
}

/// A channel's window as rows of numbers; `virtual` lists the [row, column] of places beyond the border.
private struct ChannelWindow: Encodable {
  let channel: Int
  let first: [Int]
  let values: [[JSONNumber]]
  let weights: [[JSONNumber]]?
  let products: [[JSONNumber]]?
  let sum: JSONNumber?
  let derivatives: [[JSONNumber]]?
  let virtual: [[Int]]

  init(_ channel: Int, _ window: WindowValues, _ term: WindowTerm?, _ derivatives: [Float]?) {
    func rows(_ values: [Float]) -> [[JSONNumber]] {
      let width = max(1, window.extent.width)
      return stride(from: 0, to: values.count, by: width).map { values[$0..<$0 + width].map(JSONNumber.init) }
    }
    self.channel = channel
    first = window.places.first.map { [$0.y, $0.x] } ?? []
    values = rows(window.values)
    weights = term.map { rows($0.weights) }
    products = term.map { rows($0.products) }
    sum = term.map { JSONNumber(Float($0.sum)) }
    self.derivatives = derivatives.map(rows)
    virtual = window.places.filter(\.isVirtual).map { [$0.y, $0.x] }
  }
}

extension WeightedSum: Encodable {
  private enum Key: String, CodingKey { case name, terms, bias, total }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encodeIfPresent(name, forKey: .name)
    try values.encode(terms.map { ChannelWindow($0.channel, $0.window, $0, nil) }, forKey: .terms)
    try values.encodeIfPresent(bias.map(JSONNumber.init), forKey: .bias)
    try values.encode(JSONNumber(Float(total)), forKey: .total)
  }
}

extension FeatureSum.Term: Encodable {
  private enum Key: String, CodingKey { case index, value, weight, product, origin }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(index, forKey: .index)
    try values.encode(JSONNumber(value), forKey: .value)
    try values.encode(JSONNumber(weight), forKey: .weight)
    try values.encode(JSONNumber(product), forKey: .product)
    try values.encodeIfPresent(origin, forKey: .origin)
  }
}

extension InputValue: Encodable {
  private enum Key: String, CodingKey { case layer, unit, value }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(layer, forKey: .layer)
    try values.encode(unit.coordinates, forKey: .unit)
    try values.encode(JSONNumber(value), forKey: .value)
  }
}
