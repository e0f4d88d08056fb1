import ArgumentParser
import FeatureMap

/// `featuremap bench`: how fast this program is on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast this machine learns, classifies and filters.",
    discussion: """
      Needs no data: it makes its own. LeNet and the filters run in this process; the commands run as processes \
      of their own, with the time and the most memory they took. Of each benchmark stand the median and the \
      fastest of all runs, and the spread: half of the runs lie within this share of the median. peak is the \
      share of what the processor can multiply and add at most, memcpy how many times as long as copying the \
      same pixels; both limits are measured in the same run. Counted are the products of the definition: \
      LeNet's convolutions take two fifths of them, by Winograd's way.

      EXAMPLES:
        featuremap bench
        featuremap bench train infer --threads 1
        featuremap bench --only train,infer --threads 1
        featuremap bench --format json > speed.json
      """)

  @Argument(
    help: ArgumentHelp("What to measure, as with --only; everything when left out.", valueName: "name"),
    transform: Self.benchmarks)
  var names: [[Benchmark]] = []

  @Option(
    help: ArgumentHelp(
      "What to measure: \(Benchmark.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name,...",
    ),
    transform: Self.benchmarks)
  var only: [Benchmark]?

  @Flag(help: "Little work, few runs: whether it works, not how fast it is.")
  var quick = false

  @Option(help: ArgumentHelp("Runs of each benchmark.", valueName: "n"))
  var repeats: Int?

  @Option(help: ArgumentHelp("Threads to use; all cores by default.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Keep the pictures that are made here.", valueName: "folder"))
  var keep: String?

  @Option(help: "text, json, jsonl or csv.")
  var format = TableFormat.text

  @Option(parsing: .remaining, help: .hidden)
  var measureProcess: [String] = []

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, got \(threads)") }
    if let repeats, !(1...1_000_000).contains(repeats) {
      throw ValidationError("--repeats must be within 1...1,000,000, got \(repeats)")
    }
  }

  func run() throws {
    if !measureProcess.isEmpty {
      print(try json(try ChildProcess(measuring: measureProcess), pretty: false))
      return
    }
    if let threads { Threads.count = threads }
    let folder = try WorkFolder(keep)
    defer { folder.remove() }
    var settings = BenchmarkSettings()
    settings.quick = quick
    settings.repeats = repeats
    settings.folder = folder.path
    let suite = BenchmarkSuite(settings: settings)
    try report(suite).print(format)
  }

  /// What is asked for, in the order of the table; everything where nothing is.
  var chosen: [Benchmark] {
    let named = names.joined() + (only ?? [])
    return named.isEmpty ? Benchmark.allCases : Benchmark.allCases.filter(named.contains)
  }

  private func report(_ suite: BenchmarkSuite) throws -> BenchmarkReport {
    defer { progress(nil) }
    progress("the machine")
    let machine = suite.machine()
    let benchmarks = chosen
    let rows = try benchmarks.enumerated().map { number, benchmark in
      progress("\(benchmark.rawValue), \(number + 1) of \(benchmarks.count)")
      return try suite.row(benchmark)
    }
    return BenchmarkReport(machine: machine, rows: rows, isQuick: quick)
  }

  /// What is being measured, on a terminal; nothing takes it away.
  private func progress(_ text: String?) {
    guard Console.showsProgress else { return }
    Console.progress("\r\u{1B}[K" + (text.map { "measuring \($0)" } ?? ""))
  }

  static func benchmarks(_ text: String) throws -> [Benchmark] {
    let names = text.split(separator: ",").map { $0.trimmed }
    let unknown = names.first { Benchmark(rawValue: $0) == nil }
    if names.isEmpty || unknown != nil {
      let known = Benchmark.allCases.map(\.rawValue)
      throw ValidationError(
        "\(KernelError.unknownName(unknown ?? "", what: "benchmark", known: known))")
    }
    // In the order of the table, each once.
    return Benchmark.allCases.filter { names.contains($0.rawValue) }
  }
}

extension Substring {
  /// Without blanks at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
