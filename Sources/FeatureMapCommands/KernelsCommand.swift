import ArgumentParser
import FeatureMap

/// `featuremap kernels`: weights as pictures.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Draw the kernels of a network's layers, or of a named filter.",
    discussion: """
      Writes one picture for each kernel and a grid of them all. Brown is negative, white zero, blue-green \
      positive; the scale is symmetric around zero.

      EXAMPLES:
        featuremap kernels -o kernels/
        featuremap kernels --layer conv2 -o kernels/
        featuremap kernels --show
        featuremap kernels sobel gaussian:sigma=2 -o kernels/
        featuremap kernels "3x3: -1,0,1 -2,0,2 -1,0,1"
      """)

  @Argument(help: ArgumentHelp("Kernels to draw; without, those of the model's layers.", valueName: "kernel"))
  var kernels: [String] = []

  @Option(
    help: ArgumentHelp(
      "Layer of the model, repeatable; all for every one. The first convolution by default.",
      valueName: "name"))
  var layer: [String] = []

  @OptionGroup var model: ModelOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder to write to.", valueName: "folder"))
  var output = "."

  @OptionGroup var grid: GridOptions
  @OptionGroup var terminal: ShowOptions

  func run() throws {
    if ImageFormat(path: output) != nil && !isFolder(output) {
      throw CommandError.choice("kernels writes several pictures: -o names a folder, got \(output)")
    }
    let registry = try makeRegistry(model.plugins)
    let sets = kernels.isEmpty ? try layerWeights(registry) : try kernels.flatMap { try named($0, registry) }
    var table = TextTable([("kernels", .left), ("shape", .left), ("range", .left), ("file", .left)])
    var used: Set<String> = []
    var drawings: [String] = []
    for set in sets {
      let set = WeightSet(name: freeName(set.name, &used), weights: set.weights)
      let image = try draw(set, &table)
      if let drawing = try terminal.drawing(of: image, grid: maps(set)) { drawings.append(drawing) }
    }
    print(table.text)
    for drawing in drawings { print("\n" + drawing) }
  }

  /// Weights to draw under a name.
  private struct WeightSet {
    let name: String
    let weights: Tensor
  }

  private func layerWeights(_ registry: KernelRegistry) throws -> [WeightSet] {
    let network = try Model(model.model, registry: registry).network
    let takesAll = layer.contains("all")
    let first = network.nodes.first { $0.kernel is Convolution2D }
    let chosen =
      takesAll
      ? network.nodes
      : layer.isEmpty ? first.map { [$0] } ?? network.nodes : try layer.map(network.node(named:))
    let sets = try chosen.flatMap { node in
      let sets = weightSets(node.name, node.kernel)
      if sets.isEmpty && !layer.isEmpty && !takesAll { throw CommandError.noKernel("layer \(node.name)") }
      return sets
    }
    guard !sets.isEmpty else { throw CommandError.noKernel(network.name) }
    return sets
  }

  private func named(_ text: String, _ registry: KernelRegistry) throws -> [WeightSet] {
    try KernelSpecification.chain(text).flatMap { specification in
      let sets = weightSets(specification.shortName, try registry.kernel(for: specification))
      guard !sets.isEmpty else { throw CommandError.noKernel(specification.text) }
      return sets
    }
  }

  /// A layer's weights, the weights that a kernel shows, or those of a linear filter; empty for others.
  private func weightSets(_ name: String, _ kernel: any Kernel) -> [WeightSet] {
    if let layer = kernel as? Convolution2D { return [WeightSet(name: name, weights: layer.weight)] }
    guard let visible = (kernel as? any VisibleKernel)?.visibleWeights else {
      if kernel is Pooling2D { return [] }
      return impulseResponse(of: kernel).map { [WeightSet(name: name, weights: $0)] } ?? []
    }
    return visible.compactMap { array in
      let full = visible.count == 1 ? name : "\(name)-\(array.name)"
      return array.weightTensor.map { WeightSet(name: full, weights: $0) }
    }
  }

  /// The kernels as maps, for a terminal.
  private func maps(_ set: WeightSet) -> FeatureMapGrid? {
    let shape = set.weights.shape
    guard shape.planeCount > 1 else { return nil }
    let count = shape.batch * shape.channels
    let labels = (0..<count).map { index in
      shape.channels == 1 ? "ch \(index)" : "\(index / shape.channels) <- \(index % shape.channels)"
    }
    return FeatureMapGrid(
      title: "\(set.name)  \(shape.batch)x\(shape.channels)x\(shape.extent)",
      maps: set.weights.reshaped(Shape(channels: count, height: shape.height, width: shape.width)),
      scale: grid.scale, colorMap: .brBG, labels: labels)
  }

  /// Writes the pictures of a set and returns the one of all its kernels.
  private func draw(_ set: WeightSet, _ table: inout TextTable) throws -> RasterImage {
    let shape = set.weights.shape
    let sizes = "\(shape.batch)x\(shape.channels)x\(shape.height)x\(shape.width)"
    let title = shape.batch * shape.channels == 1 ? "\(set.name)  \(shape.extent)" : "\(set.name)  \(sizes)"
    let all = try write(set.weights, "\(set.name).png", title: title, sizes: sizes, &table)
    guard shape.batch * shape.channels > 1, shape.planeCount > 1 else { return all }
    for o in 0..<shape.batch {
      for i in 0..<shape.channels {
        let kernel = set.weights.examples(o..<o + 1).channel(i)
        let name = shape.channels == 1 ? "\(set.name)-\(o)" : "\(set.name)-\(o)-\(i)"
        let caption =
          shape.channels == 1
          ? "\(set.name)  channel \(o)" : "\(set.name)  channel \(o) from input \(i)"
        try write(kernel, "\(name).png", title: caption, sizes: "\(shape.extent)", &table)
      }
    }
    return all
  }

  @discardableResult private func write(
    _ weights: Tensor, _ file: String, title: String, sizes: String, _ table: inout TextTable
  ) throws -> RasterImage {
    let path = joinPath(output == "." ? "" : output, file)
    try grid.checkSize(values: weights.shape.count)
    let drawn = KernelGrid(
      title: title, weights: weights, scale: grid.scale, columns: grid.columns, padding: grid.padding,
      zoom: grid.zoom
    ).render()
    try save(
      drawn.image, to: path, title: title, shape: weights.shape, scale: drawn.scaleText,
      source: kernels.isEmpty ? model.model : nil)
    table.rows.append([baseName(of: file), sizes, ValueStatistics(weights).rangeText, path])
    return drawn.image
  }
}
