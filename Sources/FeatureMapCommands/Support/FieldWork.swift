import ArgumentParser
import FeatureMap

/// What `receptive-field` does with pictures.
struct FieldWork {
  let model: Model
  /// With softmax where that is asked for.
  let network: Network
  let layer: String
  let unit: UnitOptions
  let input: PictureInputOptions
  let gray: Bool
  let showsEffective: Bool
  let top: Int
  let reading: ReadingOptions
  let output: String?
  let format: TableFormat

  private var printLine: ResultPrinter { ResultPrinter(outputPath: output) }

  /// One unit, or the whole layer, of one picture.
  func picture(_ file: String) throws {
    let seen = try input.input(try reading.load(file), for: model, gray: gray)
    let maps = try network.activations(of: [layer], for: seen.tensor)[0].output
    if unit.unit == nil && !unit.peak {
      try wholeLayer(file, seen, maps)
    } else {
      try oneUnit(file, seen, maps)
    }
  }

  private func oneUnit(_ file: String, _ seen: NetworkInput, _ maps: Tensor) throws {
    let place = try unit.chosen(network, layer, maps)
    let field = try UnitField(file, network, layer, place, output: maps, input: seen.tensor)
    let effective =
      showsEffective ? try network.effectiveField(of: place, in: layer, for: seen.tensor) : nil
    let path = goal(file)
    try saveField(
      FieldPicture.unit(
        field, picture: seen.tensor, maps: maps, effective: effective, modelName: network.name),
      to: path, file, shape: maps.shape)
    try report([(field, effective?.innerShare)]) {
      let note = seen.decisions.isEmpty ? "" : ", \(seen.decisions)"
      printLine("\(file): \(seen.tensor.shape) through \(network.name)\(note)")
      printLine("\(layer) unit \(field.unitText): \(formatted(field.value, significantDigits: 5))")
      printLine("sees \(field.boxText(picture: seen.tensor.shape.extent))")
      for line in try windowLines(place, seen.tensor.shape) { printLine(line) }
      if let effective {
        printLine(
          "effective field: \(percent(effective.innerShare)) within the inner half of the box, \(percent(effective.evenShare)) if it were even\(effective.isMeasured ? "; measured by small changes" : "")"
        )
      }
      printLine(path)
    }
  }

  /// What the unit reads of the layers before.
  private func windowLines(_ place: UnitPosition, _ shape: Shape) throws -> [String] {
    let node = try network.node(named: layer)
    return zip(node.inputs, try network.windows(of: place, in: layer, input: shape)).compactMap {
      name, region in
      guard name != Network.inputName, let region else { return nil }
      return
        "reads of \(name): channels \(spanText(region.channels))"
        + (region.rows.count == 1 && network.isVector(name, shape)
          ? "" : ", rows \(spanText(region.rows)), columns \(spanText(region.columns))")
    }
  }

  private func wholeLayer(_ file: String, _ seen: NetworkInput, _ maps: Tensor) throws {
    let path = goal(file)
    if showsEffective {
      let effective = try network.meanEffectiveField(in: layer, for: seen.tensor)
      try saveField(
        FieldPicture.mean(effective, layer: layer, modelName: network.name), to: path, file, shape: maps.shape
      )
      return try reportMean(MeanFieldRow(file: file, layer: layer, effective), effective, path)
    }
    var strongest = StrongestUnits(network, layer, count: 1)
    try strongest.add(seen.tensor) { _ in file }
    let fields = strongest.channels.compactMap(\.first)
    guard !fields.isEmpty else {
      throw CommandError.choice("layer '\(layer)' has no largest value: none of its values is a number")
    }
    try saveField(
      FieldPicture.patches(fields, layer: layer, modelName: network.name), to: path, file, shape: maps.shape)
    try reportLayer(fields, path)
  }

