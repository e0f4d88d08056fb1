import FileAccess
import Testing

@Suite("Files read into the same memory")
struct FileBufferTests {
  @Test("each file's content is as readFile reads it, large and small in turn")
  func contents() throws {
    try withTemporaryFolder { folder in
      let buffer = FileBuffer()
      // The memory holds 65,536 bytes at first.
      for count in [3, 0, 65_535, 65_536, 65_537, 1_000_000, 2, 200_000, 1] {
        let path = joinPath(folder, "a.bin")
        try writeFile((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }, to: path)
        try buffer.read(path)
        #expect(try Array(buffer.bytes) == readFile(path))
      }
    }
  }

  @Test("what has no size is read to its end")
  func unknownSize() throws {
    guard fileExists("/proc/self/status") else { return }
    let buffer = FileBuffer()
    try buffer.read("/proc/self/status")
    #expect(buffer.bytes.count > 100)
  }

  @Test("a file as large as the limit is read, one byte more is refused", arguments: [0, 1, 70_000, 200_000])
  func limit(count: Int) throws {
    try withTemporaryFolder { folder in
      let buffer = FileBuffer()
      let path = joinPath(folder, "a.bin")
      try writeFile([UInt8](repeating: 5, count: count), to: path)
      try buffer.read(path, limit: count)
      #expect(buffer.bytes.count == count)
      if count > 0 {
        #expect(throws: FileError.tooLarge(path: path, limit: count - 1)) {
          try buffer.read(path, limit: count - 1)
        }
      }
    }
    #expect(throws: FileError.tooLarge(path: "/dev/zero", limit: 100_000)) {
      try FileBuffer().read("/dev/zero", limit: 100_000)
    }
  }

  @Test("what cannot be read is refused as by readFile, and the next file is read")
  func failures() throws {
    try withTemporaryFolder { folder in
      let buffer = FileBuffer()
      for path in [folder, joinPath(folder, "missing")] {
        let error = try #require(throws: FileError.self) { try readFile(path) }
        #expect(throws: error) { try buffer.read(path) }
        #expect(buffer.bytes.isEmpty)
      }
      let path = joinPath(folder, "a.bin")
      try writeFile([1, 2], to: path)
      try buffer.read(path)
      #expect(Array(buffer.bytes) == [1, 2])
    }
  }
}
