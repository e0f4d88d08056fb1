import FileAccess
import TestSupport
import Testing

/// The commands that the project's documents show.
enum Documentation {
  /// A command and what it prints.
  struct Example: CustomTestStringConvertible, Sendable {
    let command: String
    let output: String
    var testDescription: String { command }
  }

  static func text(_ name: String) throws -> String {
    String(decoding: try readFile(joinPath(TestData.packageFolder, name)), as: UTF8.self)
  }

  /// The code blocks of one language.
  static func blocks(_ name: String, language: String) throws -> [[String]] {
    var blocks: [[String]] = []
    var current: [String]?
    for line in try text(name).split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let block = current {
        if line == "```" {
          blocks.append(block)
          current = nil
        } else {
          current?.append(line)
        }
      } else if line == "```\(language)" {
        current = []
      }
    }
    return blocks
  }

  /// `$ command` and the lines that follow it, from the `console` blocks.
  static func consoleExamples(_ name: String) throws -> [Example] {
    var examples: [Example] = []
    for block in try blocks(name, language: "console") {
      var command: String?
      var output: [String] = []
      for line in block + ["$ "] {
        if line.hasPrefix("$ ") {
          if let command {
            examples.append(Example(command: command, output: output.joined(separator: "\n")))
          }
          command = String(line.dropFirst(2))
          output = []
        } else {
          output.append(line)
        }
      }
    }
    return examples
  }

  /// A folder with a copy of the samples and the program on the path, in which documented commands run.
  static func workFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let copy = try Program.run(
      executable: "/bin/cp", ["-r", joinPath(TestData.packageFolder, "Samples"), folder("Samples")])
    guard copy.status == 0 else {
      throw FileError.system(operation: "write", path: folder.path, reason: copy.errors)
    }
    return folder
  }

  /// Runs a command line as a shell does, with the built program as `featuremap`.
  static func run(_ command: String, in folder: TemporaryFolder) throws -> Program.Result {
    try Program.run(
      executable: "/bin/bash", ["-c", command], in: folder.path,
      environment: ["PATH": parentFolder(of: Program.path) + ":/usr/local/bin:/usr/bin:/bin"])
  }
}
