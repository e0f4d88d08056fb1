import ArgumentParser
import FeatureMap

/// `featuremap apply`: filtered photos at full size.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Filter pictures at full size with a kernel or a chain of kernels.",
    discussion: """
      A kernel is a name with settings (gaussian:sigma=2), a file (./edge.json), or numbers: \
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
      Kernels and their settings: featuremap plugins
      """)

  @Argument(help: ArgumentHelp("What to apply.", valueName: "kernel[,kernel...]"))
  var chain: String

  @Argument(help: ArgumentHelp("PNG or JPEG files or folders; - is standard input.", valueName: "image"))
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

  @Option(help: ArgumentHelp("PNG compression, 0...9.", valueName: "n"))
  var compression = 6

  @OptionGroup var filters: FilterOptions
  @OptionGroup var reading: ReadingOptions

  func validate() throws {
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
      chain: chain, registry: try makeRegistry(), defaults: filters.defaults)
    let files = try InputFiles.expand(images)
    let plan = try ApplyOutputs(
      output: output, format: format, images: files, suffix: network.name,
      alsoRead: Model.chainFiles(chain))
    let printLine = ResultPrinter(outputPath: output)
    try InputFiles.forEach(files) { file in
      let image = try reading.load(file)
      let path = plan.path(file)
      let line = try write(
        try filtered(image, network), of: image, file, network, to: path, plan.format(file))
      printLine("\(path): \(line)")
    }
  }

  /// The colours through the chain, and the opacity that belongs to the result.
  private func filtered(
    _ image: RasterImage, _ network: Network
  ) throws -> (colors: Tensor, opacity: Tensor?) {
    let all = Tensor(image: image, mode: .asIs)
    let colors = image.hasAlpha ? all.channels(Array(0..<image.colorChannels)) : all
    let picture =
      filters.gray && image.colorChannels == 3 ? Tensor(image: image, mode: .gray) : colors
    let result = try network(picture)
    guard image.hasAlpha else { return (result, nil) }
    let opacity = all.channel(image.channels - 1)
    return (result, sampled(opacity, for: result.shape, network))
  }

  /// The opacity itself; where the chain changed the size, that of the pixels at the centres of the fields.
  private func sampled(_ opacity: Tensor, for shape: Shape, _ network: Network) -> Tensor {
    if shape.extent == opacity.shape.extent { return opacity }
    let field = network.nodes.last.flatMap { network.receptiveFields()[$0.name] } ?? .input
    func places(_ count: Int, of total: Int, start: Double, jump: Int) -> [Int] {
      // Of a filter that sees everything only the size is known; a smaller result lies in the middle.
      let first = field.isGlobal ? max(0, (total - count) / 2) : Int(start.rounded(.down))
      let step = field.isGlobal ? 1 : jump
      return (0..<count).map { min(max(first + $0 * step, 0), total - 1) }
    }
    let rows = places(
      shape.height, of: opacity.shape.height, start: field.start.y, jump: field.jump.height)
    let columns = places(
      shape.width, of: opacity.shape.width, start: field.start.x, jump: field.jump.width)
    return Tensor(planes: [rows.map { y in columns.map { x in opacity[0, 0, y, x] } }])
  }

  /// Writes the result and says in a few words what it is.
  private func write(
    _ result: (colors: Tensor, opacity: Tensor?), of image: RasterImage, _ file: String, _ network: Network,
    to path: String, _ format: ApplyFormat
  ) throws -> String {
    let shape = result.colors.shape
    let values = ValueStatistics(result.colors)
    try OutputPlace.prepare(path)
    if format == .npy {
      try writeFile(
        encodeNPY(
          dimensions: [shape.channels, shape.height, shape.width], values: result.colors.values), to: path)
      return "float32 \(shape), values \(values.rangeText)"
    }
    guard shape.channels == 1 || shape.channels == 3 else {
      throw CommandError.notAPicture(kernel: chain, shape: "\(shape)")
    }
    // Where nothing is below 0, keep and abs are the same.
    let isSigned = (values.minimum ?? 0) < 0
    let display =
      isSigned
      ? signed.resolved(for: network, channels: filters.gray ? 1 : image.colorChannels)
      : signed == .auto ? .abs : signed
    let shown = display.shown(result.colors, gain: gain.value)
    var picture = shown.tensor
    if let opacity = result.opacity, format == .png { picture = try concatenate([picture, opacity]) }
    if format == .jpg && depth == 16 {
      throw CommandError.choice("a JPEG has 8 bits for each value; write .png for --depth 16")
    }
    let bits: SampleDepth =
      format == .jpg ? .eight : depth.flatMap(SampleDepth.init) ?? (image.bitDepth == 16 ? .sixteen : .eight)
    var options = ImageOptions()
    options.jpeg.quality = quality
    options.png.compression = compression
    options.png.text = textChunks(
      title: network.name, shape: shape, scale: shown.description, source: file)
    let drawn = try RasterImage(tensor: picture, bitDepth: bits)
    try saveImage(drawn, to: path, format: format == .jpg ? .jpeg : .png, options: options)
    let kind = ["grey", "grey with opacity", "RGB", "RGB with opacity"][drawn.channels - 1]
    let lost = result.opacity != nil && format == .jpg ? "; opacity left out, JPEG has none" : ""
    return "\(drawn.width)x\(drawn.height) \(kind), values \(values.rangeText)\(shown.note)\(lost)"
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

/// What `apply` writes.
enum ApplyFormat: String, ExpressibleByArgument, CaseIterable {
  case png
  case jpg
  case npy

  init?(argument: String) {
    self.init(rawValue: argument == "jpeg" ? "jpg" : argument)
  }

  init?(path: String) {
    self.init(argument: fileExtension(of: path))
  }
}

/// Where `apply` writes what.
struct ApplyOutputs {
  private let output: String?
  private let isFolder: Bool
  private let chosen: ApplyFormat?
  private let suffix: String

  /// - Throws: `CommandError` when several pictures would go into one file, two into the same, over an input,
  ///   or the format is not known.
  init(output: String?, format: ApplyFormat?, images: [String], suffix: String, alsoRead: [String] = [])
    throws
  {
    self.output = output
    self.suffix = suffix
    isFolder = output.map(OutputPlace.isFolderPath) ?? false
    chosen = format
    if let output, !isFolder {
      guard images.count == 1 else {
        throw CommandError.severalIntoOne(count: images.count, what: "pictures", path: output)
      }
      guard format != nil || output == standardStreamPath || ApplyFormat(path: output) != nil else {
        throw CommandError.unknownFormat(path: output, known: [".png", ".jpg", ".npy"])
      }
      if let format, let named = ApplyFormat(path: output), named != format {
        throw CommandError.choice("\(output) and --format \(format.rawValue) do not agree; leave one out")
      }
    }
    var owners: [String: String] = [:]
    for image in images {
      let goal = path(image)
      try OutputPlace.protect(images + alsoRead, from: goal)
      if let other = owners.updateValue(image, forKey: goal), goal != standardStreamPath {
        throw CommandError.sameOutput(goal, first: other, second: image)
      }
    }
  }

  func format(_ image: String) -> ApplyFormat {
    if let chosen { return chosen }
    if let output, !isFolder, let named = ApplyFormat(path: output) { return named }
    return fileExtension(of: image) == "png" ? .png : ApplyFormat(path: image) ?? .png
  }

  func path(_ image: String) -> String {
    if let output, !isFolder { return output }
    let ending = chosen == nil && format(image) == .jpg ? fileExtension(of: image) : format(image).rawValue
    let base = InputFiles.outputBase(image)
    return joinPath(output ?? "", output == nil ? "\(base)-\(suffix).\(ending)" : "\(base).\(ending)")
  }
}
