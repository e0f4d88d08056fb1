import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes of a file.
///
/// - Throws: `FileError.system` for a folder, a pipe and the like.
func fileSize(_ path: String) throws -> Int {
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw FileError.system(operation: "read", path: path, reason: lastSystemError())
  }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw FileError.system(operation: "read", path: path, reason: "it is no regular file")
  }
  return Int(status.st_size)
}
