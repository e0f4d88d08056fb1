import ArgumentParser
import FeatureMap

/// `featuremap report`: one page that shows everything.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one page that shows a whole network at work on a picture.",
    discussion: """
      The page is one HTML file that needs no network and no server: the picture, what the network saw, the maps \
      and the kernels of every layer, the classes. Pointing at a value shows where it comes from: its receptive \
      field on the input, its window on the layer before, and the arithmetic; a click or Enter keeps it, arrow \
      keys move it. Photos for chains of filters are reduced to --side pixels.

      EXAMPLES:
        featuremap report shoe.png -o report.html
        featuremap report shoe.jpg --model lenet-relu
        featuremap report photo.jpg --model "gaussian,sobel" -o filters.html
        featuremap report photo.jpg --size native --side 128
      """)

  @Argument(help: ArgumentHelp("A PNG or JPEG file; - is standard input.", valueName: "image"))
  var image: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "HTML file or folder to write to; - is standard output. Default: <image>-report.html here.",
      valueName: "path"))
  var output: String?

  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var input: PictureInputOptions

  @Option(
    help: ArgumentHelp(
      "Longest side of a photo that no network brings to its own size.", valueName: "px"))
  var side = 192

  @OptionGroup var filters: FilterOptions
  @OptionGroup var reading: ReadingOptions

  /// Accepted values of `--side`.
  static let sides = 8...2048

  func validate() throws {
    guard Self.sides.contains(side) else {
      throw ValidationError("--side must be within \(Self.sides) pixels, got \(side)")
    }
  }

  private var inputs: [String] { [image] + Model.files(named: model.model) }

  /// The file to write.
  private func place() throws -> String {
    let name = "\(InputFiles.outputBase(image))-report.html"
    guard let output else { return name }
    if OutputPlace.isFolderPath(output) { return joinPath(output, name) }
    try OutputPlace.protect(inputs, from: output)
    guard output == standardStreamPath || ["html", "htm"].contains(fileExtension(of: output)) else {
      throw CommandError.choice(
        "\(output): a page goes into a file that ends in .html, or a folder that ends in /")
    }
    return output
  }

  func run() throws {
    reading.apply()
    try InputFiles.checkOne(image)
    let path = try place()
    try OutputPlace.protect(inputs, from: path)
    try OutputPlace.prepare(path)
    try checkWritable(path)
    let model = try Model(
      self.model.model, registry: try makeRegistry(plugins), defaults: filters.defaults)
    let builder = try ReportBuilder(model: model, input: input, gray: filters.gray, side: side)
    // The page may be handed on: it names the file, not the folders above it.
    let name = image == standardStreamPath ? "standard input" : fileName(of: image)
    let data = try builder.data(try reading.load(image), name: name)
    let page = try ReportPage(title: "\(name) through \(data.model)", data: data).html()
    let bytes = Array(page.utf8)
    try writeFile(bytes, to: path)
    let printLine = ResultPrinter(outputPath: path)
    // Neither the picture nor the probabilities behind the logits are layers of the model.
    let count = data.layers.count { model.network.layerNames.contains($0.name) }
    printLine(
      "\(path): \(count) layer\(count == 1 ? "" : "s"), \(formatted(Double(bytes.count) / 1e6, fractionDigits: 2)) MB"
    )
  }
}
