import FeatureMap

/// Everything that `featuremap bench` can measure, in the order of its table.
enum Benchmark: String, CaseIterable {
  case train, infer, image, sobel
  case filter7x7 = "7x7"
  case gauss5x5 = "5x5"
  case kernel, plugin
  case version, help, run, classify
  case jpegToJPEG = "jpeg-jpeg"
  case jpegToPNG = "jpeg-png"

  /// Whether this program is started once more for each run.
  var isProcess: Bool { Self.processes.contains(self) }
  private static let processes: [Benchmark] = [.version, .help, .run, .classify, .jpegToJPEG, .jpegToPNG]
}

/// How much is measured.
struct BenchmarkSettings {
  /// Small amounts and few runs: to see that everything works, not how fast.
  var quick = false
  /// Runs of each benchmark; each has its own number when not given.
  var repeats: Int?
  /// This program's file.
  var program = ChildProcess.thisProgram
  /// Where pictures for processes lie.
  var folder = "."

  /// The runs of a benchmark that takes so many by itself.
  func repeats(_ usual: Int) -> Int { repeats ?? (quick ? min(2, usual) : usual) }

  /// Width and height of large pictures: 24 megapixels.
  var photo: Extent { quick ? Extent(height: 400, width: 600) : Extent(height: 4000, width: 6000) }
  /// Pictures of 28x28.
  var garments: Int { quick ? 100 : 10_000 }
  /// Pictures of one step of training.
  var trainingBatch: Int { quick ? 128 : 1024 }
}

/// Runs benchmarks and keeps what several of them need.
struct BenchmarkSuite {
  let settings: BenchmarkSettings

  /// The machine, with its limits as they are now.
  func machine() -> Machine {
    let floats = 3 * settings.photo.height * settings.photo.width
    let source = [Float](repeating: 1, count: floats)
    var goal = [Float](repeating: 0, count: floats)
    let copying = MachinePeak.copying(source, to: &goal, repeats: settings.repeats(7))
    return Machine(
      peakGigaflops: MachinePeak.flops() / 1e9,
      memcpyGigabytes: Double(2 * floats * MemoryLayout<Float>.stride) / copying.median / 1e9)
  }

  func row(_ benchmark: Benchmark) throws -> BenchmarkRow {
    switch benchmark {
    case .train: try training()
    case .infer: try inference()
    case .image: try singleImage()
    case .sobel: try sobel()
    case .filter7x7: try dense7x7()
    case .gauss5x5: try gauss5x5()
    case .kernel: try builtInKernel()
    case .plugin: try pluginKernel()
    case .version, .help, .run, .classify, .jpegToJPEG, .jpegToPNG: try process(benchmark)
    }
  }

  /// A row with the machine's peak as it was just before and after: neighbours on the machine change it.
  func comparedWithPeak(multiplyAdds: Int, _ measure: () throws -> BenchmarkRow) rethrows -> BenchmarkRow {
    let before = MachinePeak.flops()
    var row = try measure()
    row.peakGigaflops = max(before, MachinePeak.flops()) / 1e9
    row.multiplyAdds = Double(multiplyAdds)
    return row
  }
}
