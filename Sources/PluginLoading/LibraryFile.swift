import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is to be loaded, judged by its header: loading a truncated library would end the process, and what a
/// foreign one is said to be is told better here than by the system.
struct LibraryFile {
  let path: String

  /// - Throws: `PluginError.loading` for what is no shared library for this machine, or no complete one.
  func check() throws(PluginError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw problem(lastSystemError()) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw problem(lastSystemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw problem(status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is no file")
    }
    #if !canImport(Darwin)
      try check(ELFHeader(read(file, at: 0, count: ELFHeader.size)), file, size: UInt64(status.st_size))
    #endif
  }

  private func problem(_ text: String) -> PluginError { .loading(path: path, problem: text) }

  private func check(_ header: ELFHeader?, _ file: Int32, size: UInt64) throws(PluginError) {
    guard let header else { throw problem("is no shared library (no ELF file)") }
    guard header.is64Bit else { throw problem("is a 32-bit library; this program has 64 bits") }
    guard header.isLittleEndian, header.machine == ELFHeader.thisMachine else {
      throw problem(
        "is built for \(header.machineName); this program runs on \(ELFHeader.name(ofMachine: ELFHeader.thisMachine))"
      )
    }
    guard header.type == ELFHeader.sharedObject else {
      throw problem("is no shared library but \(header.typeName)")
    }
    // No memory is taken for a table that a header only claims.
    let tableSize = header.programHeaderSize * header.programHeaderCount
    guard header.sectionsEnd <= size, header.programHeaders <= size,
      tableSize <= size - header.programHeaders,
      let segments = read(file, at: header.programHeaders, count: Int(tableSize)),
      header.segmentEnds(segments).allSatisfy({ $0 <= size })
    else { throw problem("is truncated: it has \(size) bytes and should have more") }
  }

  /// So many bytes of the file; `nil` where it ends before.
  private func read(_ file: Int32, at offset: UInt64, count: Int) -> [UInt8]? {
    guard let offset = off_t(exactly: offset) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let part = bytes.withUnsafeMutableBytes { buffer in
        pread(
          file, buffer.baseAddress?.advanced(by: done), count - done, offset + off_t(done))
      }
      if part < 0, errno == EINTR { continue }
      if part <= 0 { return nil }
      done += part
    }
    return bytes
  }
}
