import FeatureMap

/// An explanation as text for a terminal.
struct ExplanationText {
  let explanation: Explanation
  /// Names of the values of a vector; empty where there are none.
  let classes: [String]
  let top: Int?
  /// Characters in a row.
  let width: Int

  init(_ explanation: Explanation, classes: [String], top: Int?, width: Int) {
    self.explanation = explanation
    self.classes = classes
    self.top = top
    self.width = max(40, width)
  }

  var text: String { ([headline] + body).joined(separator: "\n") }

  private var unitText: String { explanation.unit.text(in: explanation.shape) }

  /// `conv1 (conv 5x5 pad 2), channel 0, row 14, column 9: -3.21`
  private var headline: String {
    let unit = explanation.unit
    var place = "channel \(unit.channel), row \(unit.y), column \(unit.x)"
    if explanation.shape.extent == .one {
      place =
        unit.channel < classes.count ? "\(unit.channel), \(classes[unit.channel])" : "unit \(unit.channel)"
    }
    return "\(explanation.layer) (\(explanation.kind)), \(place): \(number(explanation.value))"
  }

  private var body: [String] {
    switch explanation.reason {
    case .weightedSums(let sums, let combination): weighted(sums, combination)
    case .largest(let pooled): pooling(pooled)
    case .mean(let pooled): pooling(pooled)
    case .features(let sum): features(sum)
    case .activation(let name, let input): activation(name, input)
    case .softmax(let logits): softmax(logits)
    case .added(let values): added(values)
    case .copied(let value): ["", "the value of \(value.layer) \(value.unit), as it is"]
    case .sensitivity(let sensitivity): self.sensitivity(sensitivity)
    }
  }

  func number(_ value: Double) -> String { formatted(value, significantDigits: 5) }
  func number(_ value: Float) -> String { formatted(value, significantDigits: 5) }

}

// Weighted sums.
extension ExplanationText {
  private static let mostChannels = 16
  /// Wider windows are not printed as squares of numbers.
  private static let largestWindow = 15

  private func weighted(_ sums: [WeightedSum], _ combination: Explanation.Combination) -> [String] {
    var lines: [String] = []
    for sum in sums { lines += [""] + terms(sum) }
    guard combination != .single else { return lines }
    let names = sums.map { $0.name ?? "" }
    let totals = sums.map { number($0.total) }
    let (formula, filled): (String, String)
    switch combination {
    case .angle:
      (formula, filled) = ("atan2(y, x)", "atan2(\(totals[1]), \(totals[0]))")
    case .absoluteSum:
      formula = names.map { "|\($0)|" }.joined(separator: " + ")
      filled = totals.map { "|\($0)|" }.joined(separator: " + ")
    default:
      formula = "sqrt(\(names.map { "\($0)^2" }.joined(separator: " + ")))"
      filled = "sqrt(\(totals.map { $0.hasPrefix("-") ? "(\($0))^2" : "\($0)^2" }.joined(separator: " + ")))"
    }
    return lines + ["", "\(formula) = \(filled) = \(number(explanation.value))"]
  }

  /// The channels' windows, and how they add up.
  private func terms(_ sum: WeightedSum) -> [String] {
    let limit = top ?? Self.mostChannels
    let chosen = Set(
      sum.terms.indices.sorted { (abs(sum.terms[$0].sum), $1) > (abs(sum.terms[$1].sum), $0) }.prefix(limit))
    var lines: [String] = []
    for (index, term) in sum.terms.enumerated() where chosen.contains(index) {
      if !lines.isEmpty { lines.append("") }
      lines += window(term, sum.name)
    }
    let rest = sum.terms.indices.filter { !chosen.contains($0) }
    if !rest.isEmpty {
      let total = rest.reduce(0) { $0 + sum.terms[$1].sum }
      lines += ["", "the other \(grouped(rest.count)) channels together: \(number(total))"]
    }
    return lines + ["", addition(sum)]
  }

  /// `sum -0.25 + 1.5, bias 0.1: total 1.35`
  private func addition(_ sum: WeightedSum) -> String {
    let name = sum.name.map { "\($0) = " } ?? ""
    let bias = sum.bias.map { " + bias \(number($0))" } ?? ""
    if sum.terms.count == 1 {
      return "\(name)sum \(number(sum.terms[0].sum))\(bias)\(bias.isEmpty ? "" : " = \(number(sum.total))")"
    }
    let sums =
      sum.terms.count <= Self.mostChannels
      ? sum.terms.map { number($0.sum) }.joined(separator: " + ") : "sum of \(sum.terms.count) channels"
    return wrapped("\(name)\(sums)\(bias) = \(number(sum.total))", width: width)
  }

