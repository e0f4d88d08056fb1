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
  let file = try FileWriter(path)
  try file.write(bytes)
  try file.commit()
}

/// Finds out before long work whether a file can be written in the end.
///
/// - Throws: `FileError.system` when no file can be made beside the goal.
public func checkWritable(_ path: String) throws {
  if isFolder(path) {
    throw FileError.system(operation: "write", path: path, reason: "it is a folder")
  }
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

/// The path without symbolic links; itself where nothing is there.
package func resolvedPath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Whether a path leads to a device, a pipe or the like.
func isSpecialFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
}

/// Removes a file; one that is not there is no matter.
public func removeFile(_ path: String) {
  unlink(path)
}
