import CKernels

/// Memory for floats that is worked on again and again, of any content at first, from a cache line on.
///
/// From 128 KiB on it fills large pages of 2 MiB where the system has them: what a tile of a network touches lies in more
/// small pages than a processor remembers, and shares its caches out by chance.
package final class WorkingMemory: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>

  private static let largePage = 2 << 20
  private static let fewestBytes = 128 << 10

  /// - Parameter count: floats; none still has an address.
  package init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let isLarge = bytes >= Self.fewestBytes
    let size = isLarge ? (bytes + Self.largePage - 1) / Self.largePage * Self.largePage : bytes
    let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: isLarge ? Self.largePage : 64)
    if isLarge { fm_use_large_pages(raw, size) }
    base = raw.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// A copy of an array.
  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { base.update(from: first, count: values.count) }
    }
  }

  deinit { base.deallocate() }
}