  private func window(_ term: WindowTerm, _ name: String?) -> [String] {
    let extent = term.window.extent
    let source = explanation.inputs.first ?? ""
    let first = term.window.places.first
    let head =
      "\(source) channel \(term.channel), \(extent) from row \(first?.y ?? 0), column \(first?.x ?? 0)"
      + (name.map { ": \($0)" } ?? "")
    guard max(extent.height, extent.width) <= Self.largestWindow else {
      return [head] + largestProducts(term)
    }
    let blocks = [
      NumberBlock("window", term.window.values, extent.width, virtual: term.window.places.map(\.isVirtual)),
      NumberBlock("kernel", term.weights, extent.width),
      NumberBlock("products, sum \(number(term.sum))", term.products, extent.width),
    ]
    return [head] + arranged(blocks, signs: ["x", "="])
  }

  /// Blocks side by side as far as the row is wide enough.
  private func arranged(_ blocks: [NumberBlock], signs: [String]) -> [String] {
    func joined(_ some: ArraySlice<NumberBlock>) -> [String] {
      guard var lines = some.first?.lines else { return [] }
      let middle = (lines.count - 1) / 2 + 1
      for index in some.indices.dropFirst() {
        for row in lines.indices {
          let sign = row == min(middle, lines.count - 1) ? signs[index - 1] : " "
          lines[row] += " \(sign) " + some[index].lines[row]
        }
      }
      return lines.map { line in
        var line = line
        while line.hasSuffix(" ") { line.removeLast() }
        return line
      }
    }
    func fits(_ some: ArraySlice<NumberBlock>) -> Bool {
      some.reduce(0) { $0 + $1.width } + 3 * (some.count - 1) <= width
    }
    for split in [blocks.count, blocks.count - 1, 1] where fits(blocks[..<split]) {
      var lines = joined(blocks[..<split])
      for index in split..<blocks.count {
        var part = joined(blocks[index...index])
        part[0] = "\(signs[index - 1]) \(part[0])"
        lines += part.enumerated().map { $0 == 0 ? $1 : "  " + $1 }
      }
      return lines
    }
    return blocks.flatMap(\.lines)
  }

  private func largestProducts(_ term: WindowTerm) -> [String] {
    let products = term.products
    let order = products.indices.sorted { (abs(products[$0]), $1) > (abs(products[$1]), $0) }
    let shown = order.prefix(top ?? 10)
    var table = TextTable([
      ("row,column", .left), ("value", .right), ("weight", .right), ("product", .right),
    ])
    for index in shown {
      let place = term.window.places[index]
      table.rows.append([
        place.isVirtual ? "(\(place.y),\(place.x))" : "\(place.y),\(place.x)",
        number(term.window.values[index]), number(term.weights[index]), number(products[index]),
      ])
    }
    let rest = order.dropFirst(shown.count).reduce(0.0) {
      $0 + Double(term.window.values[$1]) * Double(term.weights[$1])
    }
    return [table.text, "the other \(grouped(order.count - shown.count)) products together: \(number(rest))"]
  }
}

