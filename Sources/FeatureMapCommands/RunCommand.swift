import ArgumentParser
import FeatureMap

/// `featuremap run`: the feature maps of layers as pictures or numbers.
struct RunCommand: ParsableCommand {
  /// What is written of the maps, or, with `--stats`, how their numbers are printed.
  enum Output: String, ExpressibleByArgument, CaseIterable {
    case png
    case npy
    case safetensors
    case text
    case json
    case jsonl
    case csv

    /// How a table is printed; `nil` for files.
    var table: TableFormat? { TableFormat(rawValue: rawValue) }
  }

  /// What a contact sheet is of.
  enum SheetKind: String, ExpressibleByArgument, CaseIterable {
    /// One layer: a row for each picture.
    case layer
    /// One picture: a row for each layer.
    case image
  }

  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Draw the feature maps that layers of a network, or stages of a filter chain, make of pictures.",
    discussion: """
      Writes one grid for each layer and picture, and what the network saw. Signed maps are red and blue \
      around a white zero, others viridis; the range is printed under each map. A network gets the picture \
      as its data set shows things (28x28, light on dark for lenet); --size native runs its convolutional \
      part on the picture at its own size.

      --stats prints the numbers of each map instead: least and greatest value, mean, standard deviation, share \
      of zeros. Pictures are then written only where -o, --overlay, --histograms, --show or --format asks for them. A layer without width and height is one map.

      EXAMPLES:
        featuremap run shoe.png --layer conv1
        featuremap run shoe.png --layer all -o maps/
        featuremap run photo.jpg --layer conv1 --size native -o conv1.png
        featuremap run photo.jpg --model "gaussian:sigma=2,sobel" --layer all
        featuremap run shoe.png --layer conv1 --layer sigmoid1 --layer pool1 --scale block
        featuremap run shoe.png --layer conv2 --top-channels 8 --by mean
        featuremap run shoe.png --layer conv2 --reduce max
        featuremap run shoe.png --layer conv1 --stats --format csv
        featuremap run photo.jpg --layer pool1 --size native --overlay
        featuremap run photos/ --layer conv1 --sheet layer -o sheets/
        featuremap run shoe.png --layer conv1 --format npy
      """)

  @Argument(help: ArgumentHelp("PNG or JPEG files or folders; - is standard input.", valueName: "image"))
  var images: [String]

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Layer to show, repeatable; all for every one. Without: all convolution and pooling layers, or all stages of a chain.",
      valueName: "name"))
  var layer: [String] = []

  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File for one picture of one layer, else a folder. Default: <image>-<layer>.png here.",
      valueName: "path"))
  var output: String?

  @Option(
    help: "png for pictures, npy or safetensors for the values; with --stats also text, json, jsonl or csv.")
  var format: Output?

  @Flag(help: "Print the numbers of each map.")
  var stats = false

  @Flag(help: "Draw a histogram of each map as well: <image>-<layer>-histogram.png.")
  var histograms = false

  @Flag(help: "Draw the maps over the input, each value where it looked. Layers without places as ever.")
  var overlay = false

  @Option(
    help: ArgumentHelp(
      "Contact sheets of small maps instead of grids: one for each layer with a row for every picture, or one for each image with a row for every layer; classes have their names.",
      valueName: "layer|image"))
  var sheet: SheetKind?

  @OptionGroup(title: "Maps") var maps: MapOptions

  @Option(help: "network, or native for the picture's own size.")
  var size = InputSize.network

  @Option(
    help: "Whether the network gets the negative: auto, yes or no. At --size native, auto means no.")
  var invert = InvertMode.auto

  @Option(
    help:
      "How a photo is brought to the network: mask (the garment is cut out) or authors (as the data set's).")
  var prepare = GarmentPreparation.mask

  @OptionGroup var filters: FilterOptions
  @OptionGroup var grid: GridOptions
  @OptionGroup var terminal: ShowOptions
  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    try terminal.check(format?.table)
    if histograms, sheet != nil || (format != nil && format != .png && format?.table == nil) {
      throw ValidationError("--histograms are pictures beside the grids; leave --sheet and --format out")
    }
    if sheet != nil, overlay || (format != nil && format != .png) {
      throw ValidationError("--sheet draws small maps as png; leave --overlay and --format out")
    }
    if sheet != nil, grid.zoom != nil || grid.columns != nil {
      throw ValidationError(
        "--sheet draws small maps, a row for each layer or picture; leave --zoom and --columns out")
    }
    if sheet != nil, maps.topChannels != nil || maps.by != nil {
      throw ValidationError("--sheet has a column for each channel; choose channels with --channels")
    }
    if let format, format.table != nil, !stats {
      throw ValidationError(
        "--format \(format.rawValue) is for --stats; pictures are png, values npy or safetensors")
    }
  }

  func run() throws {
    reading.apply()
    let model = try Model(
      self.model.model, registry: try makeRegistry(plugins), defaults: filters.defaults
    )
    .providing(layer)
    let layers = try model.layers(named: layer, size: size)
    let files = InputFiles.distinct(try InputFiles.expand(images))
    let plan = try RunOutputs(
      output: output, format: format?.table == nil ? format : nil, images: files, layers: layers,
      sheet: sheet, histograms: histograms, isNetwork: model.isNetwork,
      alsoRead: Model.files(named: self.model.model))
    if terminal.isWanted, plan.format != .png {
      throw CommandError.choice("--show draws pictures; \(plan.format.rawValue) files hold values")
    }
    let printer = ResultPrinter(outputPath: output)
    var sheets = sheet.map {
      ContactSheets(
        kind: $0, plan: plan, grid: grid, terminal: terminal, model: model, printLine: printer)
    }
    var table = StatisticsTable(format: format?.table ?? .text, printLine: printer)
    let failed = InputFiles.forEachReporting(files) { file in
      let image = try reading.load(file)
      let input = try NetworkInput(
        image, for: model, size: size, invert: invert, preparation: prepare, gray: filters.gray)
      let shown = try model.network.activations(of: layers, for: input.tensor).map {
        try maps.shown($0, of: model.network)
      }
      try sheets?.add(shown, input, file: file)
      let written = writesGrids ? try write(shown, input, model, file, plan) : nil
      let note = input.decisions.isEmpty ? "" : ", \(input.decisions)"
      let headline = "\(file): \(image.width)x\(image.height) through \(model.network.name)\(note)"
      if let written, table.isText { printer("\(headline)\n\(written.text)") }
      if stats {
        try table.add(
          shown, file: file, names: { names($0, model) }, headline: written == nil ? headline : "")
      }
    }
    try sheets?.finish()
    if stats { try table.finish() }
    if failed { throw ExitCode.failure }
  }

  /// With `--stats` files are written only where something asks for them.
  private var writesGrids: Bool {
    if sheet != nil { return false }
    let asksForValues = format != nil && format?.table == nil
    return !stats || output != nil || asksForValues || histograms || overlay || terminal.isWanted
  }

  /// What was written, and the pictures of it for the terminal.
  private struct Written {
    var table = TextTable([("layer", .left), ("shape", .left), ("range", .left), ("file", .left)])
    var drawings: [String] = []

    var text: String { table.text + drawings.map { "\n\n" + $0 }.joined() }

    mutating func add(_ layer: String, _ maps: Tensor, _ path: String) {
      table.rows.append([layer, "\(maps.shape)", ValueStatistics(maps).rangeText, path])
    }
  }

  /// Writes pictures or values.
  private func write(
    _ layers: [ShownLayer], _ input: NetworkInput, _ model: Model, _ file: String, _ plan: RunOutputs
  ) throws -> Written {
    var written = Written()
    switch plan.format {
    case .npy: try writeArrays(layers, file, plan, &written)
    case .safetensors:
      let path = plan.path(file, layer: RunOutputs.fileLayer(layers.map(\.name)))
      try OutputPlace.prepare(path)
      try writeFile(try safetensors(layers, model, input, file), to: path)
      for layer in layers { written.add(layer.name, layer.maps, path) }
    default: try writePictures(layers, input, model, file, plan, &written)
    }
    return written
  }

  /// A grid for each layer, and what the network saw.
  private func writePictures(
    _ layers: [ShownLayer], _ input: NetworkInput, _ model: Model, _ file: String, _ plan: RunOutputs,
    _ written: inout Written
  ) throws {
    if let path = plan.inputPath(file) {
      try save(
        input.grid().render().image, to: path, title: "input of \(model.network.name)",
        shape: input.tensor.shape, scale: "0,1", source: file)
      written.add(Network.inputName, input.tensor, path)
    }
    let shared = grid.sharedValues(of: layers, in: model.network)
    let fields = model.network.receptiveFields()
    for layer in layers {
      let path = plan.path(file, layer: layer.name)
      try grid.checkSize(values: layer.maps.shape.count)
      let drawn = FeatureMapGrid(
        title: layer.title, maps: layer.maps, scale: grid.scale, colorMap: grid.colormap,
        columns: grid.columns, padding: grid.padding, zoom: grid.zoom,
        labels: layer.chosen.names(names(layer, model)), sharedValues: shared[layer.name],
        overlay: overlay ? MapOverlay(input.tensor, fields[layer.name]) : nil
      )
      let result = drawn.render()
      try save(
        result.image, to: path, title: "\(layer.name) of \(model.network.name)", shape: layer.maps.shape,
        scale: result.scaleText, source: file)
      if let drawing = try terminal.drawing(of: result.image, grid: overlay ? nil : drawn) {
        written.drawings.append(drawing)
      }
      written.add(layer.name, layer.maps, path)
      if histograms { try writeHistograms(layer, model, shared[layer.name], file, plan, &written) }
    }
  }

  private func writeHistograms(
    _ layer: ShownLayer, _ model: Model, _ shared: ValueStatistics?, _ file: String, _ plan: RunOutputs,
    _ written: inout Written
  ) throws {
    let path = plan.path(file, layer: RunOutputs.histogramPart(layer.name))
    let drawn = HistogramGrid(
      title: layer.title, maps: layer.maps, scale: grid.scale, colorMap: grid.colormap, columns: grid.columns,
      padding: grid.padding, labels: layer.chosen.names(names(layer, model)), sharedValues: shared
    ).render()
    try save(
      drawn.image, to: path, title: "histograms of \(layer.name) of \(model.network.name)",
      shape: layer.maps.shape, scale: drawn.scaleText, source: file)
    written.add(layer.name, layer.maps, path)
    if let drawing = try terminal.drawing(of: drawn.image) { written.drawings.append(drawing) }
  }

  /// The values of each layer: [channels, height, width], or [features].
  private func writeArrays(
    _ layers: [ShownLayer], _ file: String, _ plan: RunOutputs, _ written: inout Written
  ) throws {
    for layer in layers {
      let path = plan.path(file, layer: layer.name)
      try OutputPlace.prepare(path)
      let shape = layer.maps.shape
      let sizes = shape.extent == .one ? [shape.channels] : [shape.channels, shape.height, shape.width]
      try writeFile(encodeNPY(dimensions: sizes, values: layer.maps.values), to: path)
      written.add(layer.name, layer.maps, path)
    }
  }

  private func names(_ layer: ShownLayer, _ model: Model) -> [String]? {
    model.channelNames(layer.name, count: layer.whole.shape.channels)
  }

  private func safetensors(
    _ layers: [ShownLayer], _ model: Model, _ input: NetworkInput, _ file: String
  ) throws -> [UInt8] {
    let captured = [(Network.inputName, input.tensor)] + layers.map { ($0.name, $0.maps) }
    let arrays = captured.map { name, maps in
      let shape = maps.shape
      return NamedArray(
        name: name,
        dimensions: shape.extent == .one
          ? [shape.batch, shape.channels] : [shape.batch, shape.channels, shape.height, shape.width],
        values: maps.values)
    }
    return try Safetensors(
      arrays: arrays,
      metadata: [
        "program": "featuremap \(programVersion)", "network": model.network.name,
        "source": fileName(of: file),
      ]
    ).encoded()
  }
}
