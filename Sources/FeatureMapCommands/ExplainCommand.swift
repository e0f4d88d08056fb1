import ArgumentParser
import FeatureMap

/// `featuremap explain`: how one value of a layer came about.
struct ExplainCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show how one value of a layer came about: window, kernel, products, sum.",
    discussion: """
      Prints each input channel's window, the kernel, their products and sum, and the bias; of a pooling layer \
      the window and the winner, of a linear layer the strongest inputs, of softmax the logits. What lies \
      beyond the border of a picture stands in brackets. A kernel that is no weighted sum is explained by what \
      small changes of single values do to its result, and that is said. Without --unit the layer's largest \
      value is taken. A network with classes has a layer softmax, its probabilities. Under the panels of a \
      picture stand the values at the ends of their colours.

      EXAMPLES:
        featuremap explain shoe.png --layer conv1 --unit 0,14,9
        featuremap explain photo.jpg --model sobel --gray --unit 0,100,200 -o why.png
        featuremap explain shoe.png --layer fc3 --top 20
        featuremap explain shoe.png --layer softmax --format json
      """)

  @Argument(help: ArgumentHelp("A PNG or JPEG file; - is standard input.", valueName: "image"))
  var image: String

  @Option(
    name: .long, help: ArgumentHelp("The layer; the last one of a chain when not given.", valueName: "name"))
  var layer: String?

  @OptionGroup var unit: UnitOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var input: PictureInputOptions
  @OptionGroup var filters: FilterOptions

  @Option(
    help: ArgumentHelp(
      "How many channels are printed and drawn in full, or inputs of a linear layer: the strongest. Else all of up to 16 channels, 10 inputs.",
      valueName: "n"))
  var top: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("PNG or JPEG file to draw the explanation into.", valueName: "path"))
  var output: String?

  @Option(help: "text or json.")
  var format = Format.text

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1, got \(top)") }
  }

  func run() throws {
    reading.apply()
    try InputFiles.checkOne(image)
    if let output { try checkPictureOutput(output, inputs: [image] + Model.files(named: self.model.model)) }
    let model = try Model(
      self.model.model, registry: try makeRegistry(plugins), defaults: filters.defaults)
    let layer = try layer.given(in: model)
    let network = try model.network.providing(layer)
    try network.checkReach(layer, isNative: input.isNative)
    let picture = try reading.load(image)
    let seen = try input.input(picture, for: model, gray: filters.gray)
    let maps = try network.activations(of: [layer], for: seen.tensor)[0].output
    let explanation = try network.explanation(
      of: try unit.chosen(network, layer, maps), in: layer, for: seen.tensor)
    let names = classes(model, layer)
    if let output {
      let drawn = ExplanationPicture(explanation: explanation, classes: names, top: top).render()
      try save(
        drawn, to: output, title: "\(layer) of \(network.name), unit \(explanation.unit) explained",
        shape: explanation.shape, source: image)
    }
    let printLine = ResultPrinter(outputPath: output)
    switch format {
    case .json: printLine(try json(explanation, pretty: true))
    case .text:
      let note = seen.decisions.isEmpty ? "" : ", \(seen.decisions)"
      printLine("\(image): \(picture.width)x\(picture.height) through \(model.network.name)\(note)")
      printLine(ExplanationText(explanation, classes: names, top: top, width: Console.width).text)
    }
  }

  /// The names of the outputs of the last layer, and of the probabilities behind it.
  private func classes(_ model: Model, _ layer: String) -> [String] {
    layer == model.network.nodes.last?.name || layer == Network.softmaxName ? model.network.classes : []
  }
}
