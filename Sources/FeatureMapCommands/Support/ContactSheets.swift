import FeatureMap

/// The contact sheets of `run`: of each picture at once, of each layer when all pictures are done.
struct ContactSheets {
  let kind: RunCommand.SheetKind
  let plan: RunOutputs
  let grid: GridOptions
  let terminal: ShowOptions
  let model: Model
  let printLine: ResultPrinter
  /// Of the layers, row by row.
  private var network: Network { model.network }
  private var sheets: [(layer: String, sheet: ContactSheet)] = []

  /// Rows that a sheet may have: more are some 20,000 pixels.
  private static let mostRows = 300

  init(
    kind: RunCommand.SheetKind, plan: RunOutputs, grid: GridOptions, terminal: ShowOptions, model: Model,
    printLine: ResultPrinter
  ) {
    self.kind = kind
    self.plan = plan
    self.grid = grid
    self.terminal = terminal
    self.model = model
    self.printLine = printLine
  }

  /// Takes a picture in, or writes the sheet of it.
  mutating func add(_ layers: [ShownLayer], _ input: NetworkInput, file: String) throws {
    switch kind {
    case .layer: try addRow(layers, input, file: file)
    case .image: try write(layers, input, file: file)
    }
  }

  /// Writes the layers of one picture: a row for each.
  private func write(_ layers: [ShownLayer], _ input: NetworkInput, file: String) throws {
    let path = plan.path(file, layer: RunOutputs.sheetName)
    let name = fileName(of: file)
    var sheet = ContactSheet(
      title: "\(name) through \(network.name)", columnNames: columns(layers), scale: grid.scale,
      colorMap: grid.colormap)
    let blocks = network.blocks()
    for (index, layer) in layers.enumerated() {
      sheet.rows.append(
        ContactSheet.Row(
          name: layer.name, maps: layer.maps,
          group: grid.scaleGroup(layer.name, blocks: blocks),
          picture: index == 0 ? input.tensor : nil, cellNames: cellNames(layer)))
    }
    let drawing = try write(sheet, to: path, source: file)
    printLine("\(path): \(layers.count) layer\(layers.count == 1 ? "" : "s") of \(file)")
    if let drawing { printLine(drawing) }
  }

  /// A row on the sheet of each layer.
  ///
  /// - Throws: `CommandError.choice` for more pictures than a sheet has room for.
  private mutating func addRow(_ layers: [ShownLayer], _ input: NetworkInput, file: String) throws {
    if sheets.isEmpty {
      sheets = layers.map { layer in
        (
          layer.name,
          ContactSheet(
            title: "\(layer.name) of \(network.name)", columnNames: columns([layer]), scale: grid.scale,
            colorMap: grid.colormap)
        )
      }
    }
    guard (sheets.first?.sheet.rows.count ?? 0) < Self.mostRows else {
      throw CommandError.choice(
        "a sheet has room for \(Self.mostRows) pictures; --sheet image makes one for each")
    }
    for (index, layer) in layers.enumerated() {
      sheets[index].sheet.rows.append(
        ContactSheet.Row(
          name: fileName(of: file), maps: layer.maps, group: grid.scale == .all ? "" : layer.name,
          picture: input.tensor, cellNames: cellNames(layer)))
    }
  }

  /// Writes the sheets of all layers.
  func finish() throws {
    var shared = ValueStatistics()
    for (_, sheet) in sheets { for row in sheet.rows { shared.merge(row.values) } }
    for (layer, sheet) in sheets {
      var sheet = sheet
      if grid.scale == .all { sheet.sharedValues = shared }
      let path = plan.path(RunOutputs.sheetName, layer: layer)
      let drawing = try write(sheet, to: path, source: nil)
      printLine("\(path): \(layer) of \(sheet.rows.count) picture\(sheet.rows.count == 1 ? "" : "s")")
      if let drawing { printLine(drawing) }
    }
  }

  /// - Returns: the sheet for the terminal, where that is wanted.
  private func write(_ sheet: ContactSheet, to path: String, source: String?) throws -> String? {
    let drawn = sheet.render()
    try save(drawn.image, to: path, title: sheet.title, scale: drawn.scaleText, source: source)
    return try terminal.drawing(of: drawn.image)
  }

  /// The names of a vector's values, where it has any.
  private func cellNames(_ layer: ShownLayer) -> [String]? {
    model.channelNames(layer.name, count: layer.whole.shape.channels).map { layer.chosen.names($0) }
  }

  /// The numbers of the channels, where all layers show the same.
  private func columns(_ layers: [ShownLayer]) -> [String] {
    let shown = layers.filter { $0.maps.shape.planeCount > 1 }
    guard let longest = shown.max(by: { $0.chosen.numbers.count < $1.chosen.numbers.count }) else {
      return []
    }
    return longest.chosen.names(model.channelNames(longest.name, count: longest.whole.shape.channels))
  }
}
