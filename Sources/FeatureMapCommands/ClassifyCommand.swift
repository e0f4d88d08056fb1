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
    let classifier = BatchClassifier(
      model: model, modelName: self.model.model, top: top, invert: invert, reading: reading,
      saveInput: saveInput)
    let format = format
    var results: [Classification] = []
    if format == .csv { print("file,rank,label,index,probability,input") }
    let failed = InputFiles.forEachChunkReporting(
      files, answers: { classifier($0) { try Answer($0, format: format) } },
      use: { answers in
        if format == .json { results += answers.map(\.result) }
        print(answers.map(\.lines).joined(), terminator: "")
      })
    // The array is printed even when a picture failed.
    if format == .json { print(try json(results, pretty: true)) }
    if failed { throw ExitCode.failure }
  }

  /// An answer and what is printed of it at once: lines that end with a line end.
  private struct Answer: Sendable {
    let result: Classification
    let lines: String

    init(_ result: Classification, format: TableFormat) throws {
      self.result = result
      switch format {
      case .text: lines = result.text + "\n"
      case .jsonl: lines = try FeatureMapCommands.json(result, pretty: false) + "\n"
      case .csv: lines = result.csv.map { $0 + "\n" }.joined()
      case .json: lines = ""
      }
    }
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
}

/// The answer for one picture.
struct Classification: Encodable, Sendable {
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
