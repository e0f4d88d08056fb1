import FeatureMap

/// Gathers what a report shows: the picture, every layer's values and how they came about.
struct ReportBuilder {
  let model: Model
  /// The model, with its probabilities behind it where it has classes, up to what the picture reaches.
  private let network: Network
  let input: PictureInputOptions
  let gray: Bool
  /// The longest side of a picture that no network brings to its own size.
  let side: Int
  /// Products and comparisons that are made at most; `nil` for any number.
  let mostWork: Int?
  /// What the user calls the longest side.
  let sideName: String

  /// Numbers of a page that a browser opens without trouble.
  private static let mostValues = 1 << 23
  /// The longest side of the picture as it came.
  private static let originalSide = 320

  init(
    model: Model, input: PictureInputOptions, gray: Bool, side: Int, mostWork: Int? = nil,
    sideName: String = "--side"
  ) throws {
    self.model = model
    self.input = input
    self.gray = gray
    self.side = side
    self.mostWork = mostWork
    self.sideName = sideName
    if input.isNative, let last = model.network.convolutionalPart.last {
      network = try model.network.upTo(last.name)
    } else {
      network = try model.network.providing(Network.softmaxName)
    }
  }

  /// - Parameter name: of the picture, for the page.
  /// - Throws: `CommandError.choice` for more values than a page should hold; what kernels throw.
  func data(_ image: RasterImage, name: String) throws -> ReportData {
    var notes: [String] = []
    let seen = try seen(of: image, &notes)
    let outputs = try network.activations(of: network.layerNames, for: seen.tensor)
    let classes = answers(outputs)
    if seen.viewWeights.count > 1, !classes.isEmpty {
      notes.append(
        "Here is one look at the picture; classify takes the mean of \(seen.viewWeights.count), and its answer may differ."
      )
    }
    return ReportData(
      version: "featuremap \(programVersion)", source: name, model: network.name, decisions: seen.decisions,
      notes: notes, original: try original(image),
      unsure: classes.first.map { $0.probability < Classification.surely } ?? false
        || seen.garment?.isGarmentFound == false,
      classes: classes, layers: try layers(seen.tensor, outputs))
  }

  /// The maps of one layer as `run` draws them, with what they have to be saved with.
  ///
  /// - Throws: as `data`, and for a layer that there is not.
  func grid(_ image: RasterImage, layer: String, options: GridOptions) throws -> (GridResult, Shape) {
    var notes: [String] = []
    let input = try seen(of: image, &notes).tensor
    let maps = try network.activations(of: [layer], for: input)[0].output
    try options.checkSize(values: maps.shape.count)
    let drawn = FeatureMapGrid(
      title: "\(layer)  \(maps.shape)", maps: maps, scale: options.scale, colorMap: options.colormap,
      columns: options.columns, padding: options.padding, zoom: options.zoom,
      labels: model.channelNames(layer, count: maps.shape.channels))
    return (drawn.render(), maps.shape)
  }

  /// The picture as the first layer gets it.
  private func seen(of image: RasterImage, _ notes: inout [String]) throws -> NetworkInput {
    let seen = try input.input(try reduced(image, &notes), for: model, gray: gray)
    try check(seen.tensor.shape)
    return seen
  }

  private func layers(_ input: Tensor, _ outputs: [LayerActivation]) throws -> [ReportData.Layer] {
    let rows = try network.summary(for: input.shape)
    let shapes = try network.shapes(for: input.shape)
    let first = try layer(
      Network.inputName, "input", input, ReceptiveField.input, operation: ReportOperation(type: "input"),
      picture: input.shape)
    return try [first]
      + zip(zip(network.nodes, rows), outputs).map { known, answer in
        let (node, row) = known
        return try layer(
          node.name, row.kind, answer.output, row.receptiveField, inputs: node.inputs,
          parameters: row.parameters,
          operation: ReportOperation(
            node.kernel, kind: row.kind, input: node.inputs.first.flatMap { shapes[$0] } ?? input.shape,
            outputs: row.shape.channels), picture: input.shape)
      }
  }

