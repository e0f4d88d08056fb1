import ArgumentParser
import FeatureMap
import TestSupport
import Testing

@testable import FeatureMapCommands

/// The command of that kind that the arguments are read as.
func parsed<Command: ParsableCommand>(_ type: Command.Type, _ arguments: [String]) throws -> Command {
  try #require(
    try FeatureMapCommand.parseAsRoot(arguments.map(FeatureMapCommand.protectedNumbers)) as? Command)
}

@Suite("Commands as they are written")
struct ParsingTests {
  @Test("every command is known by its name")
  func names() {
    #expect(
      FeatureMapCommand.configuration.subcommands.map { $0.configuration.commandName }
        == [
          "run", "compare", "apply", "classify", "kernels", "layers", "receptive-field", "explain",
          "report", "serve", "plugins", "plugin",
          "learn", "download", "train", "evaluate", "bench",
        ])
  }

  @Test("run: defaults, and every option")
  func run() throws {
    let plain = try parsed(RunCommand.self, ["run", "a.png"])
    #expect(plain.images == ["a.png"] && plain.layer.isEmpty && plain.model.model == "lenet")
    #expect(plain.output == nil && plain.format == nil && plain.size == .network && plain.invert == .auto)
    #expect(plain.grid.scale == .layer && plain.grid.colormap == nil && plain.grid.padding == 2)
    let full = try parsed(
      RunCommand.self,
      [
        "run", "a.png", "b.jpg", "--layer", "conv1", "--layer", "pool1", "--model", "sobel", "-o", "out/",
        "--format", "npy", "--size", "native", "--invert", "yes", "--border", "zero", "--gray", "--scale",
        "-1,1", "--colormap", "viridis", "--columns", "3", "--zoom", "4", "--padding", "0", "--threads", "2",
        "--max-megapixels", "10",
      ])
    #expect(full.images == ["a.png", "b.jpg"] && full.layer == ["conv1", "pool1"])
    #expect(full.model.model == "sobel" && full.output == "out/" && full.format == .npy)
    #expect(full.size == .native && full.invert == .yes && full.filters.gray)
    #expect(full.filters.defaults == [KernelSpecification.Setting("border", "zero")])
    #expect(full.grid.scale == .fixed(-1...1) && full.grid.colormap?.name == "viridis")
    #expect(full.grid.columns == 3 && full.grid.zoom == 4 && full.grid.padding == 0)
    #expect(full.reading.threads == 2 && full.reading.maxMegapixels == 10)
  }

  @Test("kernels: pictures into the folder, or the kernel itself in a format")
  func kernels() throws {
    let plain = try parsed(KernelsCommand.self, ["kernels"])
    #expect(plain.kernels.isEmpty && plain.format == .png && plain.output == nil)
    for format in KernelTextFormat.allCases {
      let command = try parsed(KernelsCommand.self, ["kernels", "sobel", "--format", format.rawValue])
      #expect(command.format.text == format)
    }
    #expect(throws: (any Error).self) { try parsed(KernelsCommand.self, ["kernels", "--format", "xml"]) }
  }

  @Test("run: channels are numbers, in the order given, each once")
  func runChannels() throws {
    let command = try parsed(RunCommand.self, ["run", "a.png", "--channels", "5,0,3", "--reduce", "max"])
    #expect(command.maps.channels == [5, 0, 3] && command.maps.reduce == .max && command.maps.by == nil)
    for text in ["", "a", "1,", "-1", "0,0", "1.5"] {
      #expect(throws: ValidationError.self) { try MapOptions.numbers(text) }
    }
    let stats = try parsed(
      RunCommand.self, ["run", "a.png", "--stats", "--format", "json", "--scale", "block"])
    #expect(stats.stats && stats.format?.table == .json && stats.grid.scale == .block)
  }

  @Test("apply: a matrix that begins with a minus is a kernel, not an option")
  func apply() throws {
    let command = try parsed(
      ApplyCommand.self, ["apply", "-1,0,1;-2,0,2;-1,0,1", "a.png", "--signed", "offset", "--format", "jpeg"])
    #expect(command.chain == " -1,0,1;-2,0,2;-1,0,1" && command.images == ["a.png"])
    #expect(command.signed == .offset && command.format == .jpg)
    #expect(
      command.gain == .factor(1) && command.quality == 90 && command.compression == 6 && command.depth == nil)
    let network = try Network(chain: command.chain, registry: try makeRegistry())
    #expect(network.layerNames == ["kernel-3x3"])
  }

  @Test("apply: a factor or auto, values below 0 shown as fits the filter")
  func applyDisplay() throws {
    let plain = try parsed(ApplyCommand.self, ["apply", "sobel", "a.png"])
    #expect(plain.signed == .auto && plain.gain == .factor(1) && plain.gain.value == 1)
    let auto = try parsed(ApplyCommand.self, ["apply", "sobel", "a.png", "--gain", "auto"])
    #expect(auto.gain == .auto && auto.gain.value == nil)
    let half = try parsed(ApplyCommand.self, ["apply", "sobel", "a.png", "--gain", "0.5"])
    #expect(half.gain == .factor(0.5))
  }

  @Test("train: a number below 0 is a value, which the recipe judges")
  func negativeRates() {
    for text in ["train --learning-rate -1", "train --weight-decay -0.5"] {
      let error = #expect(throws: (any Error).self) {
        try parsed(TrainCommand.self, text.split(separator: " ").map(String.init))
      }
      let message = error.map { FeatureMapCommand.message(for: $0) } ?? ""
      #expect(message.contains("must be a") && message.contains("0, got -"), "\(message)")
    }
  }

  @Test("commands are known by name and alias, options are none")
  func commandNames() throws {
    for arguments in [
      [], ["run"], ["rf", "x"], ["help"], ["help", "train"], ["--help"], ["help", "--help"],
    ] {
      try FeatureMapCommand.checkName(arguments[...])
    }
    for arguments in [["runn"], ["help", "nothing"], [""]] {
      #expect(throws: ValidationError.self) { try FeatureMapCommand.checkName(arguments[...]) }
    }
  }

  @Test("only lists of numbers are protected")
  func protectedNumbers() {
    for text in ["-1,0,1", "-1;0", "-.5,1"] {
      #expect(FeatureMapCommand.protectedNumbers(text) == " " + text)
    }
    for text in ["-o", "--layer", "-1", "-", "", "1,2", "a,-1", "-o,x", "photo-1,2.png"] {
      #expect(FeatureMapCommand.protectedNumbers(text) == text)
    }
  }

  @Test("download: from home unless told otherwise")
  func download() throws {
    let plain = try parsed(DownloadCommand.self, ["download", "fashion-mnist"])
    #expect(plain.dataSet == .fashionMNIST && plain.output == nil && plain.from == nil && plain.timeout == 30)
    let full = try parsed(
      DownloadCommand.self,
      ["download", "fashion-mnist", "-o", "d", "--from", "http://a/b", "--timeout", "2.5"])
    #expect(full.output == "d" && full.from == "http://a/b" && full.timeout == 2.5)
    #expect(try message(["download", "mnist"]).contains("'fashion-mnist'"))
    #expect(
      try message(["download", "fashion-mnist", "--from", "https://a/"]).contains("https is not spoken"))
  }

  @Test("words that a shell reads back")
  func shellWords() {
    for plain in ["a", "/a/b-c_d.e", "ä/1"] { #expect(shellWord(plain) == plain) }
    #expect(shellWord("a b") == "'a b'" && shellWord("") == "''" && shellWord("$a") == "'$a'")
    #expect(shellWord("it's") == #"'it'\''s'"#)
  }

  @Test("train: the recipe is what was asked for")
  func train() throws {
    let command = try parsed(
      TrainCommand.self,
      [
        "train", "--data", "d", "--epochs", "3", "--schedule", "step", "--no-nesterov", "--momentum", "0.5",
        "--optimizer", "adamw", "--no-flips", "--validation", "0.1", "--early-stopping", "4", "-o",
        "w.safetensors", "--warps", "0.5", "--tones", "0.25", "--patches", "0.125",
      ])
    #expect(command.data.data == "d" && command.output == "w.safetensors")
    var expected = TrainingRecipe()
    expected.epochs = 3
    expected.schedule = .step
    expected.nesterov = false
    expected.momentum = 0.5
    expected.optimizer = .adamw
    expected.flips = false
    expected.validation = 0.1
    expected.patience = 4
    expected.warps = 0.5
    expected.tones = 0.25
    expected.patches = 0.125
    #expect(command.recipe.changed == expected)
    #expect(try parsed(TrainCommand.self, ["train"]).recipe.changed == TrainingRecipe())
    let d2l = try parsed(TrainCommand.self, ["train", "--recipe", "d2l", "--epochs", "5"])
    var chapter = TrainingRecipe.d2l
    chapter.epochs = 5
    #expect(d2l.recipe.changed == chapter)
    #expect(try message(["train", "--warps", "1.5"]).contains("the share of warps must be within 0...1"))
    #expect(try message(["train", "--early-stopping", "3"]).contains("set a validation share"))
  }

  @Test("a resumed training keeps its recipe: what would change it is refused, what agrees is not")
  func resumedRecipe() throws {
    let agrees = try parsed(TrainCommand.self, ["train", "--resume", "c", "--epochs", "60", "--flips"])
    try agrees.recipe.check(against: TrainingRecipe())
    let differs = try parsed(TrainCommand.self, ["train", "--resume", "c", "--shift", "3"])
    #expect(throws: CommandError.choice("a resumed training keeps its recipe; leave --shift out")) {
      try differs.recipe.check(against: TrainingRecipe())
    }
    let other = try parsed(TrainCommand.self, ["train", "--resume", "c", "--recipe", "d2l"])
    #expect(throws: CommandError.self) { try other.recipe.check(against: TrainingRecipe()) }
  }

  @Test("evaluate: the part is test or train")
  func evaluate() throws {
    #expect(try parsed(EvaluateCommand.self, ["evaluate"]).part == .test)
    #expect(try parsed(EvaluateCommand.self, ["evaluate", "--part", "test"]).part == .test)
    #expect(try parsed(EvaluateCommand.self, ["evaluate", "--part", "train"]).part == .train)
    #expect(try message(["evaluate", "--part", "all"]).contains("'all'"))
    #expect(DataPart.allValueStrings == ["train", "test"])
  }

  @Test("layers: a size is width x height")
  func layers() throws {
    let command = try parsed(LayersCommand.self, ["layers", "--size", "640x480"])
    #expect(command.size == Extent(height: 480, width: 640))
    for text in ["640", "0x1", "axb", "1x2x3", "-1x2", "2000000x1"] {
      #expect(throws: ValidationError.self) { try parsePictureSize(text) }
    }
  }

  private func message(_ arguments: [String]) throws -> String {
    let error = try #require(throws: (any Error).self) {
      try FeatureMapCommand.parseAsRoot(arguments.map(FeatureMapCommand.protectedNumbers))
    }
    #expect(FeatureMapCommand.isUsage(error), "\(arguments)")
    #expect(FeatureMapCommand.exitCode(for: error).rawValue == 64, "\(arguments)")
    return FeatureMapCommand.message(for: error)
  }

  @Test(
    "settings out of range are wrong usage, with the range",
    arguments: [
      ("apply sobel a.png --quality 0", "--quality must be within 1...100, got 0"),
      ("apply sobel a.png --compression 10", "--compression must be within 0...9, got 10"),
      ("apply sobel a.png --depth 12", "--depth must be 8 or 16, got 12"),
      (
        "apply sobel a.png --border none",
        "there is no border mode 'none'; use zero|replicate|reflect|symmetric|circular|valid"
      ),
      ("run a.png --columns 0", "--columns must be within 1...4096, got 0"),
      ("run a.png --zoom 257", "--zoom must be within 1...256, got 257"),
      ("run a.png --padding=-1", "--padding must be within 0...256, got -1"),
      ("run a.png --top-channels 0", "--top-channels must be at least 1, got 0"),
      (
        "run a.png --channels 1 --top-channels 2",
        "--channels and --top-channels both choose channels; give one of them"
      ),
      (
        "run a.png --format csv",
        "--format csv is for --stats; pictures are png, values npy or safetensors"
      ),
      (
        "run a.png --stats --format csv --show",
        "--show draws into the output, which csv is alone in; leave one out"
      ),
      (
        "apply sobel a.png -o - --show",
        "--show draws pictures that go into files; leave -o - and --format npy out"
      ),
      ("run a.png --threads 0", "--threads must be at least 1, got 0"),
      ("run a.png --max-megapixels 0", "--max-megapixels must be above 0, got 0.0"),
      ("classify a.png --top 0", "--top must be at least 1, got 0"),
      ("train --epochs 0", "epochs must be within 1...1,000,000, got 0"),
      ("train --shift 15", "the shift must be within 0...14 pixels, got 15"),
      ("train --threads 0", "--threads must be at least 1, got 0"),
      (
        "download fashion-mnist --timeout 0",
        "--timeout must be above 0 and at most 3600 seconds, got 0.0"
      ),
      ("evaluate --threads 0", "--threads must be at least 1, got 0"),
    ])
  func ranges(line: String, expected: String) throws {
    #expect(try message(line.split(separator: " ").map(String.init)) == expected)
  }

  @Test("a gain is a number above 0 or auto", arguments: ["0", "-1", "nan", "inf", "much", "1e99"])
  func gain(text: String) throws {
    #expect(
      try message(["apply", "sobel", "a.png", "--gain=\(text)"])
        .hasSuffix("--gain must be a number above 0 or auto, got '\(text)'"))
  }

  @Test(
    "what is no command, option or value is wrong usage",
    arguments: [
      ["paint"], ["run"], ["apply", "sobel"], ["run", "a.png", "--layers", "conv1"],
      ["run", "a.png", "--format", "gif"], ["run", "a.png", "--scale", "1,0"],
      ["run", "a.png", "--colormap", "jet"], ["run", "a.png", "--size", "28x28"],
      ["apply", "sobel", "a.png", "--signed", "both"], ["layers", "--size", "640"],
      ["classify", "a.png", "--format", "xml"], ["train", "--schedule", "steps"],
    ])
  func wrongUsage(arguments: [String]) throws {
    #expect(!(try message(arguments).isEmpty))
  }
}
