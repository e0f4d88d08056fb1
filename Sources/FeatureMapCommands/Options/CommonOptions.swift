import ArgumentParser
import FeatureMap

/// Limits and threads: what every command that reads pictures takes.
struct ReadingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Largest picture that is loaded, in megapixels.", valueName: "n"))
  var maxMegapixels = 256.0

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard maxMegapixels > 0, maxMegapixels <= 1_000_000 else {
      throw ValidationError("--max-megapixels must be above 0, got \(maxMegapixels)")
    }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, got \(threads)") }
  }

  var limits: ImageLimits { ImageLimits(maximumPixels: Int(maxMegapixels * 1_000_000)) }

  /// Loads a picture within the limits.
  func load(_ path: String) throws -> RasterImage {
    try file(path).reader().readImage()
  }

  /// A picture's file within the limits, for those who read rows.
  func file(_ path: String) throws -> PictureFile {
    try PictureFile(path, limits: limits)
  }

  func apply() {
    if let threads { Threads.count = threads }
  }
}

/// How grids of maps are drawn.
struct GridOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What shares one colour range: each map, the layer, its block (a convolution with its activation and pooling), all layers, or a fixed range LO,HI.",
      valueName: "each|layer|block|all|lo,hi"),
    transform: { text in
      do { return try ValueScale(text) } catch { throw ValidationError("\(error)") }
    })
  var scale = ValueScale.layer

  @Option(
    help: ArgumentHelp(
      "Colours: \(ColorMap.all.map(\.name).joined(separator: ", ")); chosen by the values' signs when not given.",
      valueName: "name"),
    transform: { text in
      do { return try ColorMap(named: text) } catch { throw ValidationError("\(error)") }
    })
  var colormap: ColorMap?

  @Option(help: ArgumentHelp("Maps in a row.", valueName: "n"))
  var columns: Int?

  @Option(help: ArgumentHelp("Pixels that one value becomes, each way.", valueName: "n"))
  var zoom: Int?

  @Option(help: ArgumentHelp("Space around each map, in pixels.", valueName: "n"))
  var padding = 2

  func validate() throws {
    if let columns, !(1...4096).contains(columns) {
      throw ValidationError("--columns must be within 1...4096, got \(columns)")
    }
    if let zoom, !(1...256).contains(zoom) {
      throw ValidationError("--zoom must be within 1...256, got \(zoom)")
    }
    guard (0...256).contains(padding) else {
      throw ValidationError("--padding must be within 0...256, got \(padding)")
    }
  }

  /// What a layer shares its range with: layers of one group have the same.
  ///
  /// - Parameter blocks: of the network.
  func scaleGroup(_ layer: String, blocks: [String: String]) -> String {
    switch scale {
    case .all: ""
    case .block: blocks[layer] ?? layer
    case .each, .layer, .fixed: layer
    }
  }

  /// By layer, the values that the shared range of its grid covers.
  func sharedValues(of layers: [ShownLayer], in network: Network) -> [String: ValueStatistics] {
    let blocks = network.blocks()
    var merged: [String: ValueStatistics] = [:]
    for layer in layers {
      merged[scaleGroup(layer.name, blocks: blocks), default: ValueStatistics()].merge(layer.values)
    }
    return layers.reduce(into: [:]) { $0[$1.name] = merged[scaleGroup($1.name, blocks: blocks)] }
  }

  /// - Throws: `CommandError.choice` when the zoom asks for a picture of more than 256 megapixels.
  func checkSize(values: Int) throws {
    guard let zoom else { return }
    let megapixels = Double(values) * Double(zoom * zoom) / 1_000_000
    if megapixels > 256 {
      throw CommandError.choice(
        "--zoom \(zoom) would make a picture of \(Int(megapixels)) megapixels; the limit is 256")
    }
  }
}

/// Which network or chain of filters works on the picture.
///
/// The plugins that it may be of stand beside it: groups within groups are checked many times over by debug builds of
/// the argument parser.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A network (lenet, lenet-relu), a .safetensors file of its weights, or a chain of kernels such as gaussian,sobel.",
      valueName: "model"))
  var model = "lenet"
}

/// What filters do at the border, and whether colour is put away first.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Border mode of every filter that is not given one: zero, replicate, reflect, symmetric, circular, valid.",
      valueName: "mode"))
  var border: String?

  @Flag(help: "Work on the brightness (luma, Rec. 601) instead of on each colour.")
  var gray = false

  func validate() throws {
    guard let border else { return }
    guard case .choice(_, let choices) = FilterBorder.parameter.kind, choices.contains(border) else {
      throw ValidationError(
        "there is no border mode '\(border)'; use \(FilterBorder.parameter.kind.accepted)")
    }
  }

  var defaults: [KernelSpecification.Setting] {
    border.map { [KernelSpecification.Setting(FilterBorder.parameter.name, $0)] } ?? []
  }
}
