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
  let reading: ReadingOptions
  /// File or folder for what the network saw.
  let saveInput: String?

  /// One answer or error for each file, in their order.
  ///
  /// - Parameter finish: what becomes of an answer; called by several threads.
  func callAsFunction<Answer: Sendable>(
    _ files: [String], _ finish: @Sendable (Classification) throws -> Answer
  ) -> [Result<Answer, any Error>] {
    let inputs = parallelMap(files.count) { index in
      Result {
        try NetworkInput(
          reading.load(files[index]), for: model, size: .network, invert: invert, gray: false)
      }
    }
    let loaded = inputs.indices.filter { (try? inputs[$0].get()) != nil }
    let logits = Result { try answers(loaded.compactMap { try? inputs[$0].get().tensor }) }
    var places = [Int](repeating: 0, count: files.count)
    for (place, index) in loaded.enumerated() { places[index] = place }
    return parallelMap(files.count) { [places] index in
      Result {
        let input = try inputs[index].get()
        let answer = try logits.get().examples(places[index]..<places[index] + 1)
        return try finish(try classification(files[index], input, softmax(answer).values))
      }
    }
  }

  /// What the network answers to pictures of one shape: [N, classes, 1, 1].
  private func answers(_ pictures: [Tensor]) throws -> Tensor {
    guard let shape = pictures.first?.shape else {
      return Tensor(shape: Shape(channels: 0, height: 1, width: 1))
    }
    var values: [Float] = []
    values.reserveCapacity(pictures.count * shape.count)
    for picture in pictures { values += picture.values }
    return try model.network(Tensor(shape: shape.with(batch: pictures.count), values: values))
  }

  private func classification(
    _ file: String, _ input: NetworkInput, _ probabilities: [Float]
  ) throws -> Classification {
    guard probabilities.allSatisfy(\.isFinite) else {
      throw CommandError.choice(
        "\(modelName) answers with values that are no numbers; are its weights sound?")
    }
    let best = probabilities.indices.sorted {
      (probabilities[$0], $1) > (probabilities[$1], $0)
    }.prefix(top)
    if let saveInput {
      let path = ClassifyCommand.inputPath(saveInput, file)
      try save(
        try RasterImage(tensor: input.tensor), to: path, title: "input of \(model.network.name)",
        shape: input.tensor.shape, source: file)
    }
    return Classification(
      file: file, input: input.decisions,
      top: best.map {
        .init(label: model.className($0), index: $0, probability: probabilities[$0])
      })
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
