import FeatureMap

/// The network: learning, many pictures, one picture.
extension BenchmarkSuite {
  /// Forward, backward and step by the trainer, which also makes the batches from bytes in random order.
  func training() throws -> BenchmarkRow {
    let network = try makeLeNet(seed: 1)
    // An epoch about as long as that of the data set, which has 59 such steps.
    let steps = settings.quick ? 1 : 48
    let pictures = SyntheticPictures.garments(count: steps * settings.trainingBatch)
    var recipe = TrainingRecipe.d2l
    recipe.batchSize = settings.trainingBatch
    var trainer = try Trainer(network: network, recipe: recipe)
    let work = try trainingMultiplyAdds(network) * pictures.count
    return try comparedWithPeak(multiplyAdds: work) {
      let times = try RunTimes.measure(repeats: settings.repeats(7), warmUps: 1) {
        _ = try trainer.runEpoch(on: pictures)
      }
      return BenchmarkRow(
        "train", "LeNet learns: forward, backward, step; batches of \(grouped(settings.trainingBatch))",
        times,
        count: Double(pictures.count), unit: "examples/s")
    }
  }

  /// The products summed to learn from one example: those of the layers forwards, as many again for the gradients
  /// of their weights, and as many once more for the gradients of their inputs, but for layers that take the
  /// network's own input, whose gradient nobody needs. LeNet: 3 * 416,520 - 117,600 = 1,131,960.
  ///
  /// Sigmoids, pooling, loss and step are not counted.
  func trainingMultiplyAdds(_ network: Network) throws -> Int {
    guard let shape = network.inputShape else { return 0 }
    return try network.summary(for: shape).reduce(0) { sum, layer in
      sum + layer.multiplyAdds * (layer.inputs.contains(Network.inputName) ? 2 : 3)
    }
  }

  /// All pictures through the network in batches of the size that proves best.
  func inference() throws -> BenchmarkRow {
    let network = try trainedLeNet().network
    let pictures = SyntheticPictures.garments(count: settings.garments)
    let prepared = try network.prepared(for: pictures.batch(0..<1).shape)
    let work = try forwardMultiplyAdds(network) * pictures.count
    return try comparedWithPeak(multiplyAdds: work) {
      let sizes = settings.quick ? [pictures.count] : [64, 256, 1024, pictures.count]
      let measured = try sizes.map { size in
        let batches = stride(from: 0, to: pictures.count, by: size).map {
          pictures.batch($0..<min($0 + size, pictures.count))
        }
        let times = try RunTimes.measure(repeats: settings.repeats(11), warmUps: 2) {
          for batch in batches { _ = try prepared(batch) }
        }
        return (size: size, times: times)
      }
      let best = measured.min { $0.times.median < $1.times.median } ?? measured[0]
      return BenchmarkRow(
        "infer", "LeNet on \(grouped(pictures.count)) pictures, \(grouped(best.size)) at a time", best.times,
        count: Double(pictures.count), unit: "images/s")
    }
  }

  /// One picture at a time, each call timed by itself.
  func singleImage() throws -> BenchmarkRow {
    let network = try trainedLeNet().network
    let picture = SyntheticPictures.garments(count: 1).batch(0..<1)
    let prepared = try network.prepared(for: picture.shape)
    return try comparedWithPeak(multiplyAdds: try forwardMultiplyAdds(network)) {
      let times = try RunTimes.measure(repeats: settings.repeats(5000), warmUps: settings.quick ? 1 : 500) {
        _ = try prepared(picture)
      }
      return BenchmarkRow("image", "LeNet on one picture", times, count: 1, unit: "images/s")
    }
  }

  private func forwardMultiplyAdds(_ network: Network) throws -> Int {
    guard let shape = network.inputShape else { return 0 }
    return try network.summary(for: shape).reduce(0) { $0 + $1.multiplyAdds }
  }
}
