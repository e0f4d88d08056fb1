import ArgumentParser
import FeatureMap
import PluginChecking

/// `featuremap plugin check`: tries a plugin hard.
struct PluginCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Try a plugin hard and say whether it is fit.",
    discussion: """
      Every kernel is made with its defaults, with every parameter at the ends of its range, and with every choice. It \
      gets inputs of odd shapes and all common numbers of channels, between pages of memory that nobody may touch, \
      and values from 0 to millions. What it promises is looked into: shapes, windows, threads, the same output for the same \
      input. All of it happens in a process of its own, so that a crash or an endless loop is a finding.

      Faults break a rule of the interface: the plugin is not fit, and the exit status is 1. Warnings and notes do not.

      EXAMPLES:
        featuremap plugin check build/libsoften.so
        featuremap plugin check .build/debug/libSoftenPlugin.so --format json
      """)

  /// How the verdict is printed.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
  }

  @Argument(help: "The plugin's shared library.")
  var file: String

  @Option(help: "text or json.")
  var format = Format.text

  @Option(help: ArgumentHelp("Seconds after which a call counts as endless.", valueName: "s"))
  var timeLimit = 10.0

  func validate() throws {
    guard timeLimit >= 0.1, timeLimit <= 3600 else {
      throw ValidationError("--time-limit must be within 0.1...3600 seconds, got \(timeLimit)")
    }
  }

  func run() throws {
    try InputFiles.checkOne(file)
    let program = [ChildProcess.thisProgram, "plugin", PluginProbeCommand.configuration.commandName ?? ""]
    let check = PluginCheck(path: file, program: program, timeLimit: timeLimit)
    let verdict = try check.run { kernel in
      if Console.showsProgress { Console.note("trying \(kernel)") }
    }
    switch format {
    case .text: print(VerdictText(verdict).text)
    case .json: print(try encodedJSON(VerdictRecord(verdict)))
    }
    if !verdict.isFit { throw ExitCode.failure }
  }
}

/// The process that `plugin check` starts.
struct PluginProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "What 'plugin check' does in a process of its own.", shouldDisplay: false)

  @Argument var file: String
  @Argument var firstCase: Int
  @Argument var skipped: [String] = []

  func run() { probePlugin(file, after: firstCase, without: skipped) }
}
