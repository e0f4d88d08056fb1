import FileAccess
import Foundation
import TensorOps

/// The program at work in the background, until the test ends it or lets go of it.
public final class RunningProgram: @unchecked Sendable {
  private let process = Process()
  private let output = Pipe()
  private let errors: String
  private let scratch: TemporaryFolder

  /// Starts it and waits for its first line.
  public let firstLine: String

  /// - Parameter folder: the working folder.
  public init(_ arguments: [String], in folder: String? = nil) throws {
    scratch = try TemporaryFolder()
    errors = scratch("err")
    try writeFile([], to: errors)
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    var line: [UInt8] = []
    while true {
      let byte = output.fileHandleForReading.readData(ofLength: 1)
      guard let first = byte.first, first != UInt8(ascii: "\n") else { break }
      line.append(first)
    }
    firstLine = String(decoding: line, as: UTF8.self)
  }

  /// As Ctrl-C.
  public func interrupt() { process.interrupt() }

  /// Waits for its end.
  ///
  /// - Returns: the status (negative for a signal's number) and what stands on standard error.
  public func wait() throws -> (status: Int32, errors: String) {
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return (status, String(decoding: try readFile(errors), as: UTF8.self))
  }

  deinit {
    if process.isRunning { process.terminate() }
  }
}
