import FeatureMap
import TestSupport
import Testing

@Suite(
  "The guide to plugins, followed to the letter",
  .enabled(if: SamplePlugins.hasC, "cc, c++, make and nm are not all installed"))
struct GuideTests {
  private static let guide = "Samples/Plugins/README.md"

  /// A code block and the line above it.
  private struct Block {
    let language: String
    let lines: [String]
    /// The file that the line above says it is, `nil` where it says none.
    let file: String?

    var text: String { lines.joined(separator: "\n") + "\n" }
  }

  private func blocks() throws -> [Block] {
    var blocks: [Block] = []
    var current: (language: String, lines: [String])?
    var above = ""
    for line in try Documentation.text(Self.guide).split(separator: "\n", omittingEmptySubsequences: false) {
      if let block = current {
        if line == "```" {
          let parts = above.split(separator: "`")
          let file = above.hasSuffix("`:") ? parts.dropLast().last.map(String.init) : nil
          blocks.append(Block(language: block.language, lines: block.lines, file: file))
          (current, above) = (nil, "")
        } else {
          current?.lines.append(String(line))
        }
      } else if line.hasPrefix("```") {
        current = (String(line.dropFirst(3)), [])
      } else if !line.isEmpty {
        above = String(line)
      }
    }
    return blocks
  }

  @Test("every command works and prints what is shown, every file is as it is shown")
  func follow() throws {
    let folder = try Documentation.workFolder()
    try makeSwift(in: folder)
    // What the samples have in common with the guide's package is compiled once.
    _ = try SamplePlugins.relief()
    var commands = 0
    for block in try blocks() {
      switch block.language {
      case "sh":
        commands += 1
        let result = try run(block.text, in: folder)
        try #require(result.status == 0, "\(block.text): \(result.output)\(result.errors)")
      case "console":
        let example = try #require(block.lines.first?.dropFirst(2))
        let result = try run(String(example), in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let shown = block.lines.dropFirst().joined(separator: "\n") + "\n"
        #expect(Documentation.agree(withoutTimes(result.output), withoutTimes(shown)), "\(result.output)")
      default:
        if let file = block.file {
          try writeFile(Array(block.text.utf8), to: folder(file))
        } else {
          // A part of what plugin new has written.
          let source = String(decoding: try readFile(folder("soften/soften.c")), as: UTF8.self)
          #expect(source.contains(block.text), "\(block.text)")
        }
      }
    }
    #expect(commands >= 7)
  }

  @Test("the folders of the samples are those of the guide's table")
  func samples() throws {
    let folder = joinPath(TestData.packageFolder, "Samples/Plugins")
    let folders = try listFolder(folder).filter { isFolder(joinPath(folder, $0)) }
    let text = try Documentation.text(Self.guide)
    #expect(folders.count == 3)
    for name in folders { #expect(text.contains("| `\(name)` |")) }
  }

  /// A `swift` that builds where all packages of the tests are built, and leaves a link at the usual place.
  private func makeSwift(in folder: TemporaryFolder) throws {
    try createFolder(folder("bin"))
    let options = SamplePlugins.swiftOptions.map { "'\($0)'" }.joined(separator: " ")
    let script = """
      #!/bin/bash
      ln -sfn '\(SamplePlugins.swiftScratch)' .build
      PATH=${PATH#*:} exec swift "$1" \(options) "${@:2}"
      """
    try writeFile(Array(script.utf8), to: folder("bin/swift"))
    try SamplePlugins.succeed("chmod", ["+x", folder("bin/swift")], in: folder.path)
  }

  private func run(_ script: String, in folder: TemporaryFolder) throws -> Program.Result {
    try Program.run(
      executable: "/bin/bash",
      [
        "-euo", "pipefail", "-c",
        "PATH='\(folder("bin"))':'\(parentFolder(of: Program.path))':$PATH\n" + script,
      ], in: folder.path)
  }

  private func withoutTimes(_ text: String) -> String {
    text.replacing(#/takes [0-9.]+ ms/#, with: "takes a time")
  }
}
