import FileAccess
import Foundation
import KernelAPI
import PluginLoading
import TestSupport
import Testing

/// Libraries with the frei0r interface that the tests compile from `Libraries/frei0r.c`.
enum FakeFrei0r {
  private static let folder = Result { try TemporaryFolder() }

  /// Compiles a library.
  ///
  /// - Parameters:
  ///   - changes: macros such as `TYPE=2`.
  ///   - path: a new one where none is given.
  @discardableResult
  static func build(_ changes: [String] = [], to path: String? = nil) throws -> String {
    let path = try path ?? folder.get()("f\(UUID().uuidString).so")
    let source = joinPath(TestData.packageFolder, "Tests/PluginLoadingTests/Libraries/frei0r.c")
    let header = joinPath(TestData.packageFolder, "Sources/CFrei0r/include")
    let result = try Program.run(
      executable: "/usr/bin/env",
      ["cc", "-shared", "-fPIC", "-w", "-I", header, source, "-o", path, "-lm"] + changes.map { "-D\($0)" })
    try #require(result.status == 0, "\(result.errors)")
    return path
  }

  static func load(_ changes: [String] = []) throws -> any KernelPlugin {
    try SharedLibrary(path: try build(changes)).plugin()
  }

  static func kernel(
    _ changes: [String] = [], settings: [KernelSpecification.Setting] = []
  ) throws -> any Kernel {
    try #require(try load(changes).kernels.first).make(settings)
  }
}
