import FeatureMap

/// An explanation as a picture: windows, kernels and products as panels with their numbers, features as bars.
struct ExplanationPicture {
  let explanation: Explanation
  let classes: [String]
  let top: Int?

  /// More channels than these, the strongest, would make a picture nobody can take in.
  private static let mostChannels = 16

  private var title: String {
    let index = explanation.unit.channel
    let name =
      explanation.shape.extent == .one && index < classes.count ? " (\(classes[index]))" : ""
    let unit = explanation.unit.text(in: explanation.shape)
    return "\(explanation.layer)  \(explanation.kind)  unit \(unit)\(name) = \(number(explanation.value))"
  }

  private func number(_ value: Double) -> String { formatted(value, significantDigits: 5) }
  private func number(_ value: Float) -> String { formatted(value, significantDigits: 5) }

  func render() -> RasterImage {
    switch explanation.reason {
    case .weightedSums(let sums, let combination): return weighted(sums, combination)
    case .largest(let pooled), .mean(let pooled): return pooling(pooled)
    case .features(let sum): return features(sum)
    case .activation(let name, let input):
      return bars([explanation.inputs.first ?? "input", "\(name) of it"], [input, explanation.value], [])
    case .softmax(let logits): return softmax(logits)
    case .added(let values):
      return bars(values.map(\.layer) + ["sum"], values.map(\.value) + [explanation.value], [])
    case .copied(let value):
      return bars(["\(value.layer) \(value.unit)"], [value.value], ["the same value in another place"])
    case .sensitivity(let found): return sensitivity(found)
    }
  }

  /// `pool1 `, or nothing for the picture.
  private var layerName: String {
    explanation.inputs.first.map { $0 == Network.inputName ? "" : "\($0) " } ?? ""
  }

  private func weighted(_ sums: [WeightedSum], _ combination: Explanation.Combination) -> RasterImage {
    let all = sums.flatMap(\.terms)
    let windows = scale(all.flatMap { $0.window.values })
    let weights = symmetric(all.flatMap(\.weights))
    let products = symmetric(all.flatMap(\.products))
    let cell = all.reduce(Self.leastCell) { max($0, cellSize($1.window.values), cellSize($1.products)) }
    var rows: [[PanelSheet.Item]] = []
    var footer: [String] = []
    for sum in sums {
      let order = sum.terms.indices.sorted {
        (abs(sum.terms[$0].sum), $1) > (abs(sum.terms[$1].sum), $0)
      }
      let chosen = order.prefix(min(top ?? Self.mostChannels, Self.mostChannels)).sorted()
      for index in chosen {
        let term = sum.terms[index]
        let name = sum.name.map { "\($0): " } ?? ""
        rows.append([
          .panel(
            panel(
              "\(name)\(layerName)channel \(term.channel)", term.window, term.window.values, windows,
              cell: cell)),
          .sign("x"), .panel(panel("kernel", term.window, term.weights, weights, cell: cell)), .sign("="),
          .panel(panel("products", term.window, term.products, products, cell: cell)),
          .text(["sum \(number(term.sum))"]),
        ])
      }
      if chosen.count < sum.terms.count {
        let others = sum.terms.indices.filter { !chosen.contains($0) }
        footer.append(
          "the strongest \(chosen.count) of \(sum.terms.count) channels; the sum of the others is \(number(others.reduce(0) { $0 + sum.terms[$1].sum }))"
        )
      }
      let bias = sum.bias.map { " + bias \(number($0))" } ?? ""
      footer.append(
        "\(sum.name.map { "\($0): " } ?? "")sum of all products\(bias) = \(number(sum.total))")
    }
    if combination != .single {
      let formula =
        combination == .angle ? "atan2(y, x)" : combination == .length ? "sqrt(x^2 + y^2)" : "|x| + |y|"
      footer.append("\(formula) = \(number(explanation.value))")
    }
    if all.contains(where: { $0.window.places.contains(where: \.isVirtual) }) {
      footer.append("hatched: beyond the border")
    }
    return PanelSheet(title: title, rows: tellingColors(rows), footer: footer).render()
  }

  /// The side of a cell in pixels, and of one with more digits than usual.
  private static let leastCell = 36
  private static let mostCell = 60

  private func cellSize(_ values: [Float]) -> Int {
    Panel.cellSize(for: values, least: Self.leastCell, most: Self.mostCell)
  }

  /// The rows with the values at the ends of the colours under the panels of the last, whose columns share them.
  private func tellingColors(_ rows: [[PanelSheet.Item]]) -> [[PanelSheet.Item]] {
    guard let last = rows.last else { return rows }
    return rows.dropLast() + [
      last.map { item in
        guard case .panel(var panel) = item, let range = panel.range else { return item }
        panel.captions.append("colours \(formatted(range.lowerBound)) to \(formatted(range.upperBound))")
        return .panel(panel)
      }
    ]
  }

  private typealias Scale = (map: ColorMap, range: ValueRange?)

