import ArgumentParser
import FeatureMap

/// `featuremap compare`: the maps of two pictures, or of two models, and how they differ.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Show how the feature maps of two pictures, or of two models, differ.",
    discussion: """
      Two pictures go through one model, or one picture through two (--model twice); of two chains with different \
      stages what comes out is compared. For each layer one picture \
      is written: of every channel the first map, the second, and second - first, which is red where the second \
      is larger; of a vector the differences. Printed are the mean of the differences' sizes and the largest of each map, and of the layer. \
      --top-channels and --by choose by the differences: --top-channels 4 shows the four that differ most.

      EXAMPLES:
        featuremap compare shoe.png boot.png --layer conv1
        featuremap compare shoe.png --model lenet --model mine.safetensors --layer conv1
        featuremap compare photo.jpg --model gaussian:sigma=1 --model gaussian:sigma=2 --layer gaussian
        featuremap compare photo.jpg --model sobel --model prewitt
        featuremap compare shoe.png boot.png --layer conv2 --top-channels 4
        featuremap compare shoe.png boot.png --layer fc3 --format json
      """)

  @Argument(help: ArgumentHelp("Two PNG or JPEG files, or one for two models.", valueName: "image"))
  var images: [String]

  @Option(
    help: ArgumentHelp(
      "Layer to compare, repeatable; all for every one. Without: all convolution and pooling layers, all stages of a chain, or of two chains with different stages what comes out.",
      valueName: "name"))
  var layer: [String] = []

  @Option(
    help: ArgumentHelp(
      "A network, a .safetensors file of its weights, or a chain of kernels; twice to compare two. (default: lenet)",
      valueName: "model"))
  var model: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File for the picture of one layer, else a folder. Default: <first>-<second>-<layer>.png here.",
      valueName: "path"))
  var output: String?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  @Option(help: "network, or native for the pictures' own size.")
  var size = InputSize.network

  @Option(
    help: "Whether the network gets the negative: auto, yes or no. At --size native, auto means no.")
  var invert = InvertMode.auto

  @Option(
    help:
      "How a photo is brought to the network: mask (the garment is cut out) or authors (as the data set's).")
  var prepare = GarmentPreparation.mask

  @OptionGroup(title: "Maps") var maps: MapOptions
  @OptionGroup var filters: FilterOptions
  @OptionGroup var grid: GridOptions
  @OptionGroup var terminal: ShowOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var plugins: PluginOptions

  func validate() throws {
    try terminal.check(format)
    let isTwoPictures = images.count == 2 && model.count <= 1
    guard isTwoPictures || images.count == 1 && model.count == 2 else {
      throw ValidationError(
        "compare needs two pictures, or one picture and --model twice; got \(images.count) picture\(images.count == 1 ? "" : "s") and --model \(model.count) times"
      )
    }
    if maps.reduce != nil { throw ValidationError("compare shows channels one by one; leave --reduce out") }
    if [.all, .block].contains(grid.scale) {
      throw ValidationError("--scale of compare is each, layer or a range, got \(grid.scale)")
    }
  }

  func run() throws {
    reading.apply()
    let registry = try makeRegistry(plugins)
    var models = try (model.isEmpty ? ["lenet"] : model).map {
      try Model($0, registry: registry, defaults: filters.defaults)
    }
    for image in images { try InputFiles.checkOne(image) }
    let pairs = try layerPairs(&models)
    let first = try activations(of: pairs.map(\.first), images[0], models[0])
    let second = try activations(of: pairs.map(\.second), images.last ?? images[0], models.last ?? models[0])
    for (pair, (a, b)) in zip(pairs, zip(first, second)) where a.output.shape != b.output.shape {
      throw CommandError.choice(
        "\(pair.name) has shape \(a.output.shape) and \(b.output.shape): maps of different sizes have no difference"
      )
    }
    let outputs = try ComparisonOutputs(output, names: names(models), layers: pairs)
    let read = images + model.flatMap(Model.files)
    for pair in pairs { try OutputPlace.protect(read, from: outputs.path(pair)) }
    let printer = ResultPrinter(outputPath: output)
    var table = ComparisonTable(format: format, printLine: printer)
    if format == .text { printer(headline(models)) }
    var drawings: [String] = []
    for (pair, (a, b)) in zip(pairs, zip(first, second)) {
      try table.add(
        try compare(pair, a.output, b.output, models, to: outputs.path(pair)) { drawings.append($0) })
    }
    try table.finish()
    for drawing in drawings { printer("\n" + drawing) }
  }

  /// Which layer of the first model is compared with which of the second: those of the same name. Two chains
  /// without one are compared by what comes out of them.
  private func layerPairs(_ models: inout [Model]) throws -> [LayerPair] {
    for index in models.indices { models[index] = try models[index].providing(layer) }
    guard let first = models.first, let second = models.last else { return [] }
    if layer.isEmpty, models.count == 2, !first.isNetwork, !second.isNetwork,
      first.network.layerNames != second.network.layerNames, let firstEnd = first.network.nodes.last,
      let secondEnd = second.network.nodes.last
    {
      return [LayerPair(first: firstEnd.name, second: secondEnd.name)]
    }
    return try first.layers(named: layer, size: size).map { LayerPair(first: $0, second: $0) }
  }

  private func activations(
    of layers: [String], _ file: String, _ model: Model
  ) throws -> [LayerActivation] {
    let input = try NetworkInput(
      try reading.load(file), for: model, size: size, invert: invert, preparation: prepare,
      gray: filters.gray)
    return try model.network.activations(of: layers, for: input.tensor)
  }

  /// What the two are called: the pictures' names, or the models'.
  private func names(_ models: [Model]) -> [String] {
    let names =
      images.count == 2 ? images.map(InputFiles.outputBase) : zip(model, models).map(ComparisonOutputs.name)
    return names.count == 2 && names[0] == names[1] ? ["\(names[0])-1", "\(names[1])-2"] : names
  }

  private func headline(_ models: [Model]) -> String {
    images.count == 2
      ? "\(images[1]) less \(images[0]) through \(models[0].network.name)"
      : "\(images[0]) through \(model[1]) less through \(model[0])"
  }

  /// Draws a layer and returns its rows of the table.
  ///
  /// - Parameter show: gets the picture for the terminal, where that is wanted.
  private func compare(
    _ pair: LayerPair, _ first: Tensor, _ second: Tensor, _ models: [Model], to path: String,
    show: (String) -> Void
  ) throws -> [ComparisonRow] {
    let whole = ComparisonGrid(title: "", first: first, second: second).difference
    let chosen = try maps.chosen(of: whole, layer: pair.name)
    let labels = chosen.names(models[0].channelNames(pair.first, count: whole.shape.channels))
    let names = names(models)
    let count = whole.shape.channels
    let comparison = ComparisonGrid(
      title: "\(pair.name)  \(whole.shape)"
        + (chosen.numbers.count < count ? ", \(chosen.numbers.count) of \(count)" : ""),
      first: first.channels(chosen.numbers), second: second.channels(chosen.numbers),
      firstName: names[0], secondName: names[1], scale: grid.scale, colorMap: grid.colormap,
      columns: grid.columns, padding: grid.padding, zoom: grid.zoom, labels: labels)
    try grid.checkSize(values: 3 * comparison.first.shape.count)
    let drawn = comparison.render()
    try save(
      drawn.image, to: path, title: "\(pair.name): \(names[1]) - \(names[0])",
      shape: comparison.first.shape, scale: drawn.scaleText, source: images[0])
    if let drawing = try terminal.drawing(of: drawn.image, grid: comparison.differenceGrid) { show(drawing) }
    let isVector = whole.shape.planeCount == 1
    let rows =
      isVector
      ? []
      : labels.indices.map { index in
        ComparisonRow(
          layer: pair.name, map: labels[index], channel: chosen.numbers[index],
          difference: MapDifference(chosen.maps.plane(index)), file: path)
      }
    let all = isVector ? "\(count) values" : "all \(count)"
    return rows + [
      ComparisonRow(
        layer: pair.name, map: all, channel: nil, difference: MapDifference(whole.values), file: path)
    ]
  }
}

