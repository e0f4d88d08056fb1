import FeatureMap

/// Pictures of receptive fields.
enum FieldPicture {
  /// The picture with the box, the map with the unit, and the effective field where there is one.
  static func unit(
    _ field: UnitField, picture: Tensor, maps: Tensor, effective: EffectiveField?, modelName: String
  ) -> RasterImage {
    let extent = picture.shape.extent
    var items: [PanelSheet.Item] = [
      .panel(
        Panel(
          title: "input \(picture.shape)", picture: picture.shown, box: field.box, dimsOutside: true,
          captions: boxCaptions(field, extent)))
    ]
    let unit = field.unit
    if field.shape.extent == .one {
      items.append(
        .text(["\(field.layer)", "unit \(field.unitText)", formatted(field.value, significantDigits: 5)]))
    } else {
      let map = maps.channel(unit.channel)
      items.append(
        .panel(
          Panel(
            title: "\(field.layer) channel \(unit.channel)", map: map,
            box: PlaneBox(rows: unit.y..<unit.y + 1, columns: unit.x..<unit.x + 1),
            captions: [
              "row \(unit.y), column \(unit.x): \(formatted(field.value, significantDigits: 5))",
              "map \(map.shape.extent) \(ValueStatistics(map).rangeText)",
            ])))
    }
    // In a large picture a small box shows nothing.
    if let box = field.box, box.rows.count * 8 < extent.height || box.columns.count * 8 < extent.width {
      items.append(
        .panel(
          Panel(
            title: "what it sees", picture: field.patch, view: field.patchView,
            captions: ["\(box.rows.count)x\(box.columns.count)"], target: 224)))
    }
    if let effective { items.append(.panel(heatMap(effective, picture: extent))) }
    return PanelSheet(
      title: "\(modelName)  \(field.layer)  unit \(field.unitText)", rows: [items],
      footer: dimNote(field, extent) + hatchNote([field])
    )
    .render()
  }

  private static func boxCaptions(_ field: UnitField, _ extent: Extent) -> [String] {
    guard let region = field.region else { return ["the unit sees nothing of it"] }
    return [
      "sees rows \(spanText(region.rows)), columns \(spanText(region.columns))",
      "\(region.rows.count)x\(region.columns.count) of \(extent)",
    ]
  }

  /// What the dimming of the picture means, where there is any.
  private static func dimNote(_ field: UnitField, _ picture: Extent) -> [String] {
    guard let box = field.region,
      box.rows.lowerBound > 0 || box.columns.lowerBound > 0 || box.rows.upperBound < picture.height
        || box.columns.upperBound < picture.width
    else { return [] }
    return ["dimmed: not seen"]
  }

  private static func hatchNote(_ fields: [UnitField]) -> [String] {
    let isOver = fields.contains { field in
      guard let region = field.region else { return false }
      return region.rows.count > field.patch.shape.height || region.columns.count > field.patch.shape.width
    }
    return isOver ? ["hatched: beyond the border"] : []
  }

  /// - Parameter picture: what lies beyond it is no value; `nil` for a mean, whose units lie anywhere.
  private static func heatMap(_ effective: EffectiveField, picture: Extent? = nil) -> Panel {
    let way =
      effective.isMeasured
      ? "|change| for small changes" : effective.units > 1 ? "mean |gradient|" : "|gradient|"
    var panel = Panel(
      title: "effective field", map: effective.sizes,
      captions: [
        "\(way) \(ValueStatistics(effective.sizes).rangeText)",
        "\(percent(effective.innerShare)) within the inner half",
      ])
    let region = effective.region
    guard let picture else { return panel }
    func inside(_ range: Range<Int>, _ count: Int) -> Range<Int> {
      let part = range.clamped(to: 0..<count)
      return part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound
    }
    let rows = inside(region.rows, picture.height)
    let columns = inside(region.columns, picture.width)
    guard !rows.isEmpty, !columns.isEmpty else { return panel }
    panel.values = effective.sizes.cropped(rows: rows, columns: columns)
    panel.view = PlaneBox(
      rows: -rows.lowerBound..<region.rows.count - rows.lowerBound,
      columns: -columns.lowerBound..<region.columns.count - columns.lowerBound)
    return panel
  }

