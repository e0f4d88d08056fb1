import ArgumentParser
import FeatureMap

extension KernelLearning.Sharing: ExpressibleByArgument {}

/// `featuremap learn`: the kernel that turns one picture into another.
struct LearnCommand: ParsableCommand {
  enum Method: String, ExpressibleByArgument, CaseIterable {
    /// The kernel of least squared error, at once.
    case leastSquares = "least-squares"
    /// The book's loop.
    case descent
  }

  /// How the pictures after show values, as `apply` was told.
  enum Stored: String, ExpressibleByArgument, CaseIterable {
    case keep
    case offset
  }

  /// What values at the ends of a picture's range are.
  enum Clipped: String, ExpressibleByArgument, CaseIterable {
    case skip
    case count
  }

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Find the kernel that turns one picture into another.",
    discussion: """
      Of each pair the first picture is before the filter, the second after it: PNG, JPEG, .npy ([height, width] \
      or [channels, height, width]), or rows of numbers in a .txt. Both are of one size, and only pixels whose \
      window lies inside count (--border says what the filter read beyond), or the second is smaller by the \
      kernel's size less 1.

      Writes the kernel as JSON for apply, kernels and run, its picture, and what it leaves unexplained (red: \
      the picture after is brighter than the kernel makes it). Prints how the loss, the squared error summed \
      over all values, fell, how well the kernel fits, and how well the pictures determine it: a flat picture \
      tells nothing of a kernel.

      least-squares gives the best kernel at once; descent takes the book's steps, w -= rate * gradient of the \
      summed loss, from random weights.

      Pictures hold 0...1 only. Values of 0 and 1 after the filter were cut off and do not count. For filters \
      with negative values write the picture with apply --signed offset, best with --depth 16 and a --gain \
      that cuts nothing off, and give learn the same --signed and --gain; or write .npy. Eight bits round \
      upwards at mid-grey: --bias takes that up.

      The picture before must be the very file that was filtered, a JPEG or not. Stored as JPEG, the picture \
      after lost fine detail, and kernels come out weaker: at quality 95 by 4 to 16 % of the largest weight. \
      --undo-jpeg stores the kernel's result as JPEG in the same way and changes the kernel until both tell the \
      same, which leaves 0.1 to 4 %. From PNG three digits are right, from 16 bits five.

      EXAMPLES:
        featuremap learn Samples/Arrays/edge.npy Samples/Arrays/edge-difference.npy --kernel-size 1x2
        featuremap learn edge.npy edge-difference.npy --kernel-size 1x2 --steps 10 --learning-rate 0.03
        featuremap learn photo.png sharpened.png --kernel-size 5x5 -o sharpen.json
        featuremap apply ./sharpen.json other.jpg
        featuremap apply sobel:output=x photo.png --signed offset --gain 0.25 --depth 16 -o x.png
        featuremap learn photo.png x.png --signed offset --gain 0.25
        featuremap learn photo.jpg sharpened.jpg --undo-jpeg
        featuremap learn colour.png grey.png --kernel-size 1x1 --channels mixed
      """)

  @Argument(
    help: ArgumentHelp("Pictures before and after, pair by pair.", valueName: "before after"))
  var pictures: [String]

  @Option(
    help: ArgumentHelp("Height and width of the kernel. (default: 3x3)", valueName: "HxW"),
    transform: LearnCommand.extent)
  var kernelSize = Extent(3)

  @Option(
    help: ArgumentHelp(
      "One kernel for all channels, one for each, or mixed: each channel after from all before.",
      valueName: "shared|each|mixed"))
  var channels = KernelLearning.Sharing.shared

  @Flag(help: "Learn a constant that is added, too.")
  var bias = false

  @Option(
    help: ArgumentHelp(
      "least-squares, or descent, which --steps, --learning-rate and --seed imply.",
      valueName: "least-squares|descent"))
  var method: Method?

  @Option(help: ArgumentHelp("Steps of gradient descent. (default: 1000)", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Learning rate, for the summed loss as in the book; the fastest when not given.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("Seed of the weights that descent begins with. (default: 1)", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "What the filter read beyond the border: \(BorderMode.allCases.map(\.rawValue).joined(separator: ", ")). Without, only windows inside count.",
      valueName: "mode"))
  var border: String?

  @Option(
    help: ArgumentHelp("How the pictures after show values: as apply --signed.", valueName: "keep|offset"))
  var signed = Stored.keep

  @Option(
    help: ArgumentHelp("Factor of the values in the pictures after: as apply --gain.", valueName: "factor"))
  var gain = 1.0

  @Option(
    help: ArgumentHelp("Values of 0 and 1 in pictures after, which may be cut off.", valueName: "skip|count"))
  var clipped = Clipped.skip

  @Flag(help: "Learn from the brightness (luma, Rec. 601) of colour pictures.")
  var gray = false

  @Flag(
    help:
      "Take back what JPEG did to the pictures after, by storing the kernel's result as JPEG in the same way."
  )
  var undoJpeg = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File for the kernel; pictures are named after it. - is standard output, without pictures.",
      valueName: "path"))
  var output = "learned.json"

  @Flag(help: "Write the kernel's file only.")
  var noPictures = false

  @Option(help: ArgumentHelp("How results are printed.", valueName: "text|json"))
  var format = Format.text

  @OptionGroup var terminal: ShowOptions
  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    try terminal.check(format == .json ? .json : nil)
    if terminal.isWanted, noPictures || output == standardStreamPath {
      throw ValidationError("--show draws the kernel's picture; leave --no-pictures and -o - out")
    }
    guard !pictures.isEmpty, pictures.count % 2 == 0 else {
      throw ValidationError(
        "learn needs pairs of pictures, before and after, got \(pictures.count) name\(pictures.count == 1 ? "" : "s")"
      )
    }
    if let steps, steps < 1 { throw ValidationError("--steps must be at least 1, got \(steps)") }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate must be above 0, got \(learningRate)")
    }
    guard gain > 0, gain.isFinite else { throw ValidationError("--gain must be above 0, got \(gain)") }
    if method == .leastSquares && (steps != nil || learningRate != nil || seed != nil) {
      throw ValidationError("--steps, --learning-rate and --seed are for --method descent")
    }
    if undoJpeg && usesDescent { throw ValidationError("--undo-jpeg is for --method least-squares") }
    if let border, BorderMode(rawValue: border) == nil {
      throw ValidationError(
        "there is no border mode '\(border)'; use \(BorderMode.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    do {
      _ = try KernelLearning(kernelSize: kernelSize, sharing: channels, usesBias: bias)
    } catch {
      throw ValidationError("--kernel-size: \(error)")
    }
  }

  /// `3x5`, or `5` for both.
  @Sendable static func extent(_ text: String) throws -> Extent {
    let sizes = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sizes.count == 1 || sizes.count == 2, let height = sizes[0], let width = sizes[sizes.count - 1],
      height > 0, width > 0
    else {
      throw ValidationError("--kernel-size must be a height and a width such as 3x3, got '\(text)'")
    }
    return Extent(height: height, width: width)
  }

  func run() throws {
    reading.apply()
    let outputs = try LearnOutputs(output, pairs: pictures.count / 2, pictures: !noPictures)
    for path in outputs.all {
      try OutputPlace.protect(pictures, from: path)
      try OutputPlace.prepare(path)
    }
    var learning = try KernelLearning(kernelSize: kernelSize, sharing: channels, usesBias: bias)
    var examples: [KernelExample] = []
    var jpegs: [JPEGUndoing.Pair] = []
    for index in stride(from: 0, to: pictures.count, by: 2) {
      let example = try self.example(pictures[index], pictures[index + 1])
      try adding(pictures[index], pictures[index + 1]) { try learning.add(example) }
      examples.append(example)
      jpegs.append(JPEGUndoing.Pair(example: example, options: try jpegOptions(pictures[index + 1])))
    }
    let exact = try adding(pictures[0], pictures[1]) { try learning.leastSquares() }
    var steps: [DescentStep] = []
    let rate = usesDescent ? learningRate ?? exact.bestLearningRate : nil
    var kernel =
      try rate.map { try descended(learning, exact, rate: $0) { steps.append($0) } } ?? exact.kernel
    if undoJpeg { kernel = try undone(exact, jpegs) }
    let fit = try self.fit(kernel, learning, exact, examples, outputs)
    let report = LearnReport(
      name: outputs.name,
      pairs: stride(from: 0, to: pictures.count, by: 2).map {
        LearnReport.Pair(before: pictures[$0], after: pictures[$0 + 1])
      },
      learning: learning, exact: exact, kernel: kernel, undoneJPEG: undoJpeg, steps: steps,
      learningRate: rate, fit: fit,
      standardErrors: learning.standardErrors(exact.solutions, squaredErrors: fit.squaredErrors),
      files: outputs.all.filter { $0 != standardStreamPath })
    try writeFile(Array(report.kernelFile.utf8), to: outputs.kernel)
    let drawing = try drawKernel(report, outputs)
    let printer = ResultPrinter(outputPath: output)
    printer(format == .json ? try json(report.printed, pretty: true) : report.text)
    if let drawing { printer("\n" + drawing) }
  }

  private var usesDescent: Bool {
    method.map { $0 == .descent } ?? (steps != nil || learningRate != nil || seed != nil)
  }

  private func example(_ before: String, _ after: String) throws -> KernelExample {
    let first = try LearningPicture(before, gray: gray, marksClipped: false, reading: reading)
    let second = try LearningPicture(after, gray: gray, marksClipped: clipped == .skip, reading: reading)
    let coding = ValueCoding(
      zero: signed == .offset ? 0.5 : 0, scale: (signed == .offset ? 2 : 1) / gain)
    return KernelExample(
      before: first.rows, after: second.rows, border: border.flatMap(BorderMode.init),
      clipping: second.isPicture && clipped == .skip ? 0...1 : nil,
      coding: second.isPicture ? coding : .plain)
  }

  /// How a picture after was stored, for `--undo-jpeg`; `nil` for one that is no JPEG.
  private func jpegOptions(_ path: String) throws -> JPEGOptions? {
    guard undoJpeg, path != standardStreamPath,
      let settings = JPEGSettings(try readFile(path, limit: dataFileLimit))
    else { return nil }
    return JPEGOptions(quality: try settings.quality(), subsampling: settings.subsampling)
  }

  private func undone(_ exact: LeastSquaresKernel, _ pairs: [JPEGUndoing.Pair]) throws -> LearnedKernel {
    guard pairs.contains(where: { $0.options != nil }) else {
      throw CommandError.choice(
        "--undo-jpeg is for pictures after the filter that are JPEG files; here is none")
    }
    guard exact.isDetermined else {
      throw CommandError.choice(
        "--undo-jpeg needs pictures that determine the kernel; these tell \(exact.rank) of \(exact.unknowns) numbers"
      )
    }
    return try JPEGUndoing(
      pairs: pairs,
      makeLearning: { try KernelLearning(kernelSize: kernelSize, sharing: channels, usesBias: bias) },
      border: border.flatMap(BorderMode.init)
    ).corrected(exact.kernel)
  }

  /// Errors of a pair with the names of its files.
  private func adding<Result>(_ before: String, _ after: String, _ body: () throws -> Result) throws -> Result
  {
    do {
      return try body()
    } catch let error as KernelLearningError {
      var hint = ""
      if case .channels(3, 1, _) = error { hint = "; --gray learns from the brightness" }
      if case .nothingCounts = error { hint = "; --clipped count takes them as they are" }
      throw CommandError.choice("\(before) and \(after): \(error)\(hint)")
    }
  }

  private func descended(
    _ learning: KernelLearning, _ exact: LeastSquaresKernel, rate: Double, _ tell: (DescentStep) -> Void
  ) throws -> LearnedKernel {
    let count = steps ?? 1000
    var generator = SplitMix64(seed: seed ?? 1)
    return try learning.gradientDescent(
      steps: count, learningRate: rate, every: max(1, (count + 4) / 5), from: exact, using: &generator, tell)
  }

  /// Compares all pairs and draws what is left unexplained.
  private func fit(
    _ kernel: LearnedKernel, _ learning: KernelLearning, _ exact: LeastSquaresKernel,
    _ examples: [KernelExample], _ outputs: LearnOutputs
  ) throws -> KernelFit {
    var total = KernelFit.none
    for (index, example) in examples.enumerated() {
      let path = outputs.residuals.isEmpty ? nil : outputs.residuals[index]
      let fit = try learning.fit(of: kernel, to: example, wantsResidual: path != nil)
      total = index == 0 ? fit.withoutResidual : total.merged(with: fit)
      guard let path, let residual = fit.residual else { continue }
      // What is left by rounding is not to be stretched to a picture of noise.
      let isRounding = fit.squaredErrors.reduce(0, +) < LearnReport.rounding * exact.startLoss
      try draw(isRounding ? residual.map { _ in 0 } : residual, of: pictures[2 * index + 1], to: path)
    }
    return total
  }

  private func draw(_ residual: Tensor, of file: String, to path: String) throws {
    let title = "\(fileName(of: file)) less the kernel's result"
    let labels = [1: ["difference"], 3: ["red", "green", "blue"]][residual.shape.channels]
    let grid = FeatureMapGrid(title: title, maps: residual, colorMap: .rdBu, labels: labels).render()
    try save(
      grid.image, to: path, title: title, shape: residual.shape, scale: grid.scaleText, source: file)
  }

  /// - Returns: the kernel for the terminal, where that is wanted.
  private func drawKernel(_ report: LearnReport, _ outputs: LearnOutputs) throws -> String? {
    guard let path = outputs.picture else { return nil }
    // What is nothing beside the largest weight is drawn as 0, not as 7.6e-06.
    let largest = report.kernel.weight.values.map { abs($0) }.max() ?? 0
    let weight = report.kernel.weight.map { abs($0) < 0.00005 * largest ? 0 : $0 }.converted(to: Float.self)
    let shape = weight.shape
    let counts = shape.batch * shape.channels == 1 ? "" : "\(shape.batch)x\(shape.channels)x"
    let title = "\(outputs.name)  \(counts)\(kernelSize)"
    let drawn = KernelGrid(title: title, weights: weight).render()
    try save(
      drawn.image, to: path, title: title, shape: weight.shape, scale: drawn.scaleText, source: pictures[1])
    let maps = weight.reshaped(
      Shape(channels: shape.batch * shape.channels, height: shape.height, width: shape.width))
    return try terminal.drawing(
      of: drawn.image,
      grid: shape.planeCount > 1 ? FeatureMapGrid(title: title, maps: maps, colorMap: .brBG) : nil)
  }
}

/// Where `learn` writes what.
struct LearnOutputs {
  let name: String
  let kernel: String
  let picture: String?
  let residuals: [String]

  var all: [String] { [kernel] + (picture.map { [$0] } ?? []) + residuals }

  /// - Throws: `CommandError.unknownFormat` for a name that does not end in .json.
  init(_ output: String, pairs: Int, pictures: Bool) throws {
    kernel = output
    guard output != standardStreamPath else {
      (name, picture, residuals) = ("learned", nil, [])
      return
    }
    guard fileExtension(of: output) == "json", !isFolder(output) else {
      throw CommandError.unknownFormat(path: output, known: [".json"])
    }
    name = baseName(of: output)
    let base = joinPath(parentFolder(of: output), name)
    picture = pictures ? base + ".png" : nil
    residuals =
      pictures
      ? (1...pairs).map { pairs == 1 ? "\(base)-residual.png" : "\(base)-residual-\($0).png" } : []
  }
}
