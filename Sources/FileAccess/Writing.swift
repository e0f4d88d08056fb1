#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a whole file so that it is either complete or not there: the bytes go to a file beside the goal,
/// which is then renamed. `-` is standard output.
///
/// - Throws: `FileError.system` when any step fails; the goal is then as it was before.
public func writeFile(_ bytes: [UInt8], to path: String) throws {
  if path == standardStreamPath {
    guard writeAll(bytes, to: STDOUT_FILENO) else {
      throw FileError.system(operation: "write", path: "standard output", reason: lastSystemError())
    }
    return
  }
  if isFolder(path) {
    throw FileError.system(operation: "write", path: path, reason: "it is a folder")
  }
  // A device, a pipe or a symbolic link is written through, not replaced.
  let goal = resolvedPath(path)
  if isSpecialFile(goal) {
    let file = open(goal, O_WRONLY | O_CLOEXEC)
    let done = file >= 0 && writeAll(bytes, to: file)
    let reason = lastSystemError()
    if file >= 0 { close(file) }
    guard done else { throw FileError.system(operation: "write", path: path, reason: reason) }
    return
  }
  let temporary = goal + ".part\(getpid())"
  let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard file >= 0 else {
    throw FileError.system(operation: "write", path: path, reason: lastSystemError())
  }
  var succeeded = writeAll(bytes, to: file)
  var reason = lastSystemError()
  if close(file) != 0, succeeded {
    succeeded = false
    reason = lastSystemError()
  }
  if succeeded, rename(temporary, goal) != 0 {
    succeeded = false
    reason = lastSystemError()
  }
  if !succeeded {
    unlink(temporary)
    throw FileError.system(operation: "write", path: path, reason: reason)
  }
}

/// Finds out before long work whether a file can be written in the end.
///
/// - Throws: `FileError.system` when no file can be made beside the goal.
public func checkWritable(_ path: String) throws {
  if path == standardStreamPath || isSpecialFile(path) { return }
  let probe = resolvedPath(path) + ".part\(getpid())"
  let file = open(probe, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
  guard file >= 0 else {
    throw FileError.system(operation: "write", path: path, reason: lastSystemError())
  }
  close(file)
  unlink(probe)
}

/// Creates a folder and those above it that are missing.
///
/// - Throws: `FileError.system` when one cannot be created or something else has its name.
public func createFolder(_ path: String) throws {
  if path.isEmpty || isFolder(path) { return }
  let above = parentFolder(of: path)
  if above != path { try createFolder(above) }
  if mkdir(path, 0o777) != 0, !isFolder(path) {
    throw FileError.system(operation: "create", path: path, reason: lastSystemError())
  }
}

private func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var written = 0
    while written < buffer.count {
      let count = write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      written += count
    }
    return true
  }
}

private func resolvedPath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}

private func isSpecialFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
}

/// Removes a file; one that is not there is no matter.
public func removeFile(_ path: String) {
  unlink(path)
}
