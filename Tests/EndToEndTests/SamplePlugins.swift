import FeatureMap
import Foundation
import TensorOps
import TestSupport
import Testing

/// The plugins of `Samples/Plugins`, built where the tests are built, so that only the first run takes long.
enum SamplePlugins {
  static let folder = joinPath(parentFolder(of: Program.path), "sample-plugins")

  /// Where a sample's sources are.
  static func sources(_ name: String) -> String {
    joinPath(TestData.packageFolder, "Samples/Plugins/\(name)")
  }

  /// The libraries of the samples.
  ///
  /// - Throws: what the first building of the library threw.
  static func relief() throws -> String { try reliefResult.get() }
  static func morphology() throws -> String { try morphologyResult.get() }
  static func texture() throws -> String { try textureResult.get() }

  static let hasC = has("make") && has("cc") && has("c++") && has("nm")
  static let hasRust = hasC && has("rustc")

  private static func has(_ command: String) -> Bool {
    (try? Program.run(executable: "/usr/bin/env", [command, "--version"]).status) == 0
  }

  private static let reliefResult = Result {
    try testSwiftPackage(sources("relief-swift"))
    return joinPath(swiftScratch, "debug/libReliefPlugin.so")
  }
  private static let morphologyResult = Result {
    try make(sources("morphology-c"), build: joinPath(folder, "morphology"), "CFLAGS=-O2 -Werror")
    return joinPath(folder, "morphology/libmorphology.so")
  }
  private static let textureResult = Result {
    try make(sources("texture-rust"), build: joinPath(folder, "texture"), "RUSTFLAGS=-O -D warnings")
    return joinPath(folder, "texture/libtexture.so")
  }

  /// Where all packages in Swift are built, so that featuremap's part of them is compiled once.
  static let swiftScratch = joinPath(folder, "swift")
  /// What only debuggers and editors read is left out: it takes much of the time. `swift test` finds its tests by
  /// the index, but needs no index of Swift's own modules.
  static let swiftOptions = [
    "--scratch-path", swiftScratch, "-debug-info-format", "none", "-Xswiftc", "-index-ignore-system-modules",
  ]
  private static let swiftBuilds = Locked(false)

  /// Builds a package and runs its tests, which takes about half a minute for the first one.
  static func testSwiftPackage(_ package: String) throws {
    let arguments = ["test", "--package-path", package] + swiftOptions
    try swiftBuilds.withLock { _ in
      let isFirst = !fileExists(swiftScratch)
      let result = try Program.run(executable: "/usr/bin/env", ["swift"] + arguments, in: package)
      if result.status == 0 { return }
      // What an older state of the sources has left there may not fit together with the newer one.
      if !isFirst { try FileManager.default.removeItem(atPath: swiftScratch) }
      try succeed("swift", arguments, in: package)
    }
  }

  /// Runs a Makefile's test and builds its library.
  static func make(_ package: String, build: String, _ flags: String) throws {
    try succeed("make", ["-C", package, "BUILD=\(build)", flags, "test"], in: package)
    try succeed("make", ["-C", package, "BUILD=\(build)", flags], in: package)
  }

  /// - Throws: an expectation that holds what a failing command printed.
  static func succeed(_ command: String, _ arguments: [String], in folder: String) throws {
    let result = try Program.run(executable: "/usr/bin/env", [command] + arguments, in: folder)
    try #require(result.status == 0, "\(command) \(arguments): \(result.output)\(result.errors)")
  }
}
