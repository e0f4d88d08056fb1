import ArgumentParser
import FeatureMap

/// `featuremap classify`: what a network takes pictures for.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Tell what is on pictures of garments, with probabilities.",
    discussion: """
      A picture is brought to 28x28 as the data set's authors did: trimmed of what is like the corners, \
      shrunk, sharpened, centred, light on dark. What was decided is printed; --save-input writes the \
      picture that the network saw.

      EXAMPLES:
        featuremap classify shoe.jpg
        featuremap classify photos/ --top 1 --format csv
        featuremap classify shoe.jpg --save-input seen.png
      """)

  @Argument(help: ArgumentHelp("PNG or JPEG files or folders; - is standard input.", valueName: "image"))
  var images: [String]

  @Option(help: ArgumentHelp("How many classes to name.", valueName: "k"))
  var top = 3

  @OptionGroup var model: ModelOptions

  @Option(help: "Whether the network gets the negative: auto, yes or no.")
  var invert = InvertMode.auto

  @Option(help: ArgumentHelp("File (one picture) or folder for what the network saw.", valueName: "path"))
  var saveInput: String?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1, got \(top)") }
  }

  func run() throws {
    reading.apply()
    let model = try Model(self.model.model, registry: try makeRegistry())
    guard model.isNetwork else { throw CommandError.notANetwork(self.model.model, need: "classify") }
    let files = try InputFiles.expand(images)
    if let saveInput, saveInput == standardStreamPath {
      throw CommandError.choice("--save-input needs a file or folder, not -")
    }
    if let saveInput { try Self.checkPlaces(saveInput, files) }
    let printLine = ResultPrinter(outputPath: saveInput)
    var results: [Classification] = []
    if format == .csv { printLine("file,rank,label,index,probability,input") }
    let failure = InputFiles.forEachReporting(files) { file in
      let result = try classify(file, model)
      switch format {
      case .json: results.append(result)
      case .jsonl: printLine(try json(result, pretty: false))
      case .text: printLine(result.text)
      case .csv:
        for line in result.csv { printLine(line) }
      }
    }
    // The array is printed even when a picture failed.
    if format == .json { printLine(try json(results, pretty: true)) }
    if failure { throw ExitCode.failure }
  }

  /// Where what the network saw of a picture goes.
  static func inputPath(_ saveInput: String, _ file: String) -> String {
    OutputPlace.isFolderPath(saveInput)
      ? joinPath(saveInput, "\(InputFiles.outputBase(file))-input.png") : saveInput
  }

  /// - Throws: `CommandError` when several pictures would go into one file, or over one that is read.
  static func checkPlaces(_ saveInput: String, _ files: [String]) throws {
    guard files.count == 1 || OutputPlace.isFolderPath(saveInput) else {
      throw CommandError.severalIntoOne(count: files.count, what: "pictures", path: saveInput)
    }
    var owners: [String: String] = [:]
    for file in files {
      let path = inputPath(saveInput, file)
      try OutputPlace.protect(files, from: path)
      if let other = owners.updateValue(file, forKey: path) {
        throw CommandError.sameOutput(path, first: other, second: file)
      }
    }
  }

  private func classify(_ file: String, _ model: Model) throws -> Classification {
    let image = try reading.load(file)
    let input = try NetworkInput(image, for: model, size: .network, invert: invert, gray: false)
    let probabilities = softmax(try model.network(input.tensor)).values
    guard probabilities.allSatisfy(\.isFinite) else {
      throw CommandError.choice(
        "\(self.model.model) answers with values that are no numbers; are its weights sound?")
    }
    let best = probabilities.indices.sorted {
      (probabilities[$0], $1) > (probabilities[$1], $0)
    }.prefix(top)
    if let saveInput {
      let path = Self.inputPath(saveInput, file)
      try save(
        try RasterImage(tensor: input.tensor), to: path, title: "input of \(model.network.name)",
        shape: input.tensor.shape, source: file)
    }
    return Classification(
      file: file, input: input.decisions,
      top: best.map {
        .init(label: model.className($0), index: $0, probability: probabilities[$0])
      })
  }
}

/// The answer for one picture.
struct Classification: Encodable {
  struct Answer: Encodable {
    let label: String
    let index: Int
    let probability: Float
  }

  let file: String
  /// How the picture was brought to the network.
  let input: String
  let top: [Answer]

  var text: String {
    let answers = top.map { "\($0.label) \(percent(Double($0.probability)))" }
    return "\(file): \(answers.joined(separator: ", "))  (\(input))"
  }

  var csv: [String] {
    top.enumerated().map { rank, answer in
      csvLine([
        file, "\(rank + 1)", answer.label, "\(answer.index)",
        formatted(Double(answer.probability), fractionDigits: 6), input,
      ])
    }
  }
}
