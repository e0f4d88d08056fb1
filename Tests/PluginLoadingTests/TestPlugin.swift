import FileAccess
import Foundation
import KernelAPI
import PluginLoading
import TestSupport
import Testing

/// Plugins that the tests compile from `Libraries/plugin.c`.
enum TestPlugin {
  private static let folder = Result { try TemporaryFolder() }

  /// Compiles a library of its own.
  ///
  /// - Parameter changes: macros such as `KERNEL_NAME=NULL`.
  static func build(_ changes: [String] = [], options: [String] = ["-shared"]) throws -> String {
    let path = try folder.get()("\(UUID().uuidString).so")
    let source = joinPath(TestData.packageFolder, "Tests/PluginLoadingTests/Libraries/plugin.c")
    let header = joinPath(TestData.packageFolder, "Sources/CFeatureMapPlugin/include")
    let result = try Program.run(
      executable: "/usr/bin/env",
      ["cc", "-fPIC", "-w", "-I", header, source, "-o", path, "-lm"] + options + changes.map { "-D\($0)" })
    guard result.status == 0 else {
      Issue.record("cc failed: \(result.errors)")
      throw FileError.system(operation: "compile", path: source, reason: result.errors)
    }
    return path
  }

  /// The plugin of a library.
  static func load(_ changes: [String] = []) throws -> any KernelPlugin {
    try SharedLibrary(path: try build(changes)).plugin()
  }

  /// The first kernel of a library.
  static func kernel(
    _ changes: [String] = [], settings: [KernelSpecification.Setting] = []
  ) throws -> any Kernel {
    try #require(try load(changes).kernels.first).make(settings)
  }

  /// What is wrong with a library, without the words that name it.
  static func problem(_ changes: [String]) throws -> String {
    let path = try build(changes)
    let error = try #require(throws: PluginError.self) { try SharedLibrary(path: path).plugin() }
    let text = "\(error)"
    let start = "cannot load plugin \(path): "
    #expect(text.hasPrefix(start) && !text.contains("\n"), "\(text)")
    return String(text.dropFirst(start.count))
  }
}
