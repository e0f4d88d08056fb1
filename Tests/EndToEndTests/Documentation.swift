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

  /// Whether two outputs say the same: equal but for the last digits of measured numbers, which depend on the
  /// instruction set (a sum in another order). Numbers of fewer than four digits must be equal.
  static func agree(_ printed: String, _ shown: String) -> Bool {
    if printed == shown { return true }
    let (a, b) = (pieces(printed), pieces(shown))
    guard a.count == b.count else { return false }
    return zip(a, b).allSatisfy { printed, shown in
      if printed == shown { return true }
      guard let x = Double(printed), let y = Double(shown), printed.filter(\.isNumber).count >= 4
      else { return false }
      return abs(x - y) <= 0.002 * max(abs(x), abs(y))
    }
  }

  /// Numbers, and what stands between them.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var wasNumber: Bool?
    for character in text {
      let isNumber = character.isNumber || (character == "." && wasNumber == true)
      if isNumber == wasNumber, var last = pieces.popLast() {
        last.append(character)
        pieces.append(last)
      } else {
        pieces.append(String(character))
      }
      wasNumber = isNumber
    }
    return pieces
  }
}
