import ArgumentParser
import FeatureMap

/// `featuremap kernels`: weights as pictures.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Draw or write the kernels of a network's layers, or of a named filter.",
    discussion: """
      Writes one picture for each kernel and a grid of them all. Brown is negative, white zero, blue-green \
      positive; the scale is symmetric around zero.

      --format writes the kernel itself: json keeps everything and is read as a kernel again; text (rows of \
      numbers), vips (a matrix for vips conv), imagemagick (-morphology Correlate) and gmic (correlate) are for \
      other programs, and are refused where these could not compute the same. They print to standard output \
      unless -o names a file or folder. npy is an array [kH, kW], or [out, in, kH, kW].

      EXAMPLES:
        featuremap kernels -o kernels/
        featuremap kernels --layer conv2 -o kernels/
        featuremap kernels --show
        featuremap kernels sobel gaussian:sigma=2 -o kernels/
        featuremap kernels "3x3: -1,0,1 -2,0,2 -1,0,1"
        featuremap kernels sobel-x --format imagemagick
        featuremap kernels gaussian:sigma=1.4 --format vips -o gaussian.mat
        featuremap kernels --layer conv2 --format json -o conv2.json
      """)

  @Argument(help: ArgumentHelp("Kernels to draw; without, those of the model's layers.", valueName: "kernel"))
  var kernels: [String] = []

  @Option(
    help: ArgumentHelp(
      "Layer of the model, repeatable; all for every one. The first convolution by default.",
      valueName: "name"))
  var layer: [String] = []

  @OptionGroup var model: ModelOptions
  @OptionGroup var plugins: PluginOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder to write to; for kernels as text also a file. Default: here.", valueName: "path"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Pictures, or the kernel itself.", valueName: "png|json|text|vips|imagemagick|gmic|npy"))
  var format = KernelOutputFormat.png

  @OptionGroup var grid: GridOptions
  @OptionGroup var terminal: ShowOptions

  func validate() throws {
    if !kernels.isEmpty, !layer.isEmpty {
      throw ValidationError("--layer chooses layers of the model; kernels are named without it")
    }
    if format != .png && terminal.isWanted {
      throw ValidationError("--show draws pictures; leave --format \(format.rawValue) out")
    }
  }

  func run() throws {
    let registry = try makeRegistry(plugins)
    if let text = format.text {
      let export = KernelExport(
        format: text, output: output, inputs: kernels.flatMap { Model.chainFiles($0) })
      return try export.write(
        kernels.isEmpty ? try layerFiles(registry) : try kernels.flatMap { try namedFiles($0, registry) })
    }
    if let output, ImageFormat(path: output) != nil && !isFolder(output) {
      throw CommandError.choice("kernels writes several pictures: -o names a folder, got \(output)")
    }
    let sets = kernels.isEmpty ? try layerWeights(registry) : try kernels.flatMap { try named($0, registry) }
    if format == .npy { return try writeArrays(sets) }
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

  private var takesAll: Bool { layer.contains("all") }

  private func layers(of network: Network) throws -> [Network.Node] {
    let first = network.nodes.first { $0.kernel is Convolution2D }
    return takesAll
      ? network.nodes
      : layer.isEmpty ? first.map { [$0] } ?? network.nodes : try layer.map(network.node(named:))
  }

  /// The layers as kernel files; with `all`, those that can be.
  private func layerFiles(_ registry: KernelRegistry) throws -> [KernelFile] {
    let network = try Model(model.model, registry: registry).network
    return try layers(of: network).compactMap { node in
      do {
        return try KernelFile(
          exporting: node.kernel, name: node.name, summary: "layer \(node.name) of \(network.name)")
      } catch {
        if takesAll { return nil }
        throw error
      }
    }
  }

  /// The kernels of a chain as kernel files.
  private func namedFiles(_ text: String, _ registry: KernelRegistry) throws -> [KernelFile] {
    try KernelSpecification.chain(text).map { specification in
      if case .file(let path) = specification.source {
        let tensor = specification.settings.first { $0.name == "tensor" }
        let settings = specification.settings.filter { $0.name != "tensor" }
        let file = try KernelFile(path: path, tensor: tensor?.value ?? "")
        return settings.isEmpty && format == .json ? file : try file.changed(by: settings)
      }
      var summary = ""
      if case .name(let name) = specification.source {
        summary = try registry.factory(named: name).descriptor.summary
      }
      return try KernelFile(
        exporting: try registry.kernel(for: specification), name: specification.shortName, summary: summary)
    }
  }

  private func writeArrays(_ sets: [WeightSet]) throws {
    var used: Set<String> = []
    for set in sets {
      let name = freeName(set.name, &used)
      let isFile = output.map { fileExtension(of: $0) == "npy" && !isFolder($0) } ?? false
      guard !isFile || sets.count == 1 else {
        throw CommandError.choice("there are \(sets.count) kernels to write: -o names a folder")
      }
      let path = isFile ? output ?? "" : joinPath(folder, "\(name).npy")
      let shape = set.weights.shape
      let dimensions = [shape.batch, shape.channels, shape.height, shape.width]
      let kept = dimensions[0] * dimensions[1] == 1 ? Array(dimensions[2...]) : dimensions
      try OutputPlace.prepare(path)
      try writeFile(encodeNPY(dimensions: kept, values: set.weights.values), to: path)
      print("\(path): float32 \(kept.map(String.init).joined(separator: "x"))")
    }
    Console.note("featuremap: .npy files hold weights alone; --format json keeps all of a kernel")
  }

  /// The folder that pictures go to; empty for the one that the program runs in.
  private var folder: String { output == "." ? "" : output ?? "" }

  private func layerWeights(_ registry: KernelRegistry) throws -> [WeightSet] {
    let network = try Model(model.model, registry: registry).network
    let sets = try layers(of: network).flatMap { node in
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
        try write(
          kernel, "\(name).png", title: caption, sizes: "\(shape.extent)", &table,
          shared: ValueStatistics(set.weights))
      }
    }
    return all
  }

  @discardableResult private func write(
    _ weights: Tensor, _ file: String, title: String, sizes: String, _ table: inout TextTable,
    shared: ValueStatistics? = nil
  ) throws -> RasterImage {
    let path = joinPath(folder, file)
    try grid.checkSize(values: weights.shape.count)
    let drawn = KernelGrid(
      title: title, weights: weights, scale: grid.scale, columns: grid.columns, padding: grid.padding,
      zoom: grid.zoom, sharedValues: shared
    ).render()
    try save(
      drawn.image, to: path, title: title, shape: weights.shape, scale: drawn.scaleText,
      source: kernels.isEmpty ? model.model : nil)
    table.rows.append([baseName(of: file), sizes, ValueStatistics(weights).rangeText, path])
    return drawn.image
  }
}
