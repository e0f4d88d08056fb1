import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that grows while its bytes come, under a name of its own, and gets its real name when it is complete.
/// What is there is kept for later when the transfer ends early; nothing is kept of an empty one.
///
/// Unsafe pointers: the system's calls get arrays with their own counts.
final class PartFile {
  let path: String
  private let file: Int32
  private(set) var size = 0
  private var hash = SHA256()
  /// Whether no other process writes the file.
  private var isLocked = false

  /// Opens or creates the file and reads what it holds.
  ///
  /// - Throws: `DownloadError.busy` while another process writes it; `FileError.system`.
  init(_ path: String) throws {
    self.path = path
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Self.failure("write", path) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? DownloadError.busy(path: path) : Self.failure("lock", path)
    }
    isLocked = true
    try readAll()
  }

  deinit {
    var status = stat()
    if isLocked, fstat(file, &status) == 0, status.st_size == 0 { unlink(path) }
    if file >= 0 { close(file) }
  }

  /// The SHA-256 of all bytes.
  var checksum: String { hash.hexadecimal }

  private func readAll() throws {
    let chunk = 1 << 20
    while true {
      var received = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
        received = read(file, buffer.baseAddress, chunk)
        count = max(0, received)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw Self.failure("read", path) }
      if received == 0 { return }
      hash.update(bytes)
      size += received
    }
  }

  /// - Throws: `FileError.system` when the system does not take the bytes; those it took are kept.
  func append(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(size)) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("write", path) }
      hash.update(rest.prefix(count))
      rest = rest.dropFirst(count)
      size += count
    }
  }

  /// Forgets all bytes.
  func empty() throws {
    guard ftruncate(file, 0) == 0 else { throw Self.failure("write", path) }
    size = 0
    hash = SHA256()
  }

  /// Gives the file its real name.
  ///
  /// - Throws: `FileError.system`.
  func commit(as goal: String) throws {
    guard rename(path, goal) == 0 else { throw Self.failure("write", goal) }
  }

  private static func failure(_ operation: String, _ path: String) -> FileError {
    FileError.system(operation: operation, path: path, reason: lastSystemError())
  }
}