/// A layer of the first model and the one of the second that it is compared with.
struct LayerPair {
  let first: String
  let second: String

  /// `conv1`, or `sobel, prewitt`.
  var name: String { first == second ? first : "\(first), \(second)" }
}

/// Where `compare` writes what.
struct ComparisonOutputs {
  private let output: String?
  private let names: [String]

  /// - Throws: `CommandError` for several layers in one file, or a file that is no picture.
  init(_ output: String?, names: [String], layers: [LayerPair]) throws {
    self.names = names
    self.output = output
    guard let output, !OutputPlace.isFolderPath(output) else { return }
    guard layers.count == 1 else {
      throw CommandError.severalIntoOne(count: layers.count, what: "layers", path: output)
    }
    guard output == standardStreamPath || ImageFormat(path: output) != nil else {
      throw CommandError.unknownFormat(path: output, known: [".png", ".jpg"])
    }
  }

  func path(_ layers: LayerPair) -> String {
    if let output, !OutputPlace.isFolderPath(output) { return output }
    let end = layers.first == layers.second ? "-\(layers.first)" : ""
    return joinPath(output ?? "", "\(names[0])-\(names[1])\(end).png")
  }

  /// What a model is called in names of files: its file's own name, or as it was written, as far as files can be.
  static func name(_ text: String, _ model: Model) -> String {
    if fileExtension(of: text) == "safetensors" { return baseName(of: text) }
    let known = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.=_-")
    return String(text.map { known.contains($0) ? $0 : "-" })
  }
}
