import ArgumentParser
import FeatureMap

/// A data set that can be fetched.
enum DataSetName: String, ExpressibleByArgument, CaseIterable {
  case fashionMNIST = "fashion-mnist"

  var dataSet: RemoteDataSet { .fashionMNIST }
}

/// `featuremap download`: the data set from its home.
struct DownloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "download",
    abstract: "Fetch Fashion-MNIST, 31 MB, for train and evaluate.",
    discussion: """
      Files that are there stay; each new one is checked by its SHA-256 before it gets its name. What came \
      before a transfer ended early is kept (.part), and the same command goes on from there.

      EXAMPLES:
        featuremap download fashion-mnist
        featuremap download fashion-mnist -o data/fashion-mnist
        featuremap download fashion-mnist --from http://localhost:8000/mirror/
      """)

  @Argument(help: "What to fetch: fashion-mnist.")
  var dataSet: DataSetName

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder for the files; else the environment variable FEATUREMAP_DATA, else fashion-mnist here.",
      valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A folder on another server that holds the same files, http only; else the data set's home.",
      valueName: "address"))
  var from: String?

  @Option(help: ArgumentHelp("Seconds that the server may be silent.", valueName: "s"))
  var timeout = 30.0

  func validate() throws {
    guard timeout > 0, timeout <= 3600 else {
      throw ValidationError("--timeout must be above 0 and at most 3600 seconds, got \(timeout)")
    }
    do { _ = try downloader(into: "") } catch { throw ValidationError("\(error)") }
  }

  private func downloader(into folder: String) throws -> Downloader {
    try Downloader(
      from: from ?? dataSet.dataSet.home, into: folder, timeout: timeout, check: Interruption.check)
  }

  func run() throws {
    let folder = output ?? DataOptions.defaultFolder
    try createFolder(folder)
    let downloader = try downloader(into: folder)
    // What cannot stay beside the data set is told before anything is fetched.
    let files = dataSet.dataSet.files
    let present = try files.filter { try downloader.has($0) }
    Interruption.watch()
    do {
      for file in files {
        try tell(file, present.contains(file) ? .alreadyThere : fetch(file, downloader))
      }
      warnOfUnpackedFiles(folder)
    } catch is Interruption.Wish {
      Console.note("featuremap: stopped; the same command goes on from there")
      throw ExitCode(130)
    }
    print("next: featuremap train --data \(shellWord(folder))")
  }

  /// Fetches a file with a bar on a terminal.
  private func fetch(_ file: RemoteFile, _ downloader: Downloader) throws -> Downloader.Outcome {
    var line = ProgressLine()
    defer { line.clear() }
    // What was there from before took none of the time.
    var first: Int?
    return try downloader.fetch(file) { count in
      let before = first ?? count
      first = before
      line.show(isLast: count == file.size) { seconds in
        let rate = Double(count - before) / seconds
        // Short enough for a terminal of 80 characters.
        return "\(file.name) \(ProgressLine.bar(count, of: file.size)) \(megabytes(count)) of "
          + "\(megabytes(file.size)) MB, "
          + "\(ProgressLine.duration(Double(file.size - count) / max(rate, 1))) left"
      }
    }
  }

  private func tell(_ file: RemoteFile, _ outcome: Downloader.Outcome) {
    print("\(file.name): \(grouped(file.size)) bytes, \(words(outcome))")
    Console.flush()
  }

  /// Unpacked files are read first by `train`, and nobody has checked them.
  private func warnOfUnpackedFiles(_ folder: String) {
    for file in dataSet.dataSet.files where file.name.hasSuffix(".gz") {
      let unpacked = joinPath(folder, String(file.name.dropLast(3)))
      guard fileExists(unpacked) else { continue }
      Console.note("featuremap: \(unpacked) is there as well, and read instead of what was fetched")
    }
  }

  private func megabytes(_ count: Int) -> String { formatted(Double(count) / 1e6, fractionDigits: 1) }

  private func words(_ outcome: Downloader.Outcome) -> String {
    switch outcome {
    case .alreadyThere: "already there"
    case .fetched: "fetched"
    case .continued(let start): "fetched, the first \(grouped(start)) earlier"
    }
  }
}
