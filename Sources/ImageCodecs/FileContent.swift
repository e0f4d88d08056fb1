/// The bytes of a file at a place that does not change, for C functions that go on reading there.
struct FileContent {
  let bytes: UnsafeBufferPointer<UInt8>
  /// What keeps them in memory.
  private let owner: AnyObject

  /// - Parameter owner: keeps `bytes` where they are as long as it lives, and as the content is used.
  init(_ bytes: UnsafeBufferPointer<UInt8>, ownedBy owner: AnyObject) {
    self.bytes = bytes
    self.owner = owner
  }

  /// A copy of its own.
  init(copying bytes: [UInt8]) {
    let copy = PinnedBytes(bytes)
    self.init(UnsafeBufferPointer(copy.buffer), ownedBy: copy)
  }
}

/// Bytes in memory of their own.
private final class PinnedBytes {
  let buffer: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) {
    buffer = .allocate(capacity: bytes.count)
    _ = buffer.initialize(from: bytes)
  }

  deinit { buffer.deallocate() }
}
