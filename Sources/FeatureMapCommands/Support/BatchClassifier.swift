import FeatureMap

/// Pictures of files put through a network as batches: all threads read, the network sees all pictures at once,
/// all threads make the answers.
struct BatchClassifier: Sendable {
  let model: Model
  /// As the user wrote it, for errors.
  let modelName: String
  /// How many classes an answer names.
  let top: Int
  let invert: InvertMode
  let preparation: GarmentPreparation
  let reading: ReadingOptions
  /// File or folder for what the network saw.
  let saveInput: String?
  /// Folder for every step on the way there.
  let explainInput: String?

  /// Classes of things that come in pairs.
  private static let shoes = ["Sandal", "Sneaker", "Ankle boot"]

  /// One answer or error for each file, in their order.
  ///
  /// - Parameter finish: what becomes of an answer; called by several threads.
  func callAsFunction<Answer: Sendable>(
    _ files: [String], _ finish: @Sendable (Classification) throws -> Answer
  ) -> [Result<Answer, any Error>] {
    let inputs = parallelMap(files.count) { index in
      Result {
        try NetworkInput(
          reading.load(files[index]), for: model, size: .network, invert: invert, preparation: preparation,
          gray: false)
      }
    }
    let loaded = inputs.map { (try? $0.get())?.views }
    let logits = Result { try answers(loaded.compactMap(\.self)) }
    var places = [Int](repeating: 0, count: files.count)
    for index in 1..<max(files.count, 1) {
      places[index] = places[index - 1] + (loaded[index - 1]?.shape.batch ?? 0)
    }
    return parallelMap(files.count) { [places] index in
      Result {
        let input = try inputs[index].get()
        let range = places[index]..<places[index] + input.viewWeights.count
        return try finish(try classification(files[index], input, softmax(logits.get().examples(range))))
      }
    }
  }

  /// What the network answers to pictures of one shape: [N, classes, 1, 1].
  private func answers(_ pictures: [Tensor]) throws -> Tensor {
    guard let shape = pictures.first?.shape else {
      return Tensor(shape: Shape(channels: 0, height: 1, width: 1))
    }
    let count = pictures.reduce(0) { $0 + $1.shape.batch }
    var values: [Float] = []
    values.reserveCapacity(count * shape.exampleCount)
    for picture in pictures { values += picture.values }
    return try model.network(Tensor(shape: shape.with(batch: count), values: values))
  }

  /// - Parameter answers: the probabilities that each view got.
  private func classification(
    _ file: String, _ input: NetworkInput, _ answers: Tensor
  ) throws -> Classification {
    let probabilities = mean(answers, input)
    guard probabilities.allSatisfy(\.isFinite) else {
      throw CommandError.choice(
        "\(modelName) answers with values that are no numbers; are its weights sound?")
    }
    let best = probabilities.indices.sorted {
      (probabilities[$0], $1) > (probabilities[$1], $0)
    }
    try write(input, file)
    return Classification(
      file: file, input: input.decisions,
      isUnsure: probabilities[best[0]] < Classification.surely || input.garment?.isGarmentFound == false,
      top: best.prefix(top).map {
        .init(label: model.className($0), index: $0, probability: probabilities[$0])
      })
  }

  /// The weighted mean over all views; of a pair only shoes are left.
  private func mean(_ answers: Tensor, _ input: NetworkInput) -> [Float] {
    let classes = answers.shape.exampleCount
    var mean = [Float](repeating: 0, count: classes)
    for (view, weight) in input.viewWeights.enumerated() {
      for i in 0..<classes { mean[i] += weight * answers.values[view * classes + i] }
    }
    let allowed = mean.indices.filter { Self.shoes.contains(model.className($0)) }
    guard input.garment?.isPairOfShoes == true, allowed.count == Self.shoes.count else { return mean }
    let sum = allowed.reduce(0) { $0 + mean[$1] }
    // A network that gives shoes no chance at all is not overruled.
    guard sum > 1e-6 else { return mean }
    return mean.indices.map { allowed.contains($0) ? mean[$0] / sum : 0 }
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

/// What `body` makes of every index in `0..<count`, by several threads.
private func parallelMap<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
  let values = Locked([Value?](repeating: nil, count: count))
  parallelFor(count) { index in
    let value = body(index)
    values.withLock { $0[index] = value }
  }
  return values.withLock { $0.compactMap(\.self) }
}
