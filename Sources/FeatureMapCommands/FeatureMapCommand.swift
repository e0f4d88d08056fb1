import ArgumentParser
import FeatureMap

/// The version of the program, its plugins' host and the pictures' text chunks.
public let programVersion = "0.1.0"

/// The program's top level: every command is a file of its own.
public struct FeatureMapCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "featuremap",
    abstract: "See what convolution does to a picture.",
    discussion: """
      Loads PNG and JPEG pictures, runs them through kernels - edge detectors, smoothing, filters \
      of your own, the layers of a trained LeNet - and draws what every stage sees.

      EXAMPLES:
        featuremap run shoe.png --layer conv1
        featuremap apply sobel photo.jpg -o edges.png
        featuremap apply gaussian:sigma=2,sobel photos/ -o edges/
        featuremap classify shoe.jpg
        featuremap kernels -o kernels/
        featuremap learn photo.png sharpened.png -o sharpen.json
      """,
    version: programVersion,
    subcommands: [
      RunCommand.self, CompareCommand.self, ApplyCommand.self, ClassifyCommand.self, KernelsCommand.self,
      LayersCommand.self, ReceptiveFieldCommand.self, ExplainCommand.self, ReportCommand.self,
      ServeCommand.self, PluginsCommand.self, PluginCommand.self,
      LearnCommand.self, DownloadCommand.self, TrainCommand.self, EvaluateCommand.self, BenchCommand.self,
    ])

  public init() {}
}

/// Runs the program with the process's arguments and ends it.
public func runProgram() -> Never {
  keepFreedMemory()
  if let plugin = PluginServer.path(in: CommandLine.arguments) { PluginServer.serve(plugin) }
  UnfinishedFiles.removeAtSignals()
  do {
    try FeatureMapCommand.checkName(CommandLine.arguments.dropFirst())
    var command = try FeatureMapCommand.parseAsRoot(
      CommandLine.arguments.dropFirst().map(FeatureMapCommand.protectedNumbers))
    try command.run()
    try Console.finish()
    FeatureMapCommand.exit()
  } catch let error where FeatureMapCommand.isUsage(error) {
    FeatureMapCommand.exit(withError: error)
  } catch {
    Console.report(error)
    FeatureMapCommand.exit(withError: ExitCode.failure)
  }
}

extension FeatureMapCommand {
  /// - Throws: `ValidationError` with the commands meant, or all, when the first argument, or that of `help`, is the
  ///   name of none.
  static func checkName(_ arguments: ArraySlice<String>) throws {
    let name = arguments.first == "help" ? arguments.dropFirst().first : arguments.first
    guard let name, !name.hasPrefix("-") else { return }
    let known = configuration.subcommands.flatMap { command in
      (command.configuration.commandName.map { [$0] } ?? []) + command.configuration.aliases
    }
    if known.contains(name) || name == "help" { return }
    let near = nearestNames(to: name, among: known)
    let hint =
      near.isEmpty
      ? "there are \(known.joined(separator: ", "))" : "did you mean \(near.joined(separator: " or "))?"
    throw ValidationError("there is no command '\(name)'; \(hint)")
  }

  /// An argument that begins with a negative number of a list, such as `-1,0,1;-2,0,2;-1,0,1`, would be taken
  /// for an option; a blank before it, which every reader of numbers skips, prevents that.
  static func protectedNumbers(_ argument: String) -> String {
    let letters = Array(argument.prefix(2))
    guard letters.count == 2, letters[0] == "-", letters[1].isNumber || letters[1] == ".",
      argument.contains(",") || argument.contains(";")
    else { return argument }
    return " " + argument
  }

  /// Whether an error is for the argument parser to print: help, version, wrong usage, or a bare exit status.
  static func isUsage(_ error: any Error) -> Bool {
    if error is CleanExit || error is ExitCode || error is ValidationError { return true }
    return exitCode(for: error) != .failure
  }
}
