import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that grows while its bytes come, under a name of its own, and gets its real name when it is
/// complete. What is there is kept for later when the transfer ends early; nothing is kept of an empty one.
///
/// Unsafe pointers: the system's calls get arrays with their own counts.
final class PartFile {
  let path: String
  private let file: Int32
  private(set) var size = 0
  private var hash = SHA256()
  /// The bytes that were there before `put` changed any: those before `keptSize`, and then these.
  private var keptSize = 0
  private var cutOff: [UInt8] = []

  /// Opens or creates the file and reads what it holds.
  ///
  /// - Throws: `DownloadError.busy` while another process writes it; `FileError.system`, also where a link or
  ///   something else that is no file has its name.
  init(_ path: String) throws {
    self.path = path
    file = try Self.locked(path)
    try readAll()
    keptSize = size
  }

  deinit {
    var status = stat()
    if fstat(file, &status) == 0, status.st_size == 0 { remove() }
    close(file)
  }

  /// The file of this name, which nobody else writes.
  private static func locked(_ path: String) throws -> Int32 {
    for _ in 0..<10 {
      let file = try opened(path)
      // Whoever had the lock until now may have given this file its real name, or removed it: then the name
      // is free again, or another file's.
      if isNamed(path, file) { return file }
      close(file)
    }
    throw DownloadError.busy(path: path)
  }

  private static func opened(_ path: String) throws -> Int32 {
    // Never through a link to somebody's file, and without waiting for the other end of a pipe.
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard file >= 0 else {
      throw errno == ELOOP ? failure("write", path, "it is a link") : failure("write", path)
    }
    do {
      var status = stat()
      guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw failure("write", path, "it is no regular file")
      }
      // Some file systems know no locks; then there is none.
      guard flock(file, LOCK_EX | LOCK_NB) == 0 || [ENOLCK, ENOSYS, EOPNOTSUPP].contains(errno) else {
        throw errno == EWOULDBLOCK ? DownloadError.busy(path: path) : failure("lock", path)
      }
      return file
    } catch {
      close(file)
      throw error
    }
  }

  /// Whether the name still leads to this very file.
  private static func isNamed(_ path: String, _ file: Int32) -> Bool {
    var own = stat()
    var named = stat()
    return fstat(file, &own) == 0 && lstat(path, &named) == 0 && own.st_dev == named.st_dev
      && own.st_ino == named.st_ino
  }

  /// The SHA-256 of all bytes.
  var checksum: String { hash.hexadecimal }

  private func readAll() throws {
    size = 0
    hash = SHA256()
    while true {
      let bytes = try read(at: size, count: 1 << 20)
      if bytes.isEmpty { return }
      hash.update(bytes)
      size += bytes.count
    }
  }

  /// The bytes at a place; fewer than `count` where the file ends.
  private func read(at place: Int, count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let (left, start) = (count - bytes.count, off_t(place + bytes.count))
      var received = 0
      let piece = [UInt8](unsafeUninitializedCapacity: left) { buffer, count in
        received = pread(file, buffer.baseAddress, left, start)
        count = max(0, received)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw Self.failure("read", path) }
      if received == 0 { break }
      bytes += piece
    }
    return bytes
  }

  /// Takes bytes that belong at a place, at most the end. Those that are there already stay; the first that
  /// is another cuts off all that was there from it on.
  ///
  /// - Throws: `FileError.system` when the system does not take the bytes; those it took are kept.
  func put(_ bytes: ArraySlice<UInt8>, at place: Int) throws {
    precondition(place <= size, "bytes at \(place) of \(size)")
    let known = try read(at: place, count: min(bytes.count, size - place))
    var same = 0
    while same < known.count && known[same] == bytes[bytes.startIndex + same] { same += 1 }
    if same < known.count {
      cutOff = try read(at: place + same, count: size - place - same)
      keptSize = place + same
      try shorten(to: keptSize)
    }
    try append(bytes.dropFirst(same))
  }

  /// Makes the file what it was before bytes were put into it.
  func goBack() throws {
    try shorten(to: keptSize)
    try append(cutOff[...])
  }

  private func append(_ bytes: ArraySlice<UInt8>) throws {
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

  private func shorten(to count: Int) throws {
    guard ftruncate(file, off_t(count)) == 0 else { throw Self.failure("write", path) }
    try readAll()
  }

  /// Forgets all bytes for good.
  func empty() throws {
    try shorten(to: 0)
    keptSize = 0
    cutOff = []
  }

  /// Removes the file, unless another has its name.
  func remove() {
    if Self.isNamed(path, file) { unlink(path) }
  }

  /// Gives the file its real name, once its bytes are on the disk.
  ///
  /// - Throws: `FileError.system`, also when another file has taken its name, or has the real one.
  func commit(as goal: String) throws {
    guard fsync(file) == 0 else { throw Self.failure("write", path) }
    guard Self.isNamed(path, file) else {
      throw Self.failure("write", path, "somebody removed or replaced it")
    }
    // Unlike a new name, a second one never takes the place of a file.
    if link(path, goal) == 0 {
      unlink(path)
      return
    }
    // Some file systems know no second names.
    guard errno != EEXIST, rename(path, goal) == 0 else { throw Self.failure("write", goal) }
  }

  private static func failure(_ operation: String, _ path: String, _ reason: String? = nil) -> FileError {
    FileError.system(operation: operation, path: path, reason: reason ?? lastSystemError())
  }
}