  private func reportMean(_ row: MeanFieldRow, _ effective: EffectiveField, _ path: String) throws {
    switch format {
    case .text:
      printLine(
        "\(layer): box \(effective.sizes.shape.extent), \(percent(effective.innerShare)) of the mean of \(effective.units) units within the inner half, \(percent(effective.evenShare)) if it were even"
      )
      printLine(path)
    case .json: printLine(try json([row], pretty: true))
    case .jsonl: printLine(try json(row, pretty: false))
    case .csv:
      printLine(MeanFieldRow.csvHeader)
      printLine(row.csv)
    }
  }

  /// The strongest units of many pictures, files and IDX files.
  func strongest(_ files: [String]) throws {
    var found = StrongestUnits(network, layer, count: top)
    var pictures = 0
    let failed = InputFiles.forEachReporting(files) { file in
      if Self.isIDX(file) {
        pictures += try addSet(file, &found)
      } else {
        let seen = try input.input(try reading.load(file), for: model, gray: gray)
        try found.add(seen.tensor) { _ in file }
        pictures += 1
      }
    }
    let path = output ?? "\(layer)-strongest.png"
    let fields = found.channels.flatMap { $0 }
    if !fields.isEmpty {
      try saveField(
        FieldPicture.strongest(found.channels, layer: layer, modelName: network.name), to: path, nil,
        shape: fields[0].shape)
      printSummary(pictures)
      try reportLayer(fields, path)
    }
    if failed { throw ExitCode.failure }
  }

  private func printSummary(_ pictures: Int) {
    if format == .text { printLine("\(network.name): \(layer) on \(grouped(pictures)) pictures") }
  }

  /// Puts all pictures of an IDX file through the network.
  private func addSet(_ file: String, _ found: inout StrongestUnits) throws -> Int {
    let set = try LabelledImages(imagesFile: file)
    let shape = Shape(channels: 1, height: set.height, width: set.width)
    if let wanted = network.inputShape, wanted != shape {
      throw NetworkError.inputShape(got: "\(shape)", expected: "\(wanted)", network: network.name)
    }
    for start in stride(from: 0, to: set.count, by: 64) {
      try found.add(set.batch(Array(start..<min(start + 64, set.count)))) {
        "\(fileName(of: file)) \(start + $0)"
      }
    }
    return set.count
  }

  /// Whether a file is one of many pictures, by its name.
  static func isIDX(_ path: String) -> Bool { fileName(of: path).contains("idx3-ubyte") }

  private func goal(_ file: String) -> String {
    output ?? "\(InputFiles.outputBase(file))-\(layer)-field.png"
  }

  private func saveField(_ image: RasterImage, to path: String, _ file: String?, shape: Shape) throws {
    try save(
      image, to: path, title: "receptive field of \(layer) of \(network.name)", shape: shape, source: file)
  }

  private func reportLayer(_ fields: [UnitField], _ path: String) throws {
    try report(fields.map { ($0, nil) }) {
      var table = TextTable([
        ("channel", .right), ("value", .right), ("at", .left), ("rows", .left), ("columns", .left),
        ("picture", .left),
      ])
      for field in fields {
        table.rows.append([
          "\(field.unit.channel)", formatted(field.value),
          field.shape.extent == .one ? "" : "\(field.unit.y),\(field.unit.x)",
          field.region.map { spanText($0.rows) } ?? "", field.region.map { spanText($0.columns) } ?? "",
          field.source,
        ])
      }
      printLine(table.text)
      printLine(path)
    }
  }

  private func report(
    _ fields: [(field: UnitField, innerShare: Double?)], text: () throws -> Void
  ) throws {
    let rows = fields.map { UnitFieldRow($0.field, innerShare: $0.innerShare) }
    switch format {
    case .text: try text()
    case .json: printLine(try json(rows, pretty: true))
    case .jsonl: for row in rows { printLine(try json(row, pretty: false)) }
    case .csv:
      printLine(UnitFieldRow.csvHeader)
      for row in rows { printLine(row.csv) }
    }
  }
}
