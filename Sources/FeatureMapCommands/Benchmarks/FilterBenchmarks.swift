import FeatureMap

/// Filters on 24 megapixels of three colours in memory.
extension BenchmarkSuite {
  func sobel() throws -> BenchmarkRow {
    let filter = try Network(chain: "sobel", registry: makeRegistry())
    return try filtering("sobel", "Sobel's magnitude", multiplyAdds: nil) { _ = try filter($0) }
  }

  /// A kernel without zeros or symmetries.
  func dense7x7() throws -> BenchmarkRow {
    var generator = SplitMix64(seed: 7)
    let kernel = Tensor(
      shape: Shape(channels: 1, height: 7, width: 7),
      values: (0..<49).map { _ in generator.uniform(0.1...1) / 25 }
    )
    let products = 3 * settings.photo.height * settings.photo.width * 49
    return try filtering("7x7", "a dense 7x7 kernel", multiplyAdds: products) {
      _ = try filterPlanes($0, kernel: kernel, border: .reflect)
    }
  }

  func gauss5x5() throws -> BenchmarkRow {
    let filter = try Network(chain: "gaussian:sigma=1:size=5", registry: makeRegistry())
    return try filtering("5x5", "Gauss, 5x5", multiplyAdds: nil) { _ = try filter($0) }
  }

  /// Times a filter and a copy of the same pixels.
  private func filtering(
    _ name: String, _ what: String, multiplyAdds: Int?, _ filter: (Tensor) throws -> Void
  ) throws -> BenchmarkRow {
    let size = settings.photo
    let input = SyntheticPictures.photoTensor(size)
    let megapixels = Double(size.height * size.width) / 1e6
    func measure() throws -> BenchmarkRow {
      BenchmarkRow(
        name, "\(what), \(threeDigits(megapixels)) MP RGB float in memory",
        try RunTimes.measure(repeats: settings.repeats(11), warmUps: 2) { try filter(input) },
        count: megapixels, unit: "MP/s")
    }
    var row = try multiplyAdds.map { try comparedWithPeak(multiplyAdds: $0, measure) } ?? measure()
    var goal = [Float](repeating: 0, count: input.values.count)
    row.memcpySeconds = MachinePeak.copying(input.values, to: &goal, repeats: settings.repeats(11)).median
    return row
  }
}
