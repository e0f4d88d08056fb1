import ArgumentParser
import FeatureMap

/// `featuremap apply`: filtered photos at full size.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Filter pictures at full size with a kernel or a chain of kernels.",
    discussion: """
      A kernel is a name with settings (gaussian:sigma=2), a file (./edge.json, with settings \
      ./edge.json:divisor=4:channel=0; 'featuremap plugins ./edge.json' lists them), an installed filter of frei0r \
      (frei0r:edgeglow; 'featuremap plugins frei0r' lists them), or numbers: \
      "3x3: -1,0,1 -2,0,2 -1,0,1" as for ImageMagick, "-1,0,1;-2,0,2;-1,0,1" as for G'MIC. Kernels \
      separated by commas work one after the other. Colours are filtered one by one, or put together by \
      --gray; opacity stays as it is, and the colours under transparent pixels count as they are stored; \
      grey pictures stay grey.

      Values below 0 are shown as --signed says: abs shows their size, offset puts 0 at mid-grey and halves, \
      color draws negative blue and positive red on one map, keep leaves them, so that a picture shows them \
      as 0. The default, auto, is keep for filters that leave an even picture as it is, such as sharpen, \
      and abs for all others. What lies above 1 afterwards is cut to white; the share of such values is \
      printed. --gain 0.25 makes room, --gain auto makes the largest value white. A .npy output holds the \
      values themselves.

      EXAMPLES:
        featuremap apply sobel photo.jpg -o edges.png
        featuremap apply gaussian:sigma=1.4,sobel photo.jpg -o edges.jpg --quality 95
        featuremap apply sobel:output=x photo.jpg --signed color --gray -o signed.png
        featuremap apply "0,-1,0;-1,5,-1;0,-1,0" photos/ -o sharp/
        featuremap apply ./filters.json photo.png -o out.npy
        featuremap apply canny photo.jpg --show
        featuremap apply frei0r:edgeglow:lupscale=0.8:lredscale=0.5 photo.jpg -o glow.png
      Kernels and their settings: featuremap plugins
      """)

  @Argument(help: ArgumentHelp("What to apply.", valueName: "kernel[,kernel...]"))
  var chain: String

  @Argument(
    help: ArgumentHelp(
      "PNG or JPEG files, or folders of them (without their subfolders); - is standard input.",
      valueName: "image"))
  var images: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File (.png, .jpg, .npy), or a folder for several pictures. Default: <image>-<kernel> here.",
      valueName: "path"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "png, jpg or npy; told by the output's name, else as the picture came.", valueName: "format"))
  var format: ApplyFormat?

  @Option(
    help: ArgumentHelp("How values below 0 are shown.", valueName: "auto|abs|offset|color|keep"))
  var signed = SignedDisplay.auto

  @Option(
    help: ArgumentHelp(
      "Factor for the values before they are shown, or auto. (default: 1)", valueName: "factor"),
    transform: Gain.init(parsing:))
  var gain = Gain.factor(1)

  @Option(help: ArgumentHelp("Bits of a PNG's values: 8 or 16; as the picture came.", valueName: "bits"))
  var depth: Int?

  @Option(help: ArgumentHelp("JPEG quality, 1...100.", valueName: "n"))
  var quality = 90

  @Option(
    help: ArgumentHelp(
      "PNG compression: 0 none; 1 to 6 pack photos equally quickly, drawings the better the higher; 7 to 9 are slow and mostly, not always, smaller.",
      valueName: "n"))
  var compression = 6

  @OptionGroup var filters: FilterOptions
  @OptionGroup var terminal: ShowOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var plugins: PluginOptions

  func validate() throws {
    if terminal.isWanted, output == standardStreamPath || format == .npy {
      throw ValidationError("--show draws pictures that go into files; leave -o - and --format npy out")
    }
    guard (1...100).contains(quality) else {
      throw ValidationError("--quality must be within 1...100, got \(quality)")
    }
    guard (0...9).contains(compression) else {
      throw ValidationError("--compression must be within 0...9, got \(compression)")
    }
    if let depth, depth != 8 && depth != 16 {
      throw ValidationError("--depth must be 8 or 16, got \(depth)")
    }
  }

  func run() throws {
    reading.apply()
    let network = try Network(
      chain: chain, registry: try makeRegistry(plugins), defaults: filters.defaults)
    let files = InputFiles.distinct(try InputFiles.expand(images))
    let plan = try ApplyOutputs(
      output: output, format: format, images: files, suffix: network.name,
      alsoRead: Model.chainFiles(chain))
    let printLine = ResultPrinter(outputPath: output)
    try InputFiles.forEach(files) { file in
      let source = try reading.file(file)
      let picture = try FilteredPicture(source, network: network, gray: filters.gray)
      let format = plan.format(file, content: source.format)
      let path = plan.path(file, content: source.format)
      let line =
        format == .npy
        ? try writeValues(of: picture, to: path)
        : try write(picture, file, network, to: path, isJPEG: format == .jpg)
      printLine("\(path): \(line)")
      if format != .npy, let drawing = try terminal.drawing(of: reading.load(path)) {
        printLine(drawing)
      }
    }
  }

  /// Writes the values themselves and says in a few words what they are.
  private func writeValues(of picture: FilteredPicture, to path: String) throws -> String {
    let values = try picture.whole().colors
    let shape = values.shape
    try OutputPlace.prepare(path)
    try writeFile(
      encodeNPY(dimensions: [shape.channels, shape.height, shape.width], values: values.values), to: path)
    return "float32 \(shape), values \(ValueStatistics(values).rangeText)"
  }

  /// Writes the result as a picture and says in a few words what it is.
  private func write(
    _ picture: FilteredPicture, _ file: String, _ network: Network, to path: String, isJPEG: Bool
  ) throws -> String {
    let shape = picture.shape
    guard shape.channels == 1 || shape.channels == 3 else {
      throw CommandError.notAPicture(kernel: chain, shape: "\(shape)")
    }
    if isJPEG && depth == 16 {
      throw CommandError.choice("a JPEG has 8 bits for each value; write .png for --depth 16")
    }
    let display = try settledDisplay(of: picture, network)
    let bits = isJPEG ? 8 : depth ?? picture.source.bitDepth
    let hasOpacity = picture.source.hasAlpha && !isJPEG
    let layout = PixelLayout(
      width: shape.width, height: shape.height,
      channels: display.channels(of: shape.channels) + (hasOpacity ? 1 : 0), bitDepth: bits)
    var options = ImageOptions()
    options.jpeg.quality = quality
    options.png.compression = compression
    options.png.text = textChunks(title: network.name, shape: shape, scale: nil, source: file)
    let output = PictureOutput(
      path: path, layout: layout, format: isJPEG ? .jpeg : .png, options: options, display: display)
    let tally = try output.write(picture)
    let notes = display.notes(tally, channels: shape.channels)
    let kind = ["grey", "grey with opacity", "RGB", "RGB with opacity"][layout.channels - 1]
    let lost = picture.source.hasAlpha && isJPEG ? "; opacity left out, JPEG has none" : ""
    return "\(layout.width)x\(layout.height) \(kind), values \(tally.values.rangeText)"
      + (notes.isEmpty ? "" : "; " + notes.joined(separator: ", ")) + lost
  }

  /// The display with its numbers, which for some displays depend on all values.
  private func settledDisplay(of picture: FilteredPicture, _ network: Network) throws -> SettledDisplay {
    let display = signed.resolved(for: network, channels: picture.inputChannels)
    let all =
      SettledDisplay.needsStatistics(display, gain: gain.value)
      ? try picture.statistics() : ValueStatistics()
    return SettledDisplay(display, isChosen: signed != .auto, gain: gain.value, statistics: all)
  }
}

/// The factor that values are multiplied by before they are shown.
enum Gain: Equatable {
  case factor(Float)
  case auto

  /// `nil` for the factor that makes the largest value 1.
  var value: Float? {
    if case .factor(let factor) = self { return factor }
    return nil
  }

  @Sendable init(parsing text: String) throws {
    if text == "auto" {
      self = .auto
    } else if let factor = Float(text), factor > 0, factor.isFinite {
      self = .factor(factor)
    } else {
      throw ValidationError("--gain must be a number above 0 or auto, got '\(text)'")
    }
  }
}