  /// The mean effective field of a layer on the size of a unit's box.
  static func mean(_ effective: EffectiveField, layer: String, modelName: String) -> RasterImage {
    let shape = effective.sizes.shape
    let range = ValueRange(covering: ValueStatistics(effective.sizes), symmetric: false)
    return PanelSheet(
      title: "\(modelName)  \(layer)  effective field",
      rows: [[.panel(heatMap(effective))]],
      footer: ["box \(shape.extent), mean over \(effective.units) units"],
      scale: range.map { (.viridis, $0) }
    ).render()
  }

  /// Channels that are drawn of a layer with more.
  private static let mostChannels = 256
  private static let mostRows = 64

  /// For every channel the patch that its strongest unit sees; one where all see the same, as in a linear layer.
  static func patches(_ fields: [UnitField], layer: String, modelName: String) -> RasterImage {
    if let field = common(fields) { return same(field, fields, layer: layer, modelName: modelName) }
    let shown = Array(fields.prefix(mostChannels))
    let columns = shown.count <= 6 ? 3 : shown.count <= 32 ? 6 : 12
    let rows = stride(from: 0, to: shown.count, by: columns).map { start in
      shown[start..<min(start + columns, shown.count)].map { PanelSheet.Item.panel(patch($0, target: 112)) }
    }
    var footer = hatchNote(shown)
    if shown.count < fields.count { footer.append("the first \(shown.count) of \(fields.count) channels") }
    return PanelSheet(
      title: "\(modelName)  \(layer)  what the strongest unit of each channel sees", rows: rows,
      footer: footer
    ).render()
  }

  /// What all units see, where there are several and it is the same for all: the strongest of them.
  private static func common(_ fields: [UnitField]) -> UnitField? {
    guard fields.count > 1, let first = fields.first,
      fields.allSatisfy({ $0.region == first.region && $0.source == first.source })
    else { return nil }
    return fields.max { $0.value < $1.value }
  }

  /// One picture of what all units see.
  private static func same(
    _ strongest: UnitField, _ fields: [UnitField], layer: String, modelName: String
  ) -> RasterImage {
    let isWhole = strongest.patch.shape.extent == strongest.picture
    let units = strongest.shape.extent == .one ? "units" : "strongest units"
    let values = ValueStatistics(fields.map(\.value)).rangeText
    return PanelSheet(
      title: "\(modelName)  \(layer)  what its units see",
      rows: [
        [
          .panel(Panel(title: "input", picture: strongest.patch, view: strongest.patchView)),
          .text([
            "all \(fields.count) \(units) see the \(isWhole ? "whole input" : "same")", "values \(values)",
            "the strongest is \(strongest.unitText)",
          ]),
        ]
      ], footer: hatchNote(fields)
    ).render()
  }

  /// A row for each channel with its strongest patches of many pictures.
  static func strongest(_ channels: [[UnitField]], layer: String, modelName: String) -> RasterImage {
    let fields = channels.flatMap { $0 }
    if let field = common(fields) { return same(field, fields, layer: layer, modelName: modelName) }
    let shown = Array(channels.prefix(mostRows))
    let rows = shown.enumerated().map { channel, fields in
      [PanelSheet.Item.text(["ch \(channel)"])] + fields.map { .panel(patch($0, target: 80, isShort: true)) }
    }
    var footer = hatchNote(shown.flatMap { $0 })
    if shown.count < channels.count {
      footer.append("the first \(shown.count) of \(channels.count) channels")
    }
    return PanelSheet(
      title: "\(modelName)  \(layer)  what excites each channel most", rows: rows, footer: footer
    ).render()
  }

  private static func patch(_ field: UnitField, target: Int, isShort: Bool = false) -> Panel {
    let value = formatted(field.value)
    return Panel(
      title: isShort ? value : "ch \(field.unit.channel): \(value)", picture: field.patch,
      view: field.patchView,
      captions: isShort || field.shape.extent == .one ? [] : ["at \(field.unit.y),\(field.unit.x)"],
      target: target)
  }
}
