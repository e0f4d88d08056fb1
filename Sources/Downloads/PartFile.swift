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
  /// - Throws: `DownloadError.busy` while another process writes it; `FileError.system`, also where a link or
  ///   something else that is no file has its name.
  init(_ path: String) throws {
    self.path = path
    // Without waiting for the other end of a pipe, and never through a link to somebody's file.
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard file >= 0 else { throw Self.failure("write", path) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileError.system(operation: "write", path: path, reason: "it is no regular file")
    }
    // Some file systems know no locks; then there is none.
    guard flock(file, LOCK_EX | LOCK_NB) == 0 || [ENOLCK, ENOSYS, EOPNOTSUPP].contains(errno) else {
      throw errno == EWOULDBLOCK ? DownloadError.busy(path: path) : Self.failure("lock", path)
    }
    // Whoever had the lock before may have given the file its real name, or removed it.
    guard hasItsName else { throw DownloadError.busy(path: path) }
    isLocked = true
    try readAll()
  }

  deinit {
    if isLocked, size == 0, hasItsName { unlink(path) }
    if file >= 0 { close(file) }
  }

  /// Whether the name still leads to this very file.
  private var hasItsName: Bool {
    var own = stat()
    var named = stat()
    return fstat(file, &own) == 0 && lstat(path, &named) == 0 && own.st_dev == named.st_dev
      && own.st_ino == named.st_ino
  }

  /// Bytes of the file of this name; 0 where there is none.
  static func size(at path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : 0
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

  /// Gives the file its real name, once its bytes are on the disk.
  ///
  /// - Throws: `FileError.system`.
  func commit(as goal: String) throws {
    guard hasItsName else {
      throw FileError.system(operation: "write", path: path, reason: "somebody removed or replaced it")
    }
    guard fsync(file) == 0 else { throw Self.failure("write", path) }
    guard rename(path, goal) == 0 else { throw Self.failure("write", goal) }
  }

  private static func failure(_ operation: String, _ path: String) -> FileError {
    FileError.system(operation: operation, path: path, reason: lastSystemError())
  }
}
