#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a file piece by piece so that it is either complete or not there: the bytes go to a file beside the
/// goal, which `commit` renames. What was not committed is removed.
///
/// `-` is standard output. There, and in pipes and devices, nothing can be taken back: bytes are collected and
/// written by `commit`. A symbolic link is written through, not replaced.
public final class FileWriter {
  private enum Target {
    case temporary(file: Int32, unfinished: UnfinishedFiles.Entry, goal: String)
    case collected([UInt8])
    case closed
  }

  private let path: String
  private var target: Target

  /// - Throws: `FileError.system` when no file can be made beside the goal.
  public init(_ path: String) throws {
    self.path = path
    target = .collected([])
    if path == standardStreamPath { return }
    if isFolder(path) { throw FileError.system(operation: "write", path: path, reason: "it is a folder") }
    let goal = resolvedPath(path)
    if isSpecialFile(goal) { return }
    let unfinished = UnfinishedFiles.Entry(goal + ".part\(getpid())")
    let file = open(unfinished.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else {
      let reason = failure
      unfinished.remove()
      throw reason
    }
    target = .temporary(file: file, unfinished: unfinished, goal: goal)
  }

  deinit { discard() }

  /// - Throws: `FileError.system` when the system does not take the bytes.
  public func write(_ bytes: [UInt8]) throws {
    if case .collected(let earlier) = target, earlier.isEmpty {
      target = .collected(bytes)
    } else {
      try bytes.withUnsafeBufferPointer(write)
    }
  }

  /// - Throws: as the other.
  public func write(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    switch target {
    case .temporary(let file, _, _):
      guard writeAll(bytes, to: file) else { throw failure }
    case .collected(var collected):
      // The enumeration must not hold a second reference while the array grows.
      target = .closed
      collected.append(contentsOf: bytes)
      target = .collected(collected)
    case .closed: preconditionFailure("a file was written to after its end")
    }
  }

  /// Puts the file in its place.
  ///
  /// - Throws: `FileError.system` when any step fails; the goal is then as it was before.
  public func commit() throws {
    defer { discard() }
    switch target {
    case .temporary(let file, let unfinished, let goal):
      target = .closed
      let isClosed = close(file) == 0
      guard isClosed, rename(unfinished.path, goal) == 0 else {
        let reason = failure
        unlink(unfinished.path)
        unfinished.remove()
        throw reason
      }
      unfinished.remove()
    case .collected(let bytes): try bytes.withUnsafeBufferPointer(writeThrough)
    case .closed: preconditionFailure("a file was ended twice")
    }
  }

  private func writeThrough(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    let isStandardOutput = path == standardStreamPath
    let file = isStandardOutput ? STDOUT_FILENO : open(resolvedPath(path), O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure }
    let isWritten = writeAll(bytes, to: file)
    let reason = failure
    if !isStandardOutput { close(file) }
    if !isWritten { throw reason }
  }

  private func discard() {
    if case .temporary(let file, let unfinished, _) = target {
      close(file)
      unlink(unfinished.path)
      unfinished.remove()
    }
    target = .closed
  }

  /// The last failed system call as an error.
  private var failure: FileError {
    FileError.system(
      operation: "write", path: path == standardStreamPath ? "standard output" : path,
      reason: lastSystemError())
  }
}

private func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to file: Int32) -> Bool {
  var written = 0
  while written < bytes.count {
    let count = write(file, bytes.baseAddress?.advanced(by: written), bytes.count - written)
    if count < 0 {
      if errno == EINTR { continue }
      return false
    }
    written += count
  }
  return true
}
