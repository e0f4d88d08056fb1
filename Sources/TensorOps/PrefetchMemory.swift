import CKernels

/// Asks for memory that will be read soon, line by line; changes nothing but the time that takes.
package func prefetchMemory(_ memory: UnsafeRawBufferPointer) {
  guard let base = memory.baseAddress else { return }
  for line in stride(from: 0, to: memory.count, by: 64) { fm_prefetch(base + line) }
}