// Everything else.
extension ExplanationText {
  private func pooling(_ pooled: PooledWindow) -> [String] {
    let window = pooled.window
    let block = NumberBlock(
      "window", window.values, window.extent.width, virtual: window.places.map(\.isVirtual),
      marked: pooled.winner)
    let first = window.places.first
    let head =
      "\(explanation.inputs.first ?? "") channel \(pooled.channel), \(window.extent) from row "
      + "\(first?.y ?? 0), column \(first?.x ?? 0)"
    var lines = ["", head]
    let range = ValueStatistics(window.values).rangeText
    lines +=
      block.width <= width
      ? block.lines.map(trimmed)
      : ["\(grouped(window.values.count)) values \(range), too many to print"]
    if let place = pooled.winnerPlace, let winner = pooled.winner {
      lines.append("winner: row \(place.y), column \(place.x) with \(number(window.values[winner]))")
    } else {
      lines.append(
        "sum \(number(pooled.sum)) / \(pooled.counted) = \(number(pooled.sum / Double(pooled.counted)))")
    }
    return lines
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  private func features(_ sum: FeatureSum) -> [String] {
    let shown = sum.strongest.prefix(top ?? 10)
    let hasOrigin = sum.terms.contains { $0.origin != nil }
    var table = TextTable(
      [("input", .right)] + (hasOrigin ? [("from", .left)] : [])
        + [("value", .right), ("weight", .right), ("product", .right)])
    for term in shown {
      table.rows.append(
        ["\(term.index)"] + (hasOrigin ? [term.origin.map { "\($0.layer) \($0.unit)" } ?? ""] : [])
          + [number(term.value), number(term.weight), number(term.product)])
    }
    let strong = shown.reduce(0.0) { $0 + Double($1.value) * Double($1.weight) }
    let rest = sum.total - Double(sum.bias ?? 0) - strong
    var lines = ["", "the strongest of \(grouped(sum.terms.count)) inputs", table.text, ""]
    let others = sum.terms.count - shown.count
    let bias = sum.bias.map { " + bias \(number($0))" } ?? ""
    let other = others > 0 ? " + the other \(grouped(others)) inputs \(number(rest))" : ""
    lines.append(wrapped("these \(number(strong))\(other)\(bias) = \(number(sum.total))", width: width))
    return lines
  }

  private func activation(_ name: String, _ input: Float) -> [String] {
    let x = number(input)
    let formula =
      switch name {
      case "sigmoid": "sigmoid(x) = 1 / (1 + e^-x)"
      case "relu": "relu(x) = max(0, x)"
      case "tanh": "tanh(x) = (e^x - e^-x) / (e^x + e^-x)"
      default: name
      }
    return [
      "", "\(explanation.inputs.first ?? "") has x = \(x) there", "\(formula) = \(number(explanation.value))",
    ]
  }

  private func softmax(_ logits: [Float]) -> [String] {
    let shares = softmaxShares(logits)
    let largest = logits.max() ?? 0
    var table = TextTable(
      [("class", .left), ("logit", .right), ("e^(logit - \(number(largest)))", .right), ("share", .right)])
    let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
    let best = shares.max() ?? 1
    for index in order.prefix(top ?? 20) {
      let name = index < classes.count ? "\(index) \(classes[index])" : "\(index)"
      table.rows.append([
        index == explanation.unit.channel ? "> \(name)" : "  \(name)", number(logits[index]),
        number(shares[index] / best), percent(shares[index], digits: 2),
      ])
    }
    return [
      "",
      "e^(logit - largest) / sum of e^(logit - largest) over all \(grouped(logits.count)); the sum is \(number(1 / best))",
      table.text,
    ]
  }

  private func added(_ values: [InputValue]) -> [String] {
    var table = TextTable([("from", .left), ("value", .right)])
    for value in values { table.rows.append([value.layer, number(value.value)]) }
    table.rows.append(["sum", number(explanation.total ?? 0)])
    return ["", table.text]
  }

  private func sensitivity(_ found: Sensitivity) -> [String] {
    var lines = [
      "",
      wrapped(
        "This kernel is no weighted sum. Sensitivity, measured: how much the result changes for each 1 that a value changes, from changes by \(number(found.step)) up and down.",
        width: width),
    ]
    if found.isPartial {
      lines.append(
        wrapped("It may depend on more values than these; shown is the neighbourhood.", width: width))
    }
    for part in found.parts {
      let extent = part.window.extent
      let first = part.window.places.first
      lines += [
        "",
        "\(explanation.inputs.first ?? "") channel \(part.channel), \(extent) from row \(first?.y ?? 0), column \(first?.x ?? 0)",
      ]
      let blocks = [
        NumberBlock("values", part.window.values, extent.width, virtual: part.window.places.map(\.isVirtual)),
        NumberBlock("sensitivity", part.derivatives, extent.width),
      ]
      if extent.width <= Self.largestWindow {
        lines += arranged(blocks, signs: [" "])
      } else {
        lines.append("\(extent.count) values, too many to print; --format json lists them")
      }
    }
    if found.parts.contains(where: { $0.window.places.contains { $0.isVirtual && $0.source != nil } }) {
      lines += ["", "In brackets: beyond the border, copies that change with the values inside."]
    }
    if found.parts.allSatisfy({ $0.derivatives.allSatisfy { $0 == 0 } }) {
      lines += ["", "No such change of a single one of these values changes the result."]
    }
    return lines
  }
}
