/// Tries a plugin hard, in a process of its own, so that crashes and endless loops become findings.
public struct PluginCheck: Sendable {
  /// The plugin's file.
  public var path: String
  /// A program and its first arguments that runs `probePlugin` with what follows: the file, the number of the first
  /// case less one, and the names of kernels to leave out.
  public var program: [String]
  /// Seconds after which a call counts as endless.
  public var timeLimit: Double

  public init(path: String, program: [String], timeLimit: Double = 10) {
    self.path = path
    self.program = program
    self.timeLimit = timeLimit
  }

  /// After so many crashes a kernel is left alone.
  private static let mostCrashes = 4

  /// - Parameter progress: gets the names of kernels as they are begun.
  /// - Throws: `FileError.system` where no process can be started.
  public func run(progress: @escaping (String) -> Void = { _ in }) throws -> PluginVerdict {
    var record = CheckRecord(file: path, progress: progress)
    var skipped: [String] = []
    while true {
      let process = try ProbeProcess(
        program + [path, "\(record.lastCase)"] + skipped, timeLimit: timeLimit)
      let end = process.follow { record.note($0) }
      if process.printedBytes > 0 { record.note(printing: process.firstPrintedLine) }
      if case .done = end { return record.verdict }
      record.note(end, lastWords: process.lastWords)
      guard let kernel = record.currentKernel, record.crashes(of: kernel) > 0 else { return record.verdict }
      if record.crashes(of: kernel) >= Self.mostCrashes { skipped.append(kernel) }
    }
  }
}
