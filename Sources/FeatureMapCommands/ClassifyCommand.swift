import ArgumentParser
import FeatureMap

/// `featuremap classify`: what a network takes pictures for.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Tell what is on pictures of garments, with probabilities.",
    discussion: """
      A photo is brought to 28x28 as the data set shows garments: the garment is told from the background \
      (by opacity, by a plain background's colour, or by the colours of the border), cut out, brought to the \
      data set's tones and size, light on black. The network looks at it in several tones and proportions and \
      at its mirror image; the mean is the answer. --prepare authors does as the data set's authors did: trim, \
      shrink, sharpen, invert. A grey picture of 28x28 is taken as it is and looked at once. What was decided \
      is printed, and "unsure" where the best class has less than 60 % or no garment was found.

      EXAMPLES:
        featuremap classify shoe.jpg
        featuremap classify photos/ --top 1 --format csv
        featuremap classify shoe.jpg --save-input seen.png
        featuremap classify shoe.jpg --explain-input steps/
      """)

  @Argument(
    help: ArgumentHelp(
      "PNG or JPEG files, or folders of them (without their subfolders); - is standard input.",
      valueName: "image"))
  var images: [String]

  @Option(help: ArgumentHelp("How many classes to name.", valueName: "k"))
  var top = 3

  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions

  @Option(help: "Whether the network gets the negative: auto, yes or no.")
  var invert = InvertMode.auto

  @Option(help: "mask: look for the garment and cut it out. authors: as the data set's authors did.")
  var prepare = GarmentPreparation.mask

  @Option(help: ArgumentHelp("File (one picture) or folder for what the network saw.", valueName: "path"))
  var saveInput: String?

  @Option(
    help: ArgumentHelp("Folder for a picture of every step on the way to the network.", valueName: "folder"))
  var explainInput: String?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if top < 1 { throw ValidationError("--top must be at least 1, got \(top)") }
  }

  func run() throws {
    reading.apply()
    let model = try Model(self.model.model, registry: try makeRegistry(plugins))
    guard model.isNetwork else { throw CommandError.notANetwork(self.model.model, need: "classify") }
    let files = try InputFiles.expand(images)
    if let saveInput, saveInput == standardStreamPath {
      throw CommandError.choice("--save-input needs a file or folder, not -")
    }
    if let saveInput { try Self.checkPlaces(saveInput, files) }
    if let explainInput { try Self.checkFolder(explainInput, files) }
    let classifier = BatchClassifier(
      model: model, modelName: self.model.model, top: top, invert: invert,
      preparation: prepare, limits: reading.limits, saveInput: saveInput, explainInput: explainInput)
    let format = format
    var list: [String] = []
    if format == .csv { print(Classification.csvHeader) }
    let failed = InputFiles.forEachChunkReporting(
      files,
      outcomes: {
        let loader = ImageLoader()
        return { classifier($0, loader, format) }
      },
      use: { output in
        if format == .json {
          if !output.text.isEmpty { list.append(output.text) }
        } else {
          print(output.text, terminator: "")
        }
      })
    // The list is printed even when a picture failed.
    if format == .json { print("[\n" + list.joined(separator: ",\n") + "\n]") }
    if failed { throw ExitCode.failure }
  }

  /// Where what the network saw of a picture goes.
  static func inputPath(_ saveInput: String, _ file: String) -> String {
    OutputPlace.isFolderPath(saveInput)
      ? joinPath(saveInput, "\(InputFiles.outputBase(file))-input.png") : saveInput
  }

  /// Where a step on the way to the network goes.
  static func stepPath(_ folder: String, _ file: String, _ number: Int, _ name: String) -> String {
    joinPath(folder, "\(InputFiles.outputBase(file))-\(number)-\(name).png")
  }

  /// - Throws: `CommandError` for a path that is no folder's, or pictures that would share a name in it.
  static func checkFolder(_ folder: String, _ files: [String]) throws {
    guard OutputPlace.isFolderPath(folder) else {
      throw CommandError.choice(
        "--explain-input needs a folder, got '\(folder)'; end a new folder's name with /")
    }
    var owners: [String: String] = [:]
    for file in files {
      if let other = owners.updateValue(file, forKey: InputFiles.outputBase(file)) {
        throw CommandError.sameOutput(stepPath(folder, file, 1, "..."), first: other, second: file)
      }
    }
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