  private func layer(
    _ name: String, _ kind: String, _ output: Tensor, _ field: ReceptiveField, inputs: [String] = [],
    parameters: Int = 0, operation: ReportOperation, picture: Shape
  ) throws -> ReportData.Layer {
    let shape = output.shape
    return ReportData.Layer(
      name: name, kind: kind, shape: [shape.channels, shape.height, shape.width], inputs: inputs,
      values: packed(output.values), receptiveField: ReportData.Field(field),
      sees: field.isGlobal ? try seen(by: name, output: shape, of: picture) : nil,
      channelNames: network.classes.isEmpty ? model.channelNames(name, count: shape.channels) : nil,
      parameters: parameters, operation: operation)
  }

  /// What all values of a layer see of the picture: top, left, bottom, right; `nil` where the first and the last
  /// see different parts.
  private func seen(by layer: String, output: Shape, of picture: Shape) throws -> [Int]? {
    let ends = try [0, output.exampleCount - 1].map {
      try network.regions(of: UnitPosition(index: $0, of: output), in: layer, input: picture)[
        Network.inputName]
    }
    guard let seen = ends[0], seen.rows == ends[1]?.rows, seen.columns == ends[1]?.columns else { return nil }
    return [
      seen.rows.lowerBound, seen.columns.lowerBound, seen.rows.upperBound - 1, seen.columns.upperBound - 1,
    ]
  }

  /// All classes, the most probable first; none where the network does not reach them.
  private func answers(_ outputs: [LayerActivation]) -> [Classification.Answer] {
    guard !network.classes.isEmpty, network.nodes.last?.kernel is Softmax,
      let probabilities = outputs.last?.output.values
    else { return [] }
    return probabilities.indices.sorted { (probabilities[$0], $1) > (probabilities[$1], $0) }.map {
      Classification.Answer(label: model.className($0), index: $0, probability: probabilities[$0])
    }
  }

  /// A photo for a chain of filters, or for a network at its own size, in a size that a page can hold.
  private func reduced(_ image: RasterImage, _ notes: inout [String]) throws -> RasterImage {
    guard !model.isNetwork || input.isNative, max(image.width, image.height) > side else { return image }
    let small = try shrunk(image, to: side)
    notes.append(
      "The picture of \(image.width)x\(image.height) was reduced to \(small.width)x\(small.height) for this page (\(sideName))."
    )
    return small
  }

  private func shrunk(_ image: RasterImage, to side: Int) throws -> RasterImage {
    let longest = max(image.width, image.height)
    func size(_ length: Int) -> Int { max(1, (length * side + longest / 2) / longest) }
    return try RasterImage(
      tensor: resized(
        Tensor(image: image, mode: .asIs), to: Extent(height: size(image.height), width: size(image.width))))
  }

  private func original(_ image: RasterImage) throws -> ReportData.Original {
    let shown =
      max(image.width, image.height) > Self.originalSide
      ? try shrunk(image, to: Self.originalSide)
      : try RasterImage(tensor: Tensor(image: image, mode: .asIs))
    return ReportData.Original(width: image.width, height: image.height, url: try pictureURL(shown))
  }

  private func check(_ shape: Shape) throws {
    let count = try network.shapes(for: shape).values.reduce(0) { $0 + $1.count }
    guard count <= Self.mostValues else {
      throw CommandError.choice(
        "the layers of \(network.name) have \(grouped(count)) values for this picture, a page holds \(grouped(Self.mostValues)); "
          + "choose a smaller \(sideName)")
    }
    guard let mostWork else { return }
    let work = try self.work(shape)
    guard work <= Double(mostWork) else {
      throw CommandError.choice(
        "\(network.name) needs about \(formatted(work)) products for this picture, the limit here is \(formatted(Double(mostWork))); "
          + "choose a smaller \(sideName) or smaller kernels")
    }
  }

  /// Products that layers count, of others as many as values lie in the windows of their outputs.
  private func work(_ shape: Shape) throws -> Double {
    try zip(network.nodes, network.summary(for: shape)).reduce(0) { sum, layer in
      let (node, row) = layer
      if row.multiplyAdds > 0 { return sum + Double(row.multiplyAdds) }
      guard case .local(let size, _, _, _) = node.kernel.window else { return sum + Double(row.shape.count) }
      return sum + Double(row.shape.count) * Double(size.count)
    }
  }
}
