import FeatureMap
import TestSupport
import Testing

@Suite(
  "Plugins that others write: the samples, and what plugin new begins",
  .enabled(if: SamplePlugins.hasC, "cc, c++, make and nm are not all installed"))
struct SamplePluginTests {
  @Test("the Swift sample builds, its tests pass, and it keeps its copy of the loops to itself")
  func relief() throws {
    let symbols = try exportedSymbols(of: try SamplePlugins.relief())
    #expect(symbols.contains("featuremap_plugin"))
    #expect(!symbols.contains { $0.hasPrefix("fm_") })
  }

  @Test("the C sample builds without warnings, its test passes, and nothing but its entry is exported")
  func morphology() throws {
    #expect(try exportedSymbols(of: try SamplePlugins.morphology()) == ["featuremap_plugin"])
  }

  @Test(
    "the Rust sample builds without warnings, and its tests pass",
    .enabled(if: SamplePlugins.hasRust, "rustc is not installed"))
  func texture() throws {
    #expect(try exportedSymbols(of: try SamplePlugins.texture()).contains("featuremap_plugin"))
  }

  @Test("the header is C99 and C++11", arguments: [("cc", "c", "c99"), ("c++", "c++", "c++11")])
  func header(compiler: String, language: String, standard: String) throws {
    let header = joinPath(
      TestData.packageFolder, "Sources/CFeatureMapPlugin/include/featuremap_plugin.h")
    try SamplePlugins.succeed(
      compiler,
      [
        "-x", language, "-std=\(standard)", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
        "-include", header, "/dev/null",
      ], in: TestData.packageFolder)
  }

  @Test("plugin new in C: builds without warnings, its test passes")
  func newInC() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run(["plugin", "new", "soft-light", "--language", "c"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("soft-light/soft-light.c\nsoft-light/test.c\n"))
    try SamplePlugins.make(folder("soft-light"), build: "build", "CFLAGS=-O2 -Werror")
    let symbols = try exportedSymbols(of: folder("soft-light/build/libsoft-light.so"))
    #expect(symbols == ["featuremap_plugin"])
  }

  @Test("plugin new in Swift: builds, its tests pass")
  func newInSwift() throws {
    _ = try SamplePlugins.relief()
    let folder = try TemporaryFolder()
    let result = try Program.run(["plugin", "new", "soft-light", "--language", "swift"], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("--plugin .build/debug/libSoftLightPlugin.so"))
    try SamplePlugins.testSwiftPackage(folder("soft-light"))
    let library = joinPath(SamplePlugins.swiftScratch, "debug/libSoftLightPlugin.so")
    #expect(try exportedSymbols(of: library).contains("featuremap_plugin"))
  }

  @Test("plugin new refuses names that are taken or none, folders that are there, and sources that are not")
  func newRefuses() throws {
    let folder = try TemporaryFolder()
    try createFolder(folder("there"))
    for (arguments, status, words) in [
      (["sobel", "--language", "c"], 1, "there is a kernel or plugin 'sobel'"),
      (["there", "--language", "c"], 1, "there is there already"),
      (["Soft_Light", "--language", "c"], 64, "'Soft_Light' is no name for a plugin"),
      (["soft--light", "--language", "c"], 64, "single hyphens"),
      (["mine", "--language", "c", "--package", "."], 64, "needs no sources"),
      (
        ["mine", "--language", "swift", "--package", "."], 1,
        "--package .: featuremap's sources are not there"
      ),
    ] {
      let result = try Program.run(["plugin", "new"] + arguments, in: folder.path)
      #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
    #expect(try listFolder(folder.path).map(fileName(of:)) == ["there"])
  }

  /// The names by which a library's functions and data are found.
  private func exportedSymbols(of library: String) throws -> [String] {
    let result = try Program.run(
      executable: "/usr/bin/env", ["nm", "--dynamic", "--defined-only", "--format=posix", library])
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
  }
}
