import ArgumentParser
import FeatureMap

/// `featuremap run`: the feature maps of layers as pictures or numbers.
struct RunCommand: ParsableCommand {
  enum Output: String, ExpressibleByArgument, CaseIterable {
    case png
    case npy
    case safetensors
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

      EXAMPLES:
        featuremap run shoe.png --layer conv1
        featuremap run shoe.png --layer all -o maps/
        featuremap run photo.jpg --layer conv1 --size native -o conv1.png
        featuremap run photo.jpg --model "gaussian:sigma=2,sobel" --layer all
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

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File for one picture of one layer, else a folder. Default: <image>-<layer>.png here.",
      valueName: "path"))
  var output: String?

  @Option(help: "png for pictures, npy or safetensors for the values.")
  var format: Output?

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
  @OptionGroup var reading: ReadingOptions

  func run() throws {
    reading.apply()
    let model = try Model(self.model.model, registry: try makeRegistry(), defaults: filters.defaults)
    let layers = try chosenLayers(model)
    let files = try InputFiles.expand(images)
    let plan = try RunOutputs(
      output: output, format: format, images: files, layers: layers, isNetwork: model.isNetwork,
      alsoRead: Model.files(named: self.model.model))
    let printLine = ResultPrinter(outputPath: output)
    try InputFiles.forEach(files) { file in
      try show(file, model, layers, plan, printLine)
    }
  }

  /// The layers asked for, in the order of the network.
  private func chosenLayers(_ model: Model) throws -> [String] {
    let network = model.network
    let usable = size == .native ? network.convolutionalPart : network.nodes
    if layer.isEmpty {
      let shown = usable.filter { !model.isNetwork || $0.kernel is Convolution2D || $0.kernel is Pooling2D }
      return shown.map(\.name)
    }
    for name in layer where name != "all" {
      _ = try network.node(named: name)
      guard usable.contains(where: { $0.name == name }) else {
        throw CommandError.layerNeedsFixedSize(
          name, model: network.name, available: usable.map(\.name))
      }
    }
    return layer.contains("all") ? usable.map(\.name) : network.layerNames.filter(layer.contains)
  }

  private func show(
    _ file: String, _ model: Model, _ layers: [String], _ plan: RunOutputs, _ printLine: ResultPrinter
  ) throws {
    let image = try reading.load(file)
    let input = try NetworkInput(
      image, for: model, size: size, invert: invert, preparation: prepare, gray: filters.gray)
    let activations = try model.network.activations(of: layers, for: input.tensor)
    var table = TextTable([("layer", .left), ("shape", .left), ("range", .left), ("file", .left)])
    switch plan.format {
    case .png: try writePictures(activations, input, model, file, plan, &table)
    case .npy: try writeArrays(activations, file, plan, &table)
    case .safetensors:
      let path = plan.path(file, layer: RunOutputs.fileLayer(layers))
      try OutputPlace.prepare(path)
      try writeFile(try safetensors(activations, model, input, file), to: path)
      for activation in activations { addRow(activation, path, &table) }
    }
    let note = input.decisions.isEmpty ? "" : ", \(input.decisions)"
    printLine("\(file): \(image.width)x\(image.height) through \(model.network.name)\(note)")
    printLine(table.text)
  }

  /// A grid for each layer, and what the network saw.
  private func writePictures(
    _ activations: [LayerActivation], _ input: NetworkInput, _ model: Model, _ file: String,
    _ plan: RunOutputs, _ table: inout TextTable
  ) throws {
    if let path = plan.inputPath(file) {
      try save(
        input.grid().render().image, to: path, title: "input of \(model.network.name)",
        shape: input.tensor.shape, scale: "0,1", source: file)
      addRow(LayerActivation(layer: Network.inputName, output: input.tensor), path, &table)
    }
    var all = ValueStatistics()
    for activation in activations { all.merge(ValueStatistics(activation.output)) }
    for activation in activations {
      let path = plan.path(file, layer: activation.layer)
      let isOutput = activation.layer == model.network.nodes.last?.name
      let shape = activation.output.shape
      try grid.checkSize(values: shape.count)
      let result = FeatureMapGrid(
        title: "\(activation.layer)  \(shape)", maps: activation.output, scale: grid.scale,
        colorMap: grid.colormap, columns: grid.columns, padding: grid.padding, zoom: grid.zoom,
        labels: isOutput && !model.network.classes.isEmpty
          ? model.network.classes : colorNames(activation, model),
        allValues: grid.scale == .all ? all : nil
      ).render()
      try save(
        result.image, to: path, title: "\(activation.layer) of \(model.network.name)", shape: shape,
        scale: result.scaleText, source: file)
      addRow(activation, path, &table)
    }
  }

  /// The values of each layer: [channels, height, width], or [features].
  private func writeArrays(
    _ activations: [LayerActivation], _ file: String, _ plan: RunOutputs, _ table: inout TextTable
  ) throws {
    for activation in activations {
      let path = plan.path(file, layer: activation.layer)
      try OutputPlace.prepare(path)
      let shape = activation.output.shape
      let sizes = shape.extent == .one ? [shape.channels] : [shape.channels, shape.height, shape.width]
      try writeFile(encodeNPY(dimensions: sizes, values: activation.output.values), to: path)
      addRow(activation, path, &table)
    }
  }

  /// The maps of a filter on a colour picture are its red, green and blue.
  private func colorNames(_ activation: LayerActivation, _ model: Model) -> [String]? {
    !model.isNetwork && activation.output.shape.channels == 3 ? ["red", "green", "blue"] : nil
  }

  private func addRow(_ activation: LayerActivation, _ path: String, _ table: inout TextTable) {
    table.rows.append([
      activation.layer, "\(activation.output.shape)", ValueStatistics(activation.output).rangeText, path,
    ])
  }

  private func safetensors(
    _ activations: [LayerActivation], _ model: Model, _ input: NetworkInput, _ file: String
  ) throws -> [UInt8] {
    let captured = [LayerActivation(layer: Network.inputName, output: input.tensor)] + activations
    let arrays = captured.map { activation in
      let shape = activation.output.shape
      return NamedArray(
        name: activation.layer,
        dimensions: shape.extent == .one
          ? [shape.batch, shape.channels] : [shape.batch, shape.channels, shape.height, shape.width],
        values: activation.output.values)
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

/// Where `run` writes what.
struct RunOutputs {
  let format: RunCommand.Output
  private let output: String?
  private let isFolder: Bool
  private let showsInput: Bool

  /// - Throws: `CommandError` when several pictures would go into one file, two into the same, or over an input.
  init(
    output: String?, format: RunCommand.Output?, images: [String], layers: [String], isNetwork: Bool,
    alsoRead: [String] = []
  ) throws {
    self.output = output
    isFolder = output.map(OutputPlace.isFolderPath) ?? false
    showsInput = isNetwork
    let named = output.flatMap { RunCommand.Output(rawValue: fileExtension(of: $0)) }
    self.format = format ?? (isFolder ? nil : named) ?? .png
    let files = images.count * (self.format == .safetensors ? 1 : layers.count)
    if let output, !isFolder {
      guard files == 1 else {
        throw CommandError.severalIntoOne(count: files, what: "results", path: output)
      }
      let known = ["png", "jpg", "jpeg"]
      let fits = self.format == .png ? known.contains(fileExtension(of: output)) : named == self.format
      guard output == standardStreamPath || fits else {
        throw CommandError.unknownFormat(
          path: output,
          known: self.format == .png
            ? [".png", ".jpg", ".npy", ".safetensors"] : [".\(self.format.rawValue)"])
      }
    }
    var owners: [String: String] = [:]
    for image in images {
      for layer in self.format == .safetensors ? [Self.fileLayer(layers)] : layers {
        let goal = path(image, layer: layer)
        try OutputPlace.protect(images + alsoRead, from: goal)
        if let other = owners.updateValue(image, forKey: goal) {
          throw CommandError.sameOutput(goal, first: other, second: image)
        }
      }
      if let goal = inputPath(image) {
        try OutputPlace.protect(images + alsoRead, from: goal)
        if owners[goal] != nil {
          throw CommandError.choice(
            "\(goal) is where the network's input is drawn; name another file for the maps")
        }
      }
    }
  }

  /// What stands for the layer in the name of a file that holds all of them.
  static func fileLayer(_ layers: [String]) -> String {
    layers.count == 1 ? layers[0] : "layers"
  }

  func path(_ image: String, layer: String) -> String {
    if let output, !isFolder { return output }
    return joinPath(output ?? "", "\(InputFiles.outputBase(image))-\(layer).\(format.rawValue)")
  }

  /// Beside the maps; `nil` for chains, whose input is the picture itself, and when the maps go to a stream.
  func inputPath(_ image: String) -> String? {
    guard showsInput, format == .png, output != standardStreamPath else { return nil }
    let folder = output.map { isFolder ? $0 : parentFolder(of: $0) } ?? ""
    return joinPath(folder, "\(InputFiles.outputBase(image))-input.png")
  }
}
