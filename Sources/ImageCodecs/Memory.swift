#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Arrays end the process when there is no memory for them; a picture that is too large shall be an error.
///
/// - Throws: `ImageError.memory` when the system would not give so many bytes.
func requireMemory(_ byteCount: Int, name: String) throws {
  // Small amounts are there. (malloc would not do: the compiler removes a malloc that is only freed.)
  guard byteCount > 1 << 28 else { return }
  let block = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  guard block != MAP_FAILED else { throw ImageError.memory(name: name) }
  munmap(block, byteCount)
}
