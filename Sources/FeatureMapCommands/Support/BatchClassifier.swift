import FeatureMap

/// Pictures of files put through a network as batches.
final class BatchClassifier: Sendable {
  private let model: Model
  /// As the user wrote it, for errors.
  private let modelName: String
  /// How many classes an answer names.
  private let top: Int
  private let invert: InvertMode
  private let preparation: GarmentPreparation
  private let limits: ImageLimits
  /// File or folder for what the network saw.
  private let saveInput: String?
  /// Folder for every step on the way there.
  private let explainInput: String?
  /// `nil` where the network does not take pictures sixteen at a time.
  private let prepared: PreparedNetwork?
  /// The classes of things that come in pairs.
  private let shoes: [Int]

  init(
    model: Model, modelName: String, top: Int, invert: InvertMode, preparation: GarmentPreparation,
    limits: ImageLimits, saveInput: String?, explainInput: String?
  ) {
    self.model = model
    self.modelName = modelName
    self.top = top
    self.invert = invert
    self.preparation = preparation
    self.limits = limits
    self.saveInput = saveInput
    self.explainInput = explainInput
    let network = model.network
    // What a kernel refuses it refuses again, for the picture that is then named.
    prepared = network.takesTiles ? network.inputShape.flatMap { try? network.prepared(for: $0) } : nil
    shoes = network.classes.indices.filter {
      ["Sandal", "Sneaker", "Ankle boot"].contains(network.classes[$0])
    }
  }

  /// What comes of files, in their order. Several threads may ask at a time.
  ///
  /// - Parameter loader: the thread's own.
  func callAsFunction(
    _ files: ArraySlice<String>, _ loader: ImageLoader, _ format: TableFormat
  ) -> [FileOutcome<ClassificationOutput>] {
    var inputs: [NetworkInput] = []
    inputs.reserveCapacity(files.count)
    var failures: [Int: any Error] = [:]
    for (number, file) in files.enumerated() {
      do {
        inputs.append(
          try NetworkInput(
            PictureFile.explaining { try loader.load(file, limits: limits) }, for: model, size: .network,
            invert: invert, preparation: preparation, gray: false))
      } catch {
        failures[number] = error
      }
    }
    let answers = Result { try probabilities(inputs) }
    var outcomes: [FileOutcome<ClassificationOutput>] = []
    var output = ClassificationOutput(format)
    var (place, view) = (0, 0)
    for (number, file) in files.enumerated() {
      do {
        if let error = failures[number] { throw error }
        defer {
          view += inputs[place].viewWeights.count
          place += 1
        }
        output.append(try classification(file, inputs[place], try answers.get(), view))
      } catch {
        outcomes += [.answer(output), .failure(path: file, error)]
        output = ClassificationOutput(format)
      }
    }
    return outcomes + [.answer(output)]
  }

  /// The probabilities that the network gives all views of the pictures: [views, classes, 1, 1]. Those of a
  /// picture are the same bits whichever pictures it comes with.
  private func probabilities(_ inputs: [NetworkInput]) throws -> Tensor {
    let views = inputs.map(\.views)
    if let prepared, let batch = joined(views) { return softmax(try prepared(batch, manyMayFollow: true)) }
    return joined(try views.map { softmax(try model.network($0)) })
      ?? Tensor(shape: Shape(channels: 0, height: 1, width: 1))
  }

  /// - Parameters:
  ///   - answers: the probabilities of all views of all pictures.
  ///   - first: the first view of this picture among them.
  private func classification(
    _ file: String, _ input: NetworkInput, _ answers: Tensor, _ first: Int
  ) throws -> Classification {
    let probabilities = mean(answers, first, input)
    guard probabilities.allSatisfy(\.isFinite) else {
      throw CommandError.choice(
        "\(modelName) answers with values that are no numbers; are its weights sound?")
    }
    let best = largest(top, of: probabilities)
    try write(input, file)
    return Classification(
      file: file, input: input.decisions,
      isUnsure: probabilities[best[0]] < Classification.surely || input.garment?.isGarmentFound == false,
      top: best.map { .init(label: model.className($0), index: $0, probability: probabilities[$0]) })
  }

  /// The weighted mean over all views; of a pair only shoes are left.
  private func mean(_ answers: Tensor, _ first: Int, _ input: NetworkInput) -> [Float] {
    let classes = answers.shape.exampleCount
    var mean = [Float](repeating: 0, count: classes)
    for (view, weight) in input.viewWeights.enumerated() {
      for i in 0..<classes { mean[i] += weight * answers.values[(first + view) * classes + i] }
    }
    guard input.garment?.isPairOfShoes == true, shoes.count == 3 else { return mean }
    let sum = shoes.reduce(0) { $0 + mean[$1] }
    // A network that gives shoes no chance at all is not overruled.
    guard sum > 1e-6 else { return mean }
    return mean.indices.map { shoes.contains($0) ? mean[$0] / sum : 0 }
  }

  private func write(_ input: NetworkInput, _ file: String) throws {
    if let saveInput {
      try save(
        try RasterImage(tensor: input.tensor), to: ClassifyCommand.inputPath(saveInput, file),
        title: "input of \(model.network.name)", shape: input.tensor.shape, source: file)
    }
    if let explainInput {
      let steps = input.garment?.steps ?? [.init(name: "input", tensor: input.tensor)]
      for (index, step) in steps.enumerated() {
        try save(
          try RasterImage(tensor: step.tensor),
          to: ClassifyCommand.stepPath(explainInput, file, index + 1, step.name),
          title: "step \(index + 1) of the way to the network: \(step.name)", shape: step.tensor.shape,
          source: file)
      }
    }
  }
}

/// The places of the `count` largest of finite values, the largest first; of equals the first comes first.
private func largest(_ count: Int, of values: [Float]) -> [Int] {
  var rest = values
  return (0..<min(count, values.count)).map { _ in
    var best = 0
    for place in rest.indices where rest[place] > rest[best] { best = place }
    rest[best] = -.infinity
    return best
  }
}

/// Examples of one shape in one batch; `nil` for none.
private func joined(_ tensors: [Tensor]) -> Tensor? {
  guard let shape = tensors.first?.shape else { return nil }
  let count = tensors.reduce(0) { $0 + $1.shape.batch }
  var values: [Float] = []
  values.reserveCapacity(count * shape.exampleCount)
  for tensor in tensors { values += tensor.values }
  return Tensor(shape: shape.with(batch: count), values: values)
}
