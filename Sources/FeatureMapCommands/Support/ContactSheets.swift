import FeatureMap

/// The contact sheets of `run`: of each picture at once, of each layer when all pictures are done.
struct ContactSheets {
  let grid: GridOptions
  let terminal: ShowOptions
  let network: Network
  private var sheets: [(layer: String, sheet: ContactSheet)] = []

  /// Rows that a sheet may have: more are some 20,000 pixels.
  private static let mostRows = 300

  init(grid: GridOptions, terminal: ShowOptions, network: Network) {
    self.grid = grid
    self.terminal = terminal
    self.network = network
  }

  /// Writes the layers of one picture: a row for each.
  func write(
    _ layers: [ShownLayer], _ input: NetworkInput, file: String, to path: String, _ printLine: ResultPrinter
  ) throws {
    let name = fileName(of: file)
    var sheet = ContactSheet(
      title: "\(name) through \(network.name)", columnNames: Self.columns(layers), scale: grid.scale,
      colorMap: grid.colormap)
    let blocks = network.blocks()
    for (index, layer) in layers.enumerated() {
      sheet.rows.append(
        ContactSheet.Row(
          name: layer.name, maps: layer.maps,
          group: grid.scale == .all
            ? "" : grid.scale == .block ? blocks[layer.name] ?? layer.name : layer.name,
          picture: index == 0 ? input.tensor : nil))
    }
    let drawing = try write(sheet, to: path, source: file)
    printLine("\(path): \(layers.count) layers of \(file)")
    if let drawing { printLine(drawing) }
  }

  /// Takes a picture in: a row on the sheet of each layer.
  ///
  /// - Throws: `CommandError.choice` for more pictures than a sheet has room for.
  mutating func add(_ layers: [ShownLayer], _ input: NetworkInput, file: String) throws {
    if sheets.isEmpty {
      sheets = layers.map { layer in
        (
          layer.name,
          ContactSheet(
            title: "\(layer.name) of \(network.name)", columnNames: Self.columns([layer]), scale: grid.scale,
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
          picture: input.tensor))
    }
  }

  /// Writes the sheets of all layers.
  func writeLayers(_ printLine: ResultPrinter, path: (String) -> String) throws {
    var shared = ValueStatistics()
    for (_, sheet) in sheets { for row in sheet.rows { shared.merge(row.values) } }
    for (layer, sheet) in sheets {
      var sheet = sheet
      if grid.scale == .all { sheet.sharedValues = shared }
      let drawing = try write(sheet, to: path(layer), source: nil)
      printLine("\(path(layer)): \(layer) of \(sheet.rows.count) picture\(sheet.rows.count == 1 ? "" : "s")")
      if let drawing { printLine(drawing) }
    }
  }

  /// - Returns: the sheet for the terminal, where that is wanted.
  private func write(_ sheet: ContactSheet, to path: String, source: String?) throws -> String? {
    let drawn = sheet.render()
    try save(drawn.image, to: path, title: sheet.title, scale: drawn.scaleText, source: source)
    return try terminal.drawing(of: drawn.image)
  }

  /// The numbers of the channels, where all layers show the same.
  private static func columns(_ layers: [ShownLayer]) -> [String] {
    let shown = layers.filter { $0.maps.shape.planeCount > 1 }
    guard let longest = shown.max(by: { $0.chosen.numbers.count < $1.chosen.numbers.count }) else {
      return []
    }
    return longest.chosen.names()
  }
}
