import FileAccess
import Foundation

/// The built program as a process of its own.
public enum Program {
  /// What a run printed and how it ended.
  public struct Result: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String
    /// Standard output as it came, for pictures.
    public let bytes: [UInt8]
  }

  /// The program beside the test bundle.
  public static let path: String = {
    // The tests run from <build folder>/<name>.xctest, whose neighbour the program is.
    let test = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = test.deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("featuremap").path
      if FileManager.default.isExecutableFile(atPath: candidate), !isFolder(candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return folder.appendingPathComponent("featuremap").path
  }()

  /// Environment of a run that may write only small files: ThreadSanitizer begins with a file of its own, and does
  /// without where there is no folder for it.
  public static let underFileLimit = ["TMPDIR": "/nonexistent"]

  /// Runs the program and waits for its end.
  ///
  /// - Parameters:
  ///   - folder: the working folder.
  ///   - input: standard input; empty when left out.
  ///   - environment: added to this process's.
  public static func run(
    _ arguments: [String], in folder: String? = nil, input: [UInt8] = [], environment: [String: String] = [:]
  ) throws -> Result {
    try run(executable: path, arguments, in: folder, input: input, environment: environment)
  }

  /// Runs any executable; `bash` for command lines of documentation.
  public static func run(
    executable: String, _ arguments: [String], in folder: String? = nil, input: [UInt8] = [],
    environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    // Files instead of pipes: nothing can block, however much is printed.
    let scratch = try TemporaryFolder()
    let names = ["in", "out", "err"].map { joinPath(scratch.path, $0) }
    try writeFile(input, to: names[0])
    try writeFile([], to: names[1])
    try writeFile([], to: names[2])
    process.standardInput = FileHandle(forReadingAtPath: names[0])
    process.standardOutput = FileHandle(forWritingAtPath: names[1])
    process.standardError = FileHandle(forWritingAtPath: names[2])
    try process.run()
    process.waitUntilExit()
    let bytes = try readFile(names[1])
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: bytes, as: UTF8.self),
      errors: String(decoding: try readFile(names[2]), as: UTF8.self), bytes: bytes)
  }
}

/// A folder that is removed when nobody holds it any more.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = joinPath(
      FileManager.default.temporaryDirectory.path, "featuremap-test-\(UUID().uuidString)")
    try createFolder(path)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a name in the folder.
  public func callAsFunction(_ name: String) -> String { joinPath(path, name) }
}
