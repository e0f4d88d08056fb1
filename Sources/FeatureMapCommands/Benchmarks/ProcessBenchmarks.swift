import ArgumentParser
import FeatureMap

/// Whole runs of this program: what somebody at a terminal waits for.
extension BenchmarkSuite {
  private var garment: String { joinPath(settings.folder, "garment.png") }
  // A folder that is kept may hold pictures of a quick run and of another: names tell the amount.
  private var garments: String { joinPath(settings.folder, "garments-\(settings.garments)") }
  private var photo: String {
    joinPath(settings.folder, "photo-\(settings.photo.width)x\(settings.photo.height).jpg")
  }

  func process(_ benchmark: Benchmark) throws -> BenchmarkRow {
    let megapixels = Double(settings.photo.height * settings.photo.width) / 1e6
    let photoText = "\(threeDigits(megapixels)) MP"
    switch benchmark {
    case .help: return try measure(benchmark, "--help", ["--help"], usual: 31)
    case .run:
      try SyntheticPictures.writeGarment(to: garment)
      let grid = joinPath(settings.folder, "maps.png")
      return try measure(
        benchmark, "run: conv1's maps of a 28x28 PNG as a PNG",
        ["run", garment, "--layer", "conv1", "-o", grid], usual: 31, output: grid)
    case .classify:
      try SyntheticPictures.writeGarments(count: settings.garments, to: garments)
      return try measure(
        benchmark, "classify a folder of \(grouped(settings.garments)) PNGs of 28x28",
        ["classify", garments],
        usual: 7, count: Double(settings.garments), unit: "images/s")
    case .jpegToJPEG, .jpegToPNG:
      try SyntheticPictures.writePhoto(settings.photo, to: photo)
      let kind = benchmark == .jpegToPNG ? "png" : "jpg"
      let output = joinPath(settings.folder, "edges." + kind)
      return try measure(
        benchmark, "apply sobel to a JPEG of \(photoText), written as \(kind == "png" ? "PNG" : "JPEG")",
        ["apply", "sobel", photo, "-o", output], usual: 7, output: output, count: megapixels, unit: "MP/s")
    default: return try measure(.version, "--version", ["--version"], usual: 31)
    }
  }

  /// Runs this program again and again, each time by a small process: a child's peak memory is never told as
  /// less than its parent's, and this process is large.
  private func measure(
    _ benchmark: Benchmark, _ what: String, _ arguments: [String], usual: Int, output: String? = nil,
    count: Double? = nil, unit: String? = nil
  ) throws -> BenchmarkRow {
    let child =
      [settings.program] + arguments + (arguments[0].hasPrefix("-") ? [] : ["--threads", "\(Threads.count)"])
    var runs: [ChildProcess] = []
    let start = ContinuousClock.now
    for _ in 0...settings.repeats(usual) {
      // Nobody should wait for the seventh run of something slow who did not ask for it.
      if settings.repeats == nil, runs.count > 3, ContinuousClock.now - start > .seconds(10) { break }
      let text = try ChildProcess.output(
        of: [settings.program, BenchCommand.configuration.commandName ?? "bench", "--measure-process"] + child
      )
      let run = try decodedJSON(ChildProcess.self, from: text)
      guard run.status == 0 else {
        throw CommandError.benchmarkFailed(benchmark.rawValue, status: run.status)
      }
      runs.append(run)
    }
    // The first run finds files and pages that are not in memory yet.
    let timed = runs.dropFirst()
    let times = RunTimes(timed.map(\.seconds))
    var row = BenchmarkRow(benchmark.rawValue, what, times, count: count, unit: unit)
    row.peakMemoryBytes = timed.map(\.peakMemoryBytes).max()
    row.outputBytes = try output.map { try readFile($0).count }
    return row
  }
}