  /// The colours of a picture of 0...1 are grey, of other values those of maps, from 0, so that values that are
  /// nearly equal look so.
  private func scale(_ values: [Float]) -> Scale {
    let statistics = ValueStatistics(values)
    if explanation.inputs.first == Network.inputName, (statistics.minimum ?? 0) >= 0,
      (statistics.maximum ?? 0) <= 1
    {
      return (.gray, ValueRange(0, 1))
    }
    if (statistics.minimum ?? 0) < 0 { return symmetric(values) }
    let largest = statistics.maximum ?? 0
    return (.viridis, largest > 0 ? ValueRange(0, largest) : nil)
  }

  private func symmetric(_ values: [Float]) -> Scale {
    (.rdBu, ValueRange(covering: ValueStatistics(values), symmetric: true))
  }

  private func panel(
    _ title: String, _ window: WindowValues, _ values: [Float], _ scale: Scale, winner: Int? = nil,
    cell: Int = leastCell
  ) -> Panel {
    let extent = window.extent
    let hatched = title == "kernel" ? [] : window.places.indices.filter { window.places[$0].isVirtual }
    return Panel(
      title: title,
      values: Tensor(shape: Shape(channels: 1, height: extent.height, width: extent.width), values: values),
      colorMap: title == "kernel" ? .brBG : scale.map, range: scale.range,
      box: winner.map { index in
        PlaneBox(
          rows: index / extent.width..<index / extent.width + 1,
          columns: index % extent.width..<index % extent.width + 1)
      }, isNumbered: true, hatched: Set(hatched),
      target: min(560, max(120, max(extent.width, extent.height) * cell)))
  }

  private func pooling(_ pooled: PooledWindow) -> RasterImage {
    let window = pooled.window
    let text =
      pooled.winnerPlace.map { ["largest: row \($0.y), column \($0.x)", number(explanation.value)] }
      ?? ["sum \(number(pooled.sum))", "/ \(pooled.counted) values", "= \(number(explanation.value))"]
    return PanelSheet(
      title: title,
      rows: tellingColors([
        [
          .panel(
            panel(
              "\(explanation.inputs.first ?? "") channel \(pooled.channel)", window, window.values,
              scale(window.values), winner: pooled.winner, cell: cellSize(window.values))), .text(text),
        ]
      ]), footer: window.places.contains(where: \.isVirtual) ? ["hatched: beyond the border"] : []
    ).render()
  }

  private func sensitivity(_ found: Sensitivity) -> RasterImage {
    let values = scale(found.parts.flatMap(\.window.values))
    let changes = symmetric(found.parts.flatMap(\.derivatives))
    let cell = found.parts.reduce(Self.leastCell) { max($0, cellSize($1.window.values)) }
    return PanelSheet(
      title: title,
      rows: tellingColors(
        found.parts.map { part in
          [
            .panel(panel("channel \(part.channel)", part.window, part.window.values, values, cell: cell)),
            .panel(panel("sensitivity", part.window, part.derivatives, changes, cell: cell)),
          ]
        }),
      footer: [
        "no weighted sum: change of the result for a change of a value by 1, measured with +-\(number(found.step))"
      ]
        + (found.parts.contains { $0.window.places.contains(where: \.isVirtual) }
          ? ["hatched: beyond the border, copies that change with the values inside"] : [])
        + (found.isPartial ? ["it may depend on more values than these; shown is the neighbourhood"] : [])
    ).render()
  }

  private func features(_ sum: FeatureSum) -> RasterImage {
    let shown = sum.strongest.prefix(min(top ?? 20, 60))
    let names = shown.map { term in
      let origin = term.origin.map { " (\($0.layer) \($0.unit))" } ?? ""
      return "\(term.index)\(origin): \(formatted(term.value)) x \(formatted(term.weight))"
    }
    let listed = shown.reduce(0.0) { $0 + Double($1.value) * Double($1.weight) }
    let others = sum.total - Double(sum.bias ?? 0) - listed
    let more = sum.terms.count - shown.count
    let bias = sum.bias.map { [("bias", $0)] } ?? []
    let rest = (more > 0 ? [("the other \(grouped(more))", Float(others))] : []) + bias
    return bars(
      names + rest.map(\.0), shown.map(\.product) + rest.map(\.1),
      ["the bars are products of value x weight; they add up to \(number(sum.total))"])
  }

  private func softmax(_ logits: [Float]) -> RasterImage {
    let shares = softmaxShares(logits)
    let names = logits.indices.map { index in
      "\(index < classes.count ? classes[index] : "\(index)"), \(percent(shares[index], digits: 2))"
    }
    return bars(names, logits, ["the bars are the logits; the share of each is e^logit / sum of e^logit"])
  }

  private func bars(_ names: [String], _ values: [Float], _ notes: [String]) -> RasterImage {
    BarSheet(title: title, names: names, values: values, notes: notes).render()
  }
}
