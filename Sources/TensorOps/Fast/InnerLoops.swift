import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The table of C functions in use: the best instruction set of this machine, or the one that the environment
/// variable FEATUREMAP_ISA names (sse2, avx2, avx512, neon).
package struct InnerLoops: @unchecked Sendable {
  // The table is constant C data that lives as long as the process.
  let table: UnsafePointer<fm_kernels>

  /// What all operations use unless told otherwise.
  package static let best = InnerLoops(table: fm_kernels_best())

  private init(table: UnsafePointer<fm_kernels>) {
    self.table = table
  }

  /// - Returns: `nil` where this machine or build does not have the set.
  package init?(named name: String) {
    guard let table = fm_kernels_named(name) else { return nil }
    self.table = table
  }

  /// Every set this machine has, best first.
  package static var available: [InnerLoops] {
    ["avx512", "avx2", "sse2", "neon"].compactMap(InnerLoops.init(named:))
  }

  /// `sse2`, `avx2`, `avx512` or `neon`.
  package var name: String { String(cString: table.pointee.name) }

  /// Examples that are worked on side by side.
  static let lanes = Int(FM_LANES)
}

/// Whether FEATUREMAP_REFERENCE=1 asks for the plain implementations everywhere.
package let usesReferenceOnly: Bool =
  getenv("FEATUREMAP_REFERENCE").map { String(cString: $0) == "1" } ?? false

/// Tells the allocator to keep freed memory: worth it in programs that filter or train for long, because the
/// first touch of fresh memory costs more than most of the arithmetic done in it.
public func keepFreedMemory() {
  fm_keep_freed_memory()
}

/// A pointer that several threads use, each in a part of its own.
struct Shared<Pointee>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Pointee>

  init(_ base: UnsafeMutablePointer<Pointee>) {
    self.base = base
  }
}

/// The same for memory that is only read.
struct SharedInput<Pointee>: @unchecked Sendable {
  let base: UnsafePointer<Pointee>

  init(_ base: UnsafePointer<Pointee>) {
    self.base = base
  }
}

/// Calls `body` with the elements of an array; an empty array gives a valid pointer to nothing.
func withPointer<Element, Result>(
  _ array: [Element], _ body: (UnsafePointer<Element>) throws -> Result
) rethrows -> Result {
  try array.withUnsafeBufferPointer { buffer in
    if let base = buffer.baseAddress { return try body(base) }
    return try withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { empty in
      guard let base = empty.baseAddress else { preconditionFailure("a temporary allocation has an address") }
      return try body(UnsafePointer(base))
    }
  }
}

/// Uninitialised memory for `count` floats, aligned to a cache line, freed after `body`.
func withScratch<Result>(
  _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws -> Result
) rethrows -> Result {
  let raw = UnsafeMutableRawPointer.allocate(
    byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
  defer { raw.deallocate() }
  return try body(raw.bindMemory(to: Float.self, capacity: max(count, 1)))
}
