#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory that whole files are read into, one after the other, so that many small files cost none each.
///
/// Not for use by several threads at once.
public final class FileBuffer {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: usualSize, alignment: 16)
  private var count = 0

  private static let usualSize = 1 << 16

  /// The content of the file that was read last, valid until the next is.
  public var bytes: UnsafeBufferPointer<UInt8> {
    // In bounds: no more than the memory's size was read.
    UnsafeBufferPointer(start: memory.baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
  }

  public init() {}

  deinit { memory.deallocate() }

  /// Reads a whole file, or standard input for `-`.
  ///
  /// - Parameters:
  ///   - limit: more bytes than this are refused.
  ///   - checkStart: as of `readFile`.
  /// - Throws: `FileError.system` when the file cannot be opened or read (a folder included),
  ///   `FileError.tooLarge` beyond `limit`; what `checkStart` throws.
  public func read(
    _ path: String, limit: Int = .max, checkStart: (UnsafeBufferPointer<UInt8>) throws -> Void = { _ in }
  ) throws {
    count = 0
    var isChecked = false
    // One large file must not keep its memory as long as many small ones follow.
    if memory.count > Self.usualSize { resize(to: Self.usualSize) }
    try withFileToRead(path) { file in
      while true {
        if count == memory.count { try makeRoom(file, path, limit) }
        let received = readSome(file, UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
        if received < 0 {
          if errno == EINTR { continue }
          throw FileError.system(operation: "read", path: path, reason: lastSystemError())
        }
        count += received
        if !isChecked, received == 0 || count >= startLength {
          try checkStart(bytes)
          isChecked = true
        }
        if received == 0 { return }
        if count > limit { throw FileError.tooLarge(path: path, limit: limit) }
      }
    }
  }

  /// Room for all of a regular file, one byte more so that its end is seen; for anything else twice as much.
  private func makeRoom(_ file: Int32, _ path: String, _ limit: Int) throws {
    let size = regularFileSize(file) ?? 0
    if size > limit { throw FileError.tooLarge(path: path, limit: limit) }
    resize(to: max(2 * count, size + 1))
  }

  /// Changes the memory's size; the bytes that were read stay.
  private func resize(to size: Int) {
    let resized = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    resized.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = resized
  }
}
