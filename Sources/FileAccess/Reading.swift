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

/// More than any file of weights, values or examples that is read as a whole holds: 4 GiB.
public let dataFileLimit = 1 << 32

/// How many bytes tell what a file is.
let startLength = 1024

/// Reads a whole file, or standard input for `-`.
///
/// - Parameters:
///   - limit: more bytes than this are refused.
///   - checkStart: looks at the first bytes, `startLength` or all of a shorter file, before more than a piece is
///     read of what has no end.
/// - Throws: `FileError.system` when the file cannot be opened or read (a folder included),
///   `FileError.tooLarge` beyond `limit`; what `checkStart` throws.
public func readFile(
  _ path: String, limit: Int = .max, checkStart: (UnsafeBufferPointer<UInt8>) throws -> Void = { _ in }
) throws -> [UInt8] {
  try withFileToRead(path) { file in
    // One byte more than the size says, so that a regular file is read in one go and its end is seen.
    let known = regularFileSize(file).map { $0 + 1 } ?? 1 << 16
    if known > limit, known - 1 > limit { throw FileError.tooLarge(path: path, limit: limit) }

    var bytes: [UInt8] = []
    var chunkSize = known
    var isChecked = false
    while true {
      let start = bytes.count
      var received = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
        received = readSome(
          file, UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<chunkSize]))
        count = max(0, received)
      }
      // The first chunk, usually all there is, is not copied.
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      if received < 0 {
        if errno == EINTR { continue }
        throw FileError.system(operation: "read", path: path, reason: lastSystemError())
      }
      if !isChecked, received == 0 || bytes.count >= startLength {
        try bytes.withUnsafeBufferPointer(checkStart)
        isChecked = true
      }
      if received == 0 { return bytes }
      if bytes.count > limit { throw FileError.tooLarge(path: path, limit: limit) }
      chunkSize = max(1 << 16, min(1 << 24, start + received))
    }
  }
}

/// Opens a file, or takes standard input for `-`, as long as `body` runs.
///
/// - Throws: `FileError.system` when the file cannot be opened; what `body` throws.
func withFileToRead<Result>(_ path: String, _ body: (Int32) throws -> Result) throws -> Result {
  if path == standardStreamPath { return try body(STDIN_FILENO) }
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else {
    throw FileError.system(operation: "read", path: path, reason: lastSystemError())
  }
  defer { close(file) }
  return try body(file)
}

/// As many bytes as the system gives at once, 0 at the end of the file; below 0 on failure.
func readSome(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(file, buffer.baseAddress, buffer.count)
}

/// The size of an open file; `nil` for pipes and devices.
func regularFileSize(_ file: Int32) -> Int? {
  var status = stat()
  return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
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
  // All names one after the other, each with its NUL: folders may hold many thousands.
  var text: [CChar] = []
  var starts: [Int] = []
  while let entry = readdir(folder) {
    withUnsafeBytes(of: &entry.pointee.d_name) { field in
      let name = field.prefix { $0 != 0 }
      if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return }
      starts.append(text.count)
      text.append(contentsOf: field[...name.endIndex].lazy.map { CChar(bitPattern: $0) })
    }
  }
  return text.withUnsafeBufferPointer { text in
    guard let first = text.baseAddress else { return [] }
    // In bounds: every start is that of a text that ends with NUL.
    return starts.map { first + $0 }.sorted { strcmp($0, $1) < 0 }.map { String(cString: $0) }
  }
}
