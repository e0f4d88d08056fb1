import ArgumentParser
import FeatureMap

/// `featuremap receptive-field`: what the values of a layer see of the picture.
struct ReceptiveFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receptive-field",
    abstract: "Show which part of a picture the values of a layer see.",
    discussion: """
      Without a picture: a table. field is the size of the area of the input that one value sees, jump the \
      distance between the areas of neighbouring values, start the centre of the first area, sees the first \
      and the last pixel that the whole map looks at, beyond the picture where that is padding; all in input \
      pixels, down and across where they differ. --size 640x480 (width x height) is then the picture's size.

      With a picture and --unit or --peak: the picture with what the unit sees, and the unit on its map. \
      Without either: for every channel the patch that its strongest unit sees, or one where all see the same, \
      as in linear layers; with --top and many pictures, a folder or an IDX file, the patches of all of them \
      that excite each channel most, one of each picture. \
      --effective adds by how much each pixel matters: the size of the gradient, or for filters what small \
      changes do; without a unit its mean over the layer.

      EXAMPLES:
        featuremap receptive-field
        featuremap rf --model Samples/Networks/alexnet.json
        featuremap rf shoe.png --layer conv2 --peak --effective
        featuremap rf photo.jpg --model "gaussian:sigma=2,sobel" --unit 0,100,200
        featuremap rf shoe.png --layer pool2 -o patches.png
        featuremap rf t10k-images-idx3-ubyte.gz --layer conv2 --top 9 -o best.png
      """,
    aliases: ["rf"])

  @Argument(
    help: ArgumentHelp(
      "PNG or JPEG files or folders, with --top also IDX files; without, a table.", valueName: "image"))
  var images: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("The layer; the last one of a chain when not given.", valueName: "name"))
  var layer: String?

  @OptionGroup var unit: UnitOptions

  @Option(help: ArgumentHelp("Patches for each channel, of all pictures together.", valueName: "n"))
  var top: Int?

  @Flag(help: "By how much each pixel matters: the effective receptive field.")
  var effective = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var input: PictureInputOptions
  @OptionGroup var filters: FilterOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "PNG or JPEG file to draw into. Default: <image>-<layer>-field.png here.", valueName: "path"))
  var output: String?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if let top, !(1...100).contains(top) { throw ValidationError("--top must be within 1...100, got \(top)") }
    if images.isEmpty {
      guard layer == nil, unit.unit == nil, !unit.peak, top == nil, !effective, output == nil else {
        throw ValidationError("--layer, --unit, --peak, --top, --effective and --output need a picture")
      }
      if case .kind = input.size { throw ValidationError("--size without a picture is WIDTHxHEIGHT") }
    }
    if top != nil, unit.unit != nil || unit.peak || effective {
      throw ValidationError("--top is for the whole layer: leave --unit, --peak and --effective out")
    }
  }

  func run() throws {
    if images.isEmpty { return try table() }
    reading.apply()
    let model = try Model(
      self.model.model, registry: try makeRegistry(plugins), defaults: filters.defaults)
    let layer = try layer.given(in: model)
    let network = try model.network.providing(layer)
    try network.checkReach(layer, isNative: input.isNative)
    let files = try InputFiles.expand(images)
    if let output { try checkPictureOutput(output, inputs: files + Model.files(named: self.model.model)) }
    let work = FieldWork(
      model: model, network: network, layer: layer, unit: unit, input: input, gray: filters.gray,
      showsEffective: effective, top: top ?? 1, reading: reading, output: output, format: format)
    if top != nil { return try work.strongest(files) }
    if let output, files.count > 1 {
      throw CommandError.severalIntoOne(count: files.count, what: "pictures", path: output)
    }
    try InputFiles.forEach(files) { file in
      if FieldWork.isIDX(file) {
        throw CommandError.choice("\(file): say how many of its pictures to show for each channel: --top 9")
      }
      try work.picture(file)
    }
  }

  private func table() throws {
    let network = try networkStructure(
      model.model, registry: try makeRegistry(plugins), defaults: filters.defaults)
    var size: Extent?
    if case .pixels(let extent) = input.size { size = extent }
    let shape = try measuredShape(network, size: size)
    let rows = try network.summary(for: shape)
    try printLayers(rows, format) { printText(network, rows, input: shape) }
  }

  private func printText(_ network: Network, _ rows: [LayerSummary], input: Shape) {
    var table = TextTable([
      ("layer", .left), ("kind", .left), ("output", .left), ("field", .right), ("jump", .right),
      ("start", .right), ("sees", .right),
    ])
    for row in rows {
      let field = row.receptiveField
      table.rows.append(
        [row.layer, row.kind, "\(row.shape)"]
          + (field.isGlobal
            ? [row.fieldSize.map(side) ?? "all", "", "", ""]
            : [
              side(field.size), side(field.jump), field.startText, field.coverText(of: row.shape.extent),
            ]))
    }
    print("\(network.name): input \(input)")
    print(table.text)
  }
}
