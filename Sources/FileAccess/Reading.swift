#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The text of the last failure of a system call.
package func lastSystemError() -> String {
  String(cString: strerror(errno))
}

/// The path that means standard input or standard output.
public let standardStreamPath = "-"

/// Reads a whole file, or standard input for `-`.
///
/// - Parameter limit: more bytes than this are refused.
/// - Throws: `FileError.system` when the file cannot be opened or read (a folder included),
///   `FileError.tooLarge` beyond `limit`.
public func readFile(_ path: String, limit: Int = .max) throws -> [UInt8] {
  let isStandardInput = path == standardStreamPath
  let file = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else {
    throw FileError.system(operation: "read", path: path, reason: lastSystemError())
  }
  defer { if !isStandardInput { close(file) } }

  // One byte more than the size says, so that a regular file is read in one go and its end is seen.
  var status = stat()
  let known = fstat(file, &status) == 0 && isRegularFile(status) ? Int(status.st_size) + 1 : 1 << 16
  if known > limit, known - 1 > limit { throw FileError.tooLarge(path: path, limit: limit) }

  var bytes: [UInt8] = []
  var chunkSize = known
  while true {
    let start = bytes.count
    var received = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
      received = read(file, buffer.baseAddress, chunkSize)
      count = max(0, received)
    }
    // The first chunk, usually all there is, is not copied.
    if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
    if received < 0 {
      if errno == EINTR { continue }
      throw FileError.system(operation: "read", path: path, reason: lastSystemError())
    }
    if received == 0 { return bytes }
    if bytes.count > limit { throw FileError.tooLarge(path: path, limit: limit) }
    chunkSize = max(1 << 16, min(1 << 24, start + received))
  }
}

private func isRegularFile(_ status: stat) -> Bool {
  status.st_mode & S_IFMT == S_IFREG
}

/// Whether `path` names an existing folder.
public func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether anything exists at `path`.
public func fileExists(_ path: String) -> Bool {
  access(path, F_OK) == 0
}

/// Whether two paths lead to the same existing file.
public func isSameFile(_ first: String, _ second: String) -> Bool {
  var a = stat()
  var b = stat()
  guard stat(first, &a) == 0, stat(second, &b) == 0 else { return false }
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino
}

/// The names in a folder, sorted by their bytes, without `.` and `..`.
///
/// - Throws: `FileError.system` when the folder cannot be opened.
public func listFolder(_ path: String) throws -> [String] {
  guard let folder = opendir(path) else {
    throw FileError.system(operation: "list", path: path, reason: lastSystemError())
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
      field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
        String(cString: $0)
      }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted { strcmp($0, $1) < 0 }
}
