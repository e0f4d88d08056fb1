import FeatureMap
import TestSupport
import Testing

@Suite("What the documents show is what happens")
struct DocumentationTests {
  @Test("every command of the README prints what the README shows")
  func readmeCommands() throws {
    let examples = try Documentation.consoleExamples("README.md")
    #expect(examples.count >= 8)
    let folder = try Documentation.workFolder()
    for example in examples {
      let result = try Documentation.run(example.command, in: folder)
      #expect(result.status == 0, "\(example.command): \(result.errors)")
      let printed = result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
      #expect(Documentation.agree(printed, example.output), "\(example.command): \(printed)")
    }
  }

  @Test("every command of the samples' README succeeds")
  func sampleCommands() throws {
    let commands = try Documentation.blocks("Samples/README.md", language: "sh").joined()
      .filter { $0.hasPrefix("featuremap ") }
    #expect(commands.count >= 5)
    // Nothing is said here of what they print.
    let folder = try SmallScene.workFolder()
    for command in commands {
      let result = try Documentation.run(command, in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
  }

  @Test(
    "code of the README is code of the tests, which compile and run it",
    arguments: ["Tests/EndToEndTests/LibraryExample.swift", "Tests/EndToEndTests/PluginExample.swift"])
  func readmeCode(file: String) throws {
    let source = try Documentation.text(file)
    let blocks = try Documentation.blocks("README.md", language: "swift").map { $0.joined(separator: "\n") }
    #expect(blocks.contains { source.contains($0) }, "no Swift block of the README stands in \(file)")
  }

  @Test("the README names the data set's home, and the checksums that the program expects")
  func checksums() throws {
    let text = try Documentation.text("README.md")
    let dataSet = RemoteDataSet.fashionMNIST
    #expect(text.contains("`\(dataSet.home)`"))
    for file in dataSet.files { #expect(text.contains("\n\(file.sha256)  \(file.name)\n")) }
  }

  @Test("the visible top level is the one that is agreed")
  func topLevel() throws {
    // What belongs to the project, not what somebody's commands wrote beside it.
    let tracked = try Program.run(
      executable: "/usr/bin/env", ["git", "ls-tree", "--name-only", "HEAD"], in: TestData.packageFolder)
    guard tracked.status == 0 else { return }
    let visible = tracked.output.split(separator: "\n").filter { !$0.hasPrefix(".") && $0 != "LICENSE" }
    #expect(visible == ["Package.swift", "Plugins", "README.md", "Samples", "Sources", "Tests"])
  }

  @Test("help of every command has examples and ends with success")
  func help() throws {
    for command in [
      "run", "compare", "apply", "classify", "kernels", "layers", "receptive-field", "rf", "explain",
      "report", "serve", "plugins", "plugin", "learn", "download", "train", "evaluate", "bench",
    ] {
      let result = try Program.run([command, "--help"])
      #expect(result.status == 0)
      #expect(result.output.contains("EXAMPLES:"), "\(command)")
      let usage = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        .drop { !$0.hasPrefix("USAGE: ") }.prefix { !$0.isEmpty }.joined(separator: " ")
      #expect(usage.count <= 150 && usage.hasPrefix("USAGE: featuremap "), "\(usage)")
    }
  }
}
