import FileAccess
import Foundation
import Testing

@Suite("Reading files and folders")
struct ReadingTests {
  @Test("a missing file is named with the system's reason")
  func missing() throws {
    try withTemporaryFolder { folder in
      let path = joinPath(folder, "no.png")
      let expected = FileError.system(operation: "read", path: path, reason: "No such file or directory")
      #expect(throws: expected) { try readFile(path) }
      #expect("\(expected)" == "cannot read \(path): No such file or directory")
    }
  }

  @Test("a folder cannot be read as a file")
  func folder() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError.system(operation: "read", path: folder, reason: "Is a directory")) {
        try readFile(folder)
      }
    }
  }

  @Test("a file as large as the limit is read, one byte more is refused", arguments: [0, 1, 10, 70_000])
  func limit(count: Int) throws {
    try withTemporaryFolder { folder in
      let path = joinPath(folder, "a.bin")
      try writeFile([UInt8](repeating: 5, count: count), to: path)
      #expect(try readFile(path, limit: count).count == count)
      if count > 0 {
        let expected = FileError.tooLarge(path: path, limit: count - 1)
        #expect(throws: expected) { try readFile(path, limit: count - 1) }
        #expect("\(expected)" == "\(path) is larger than the limit of \(count - 1) bytes")
      }
    }
  }

  @Test("what has no size, such as a device, is read up to the limit")
  func endless() {
    #expect(throws: FileError.tooLarge(path: "/dev/zero", limit: 100_000)) {
      try readFile("/dev/zero", limit: 100_000)
    }
  }

  @Test("the start is looked at once, before the rest of what has no end")
  func start() throws {
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try readFile("/dev/zero") { start in
        #expect(start.count >= 1024 && start.count <= 1 << 16)
        throw Refusal()
      }
    }
    #expect(throws: Refusal.self) { try FileBuffer().read("/dev/zero") { _ in throw Refusal() } }
    try withTemporaryFolder { folder in
      for count in [0, 10, 200_000] {
        let path = joinPath(folder, "a.bin")
        try writeFile([UInt8](repeating: 5, count: count), to: path)
        var lengths: [Int] = []
        #expect(try readFile(path) { lengths.append($0.count) }.count == count)
        #expect(lengths.count == 1 && lengths[0] >= min(count, 1024))
      }
    }
  }

  @Test("a file whose size the system tells as 0 is read to its end")
  func unknownSize() throws {
    guard fileExists("/proc/self/status") else { return }
    #expect(try readFile("/proc/self/status").count > 100)
  }

  @Test("a folder's names are sorted by their bytes")
  func sorted() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "a10", "a2", "B", ".hidden", "ä", "z"] {
        try writeFile([], to: joinPath(folder, name))
      }
      #expect(try listFolder(folder) == [".hidden", "B", "a10", "a2", "b", "z", "ä"])
    }
  }

  @Test("a missing folder and a file cannot be listed")
  func notListed() throws {
    try withTemporaryFolder { folder in
      let missing = joinPath(folder, "no")
      #expect(
        throws: FileError.system(operation: "list", path: missing, reason: "No such file or directory")
      ) { try listFolder(missing) }
      let file = joinPath(folder, "a")
      try writeFile([], to: file)
      #expect(throws: FileError.system(operation: "list", path: file, reason: "Not a directory")) {
        try listFolder(file)
      }
    }
  }

  @Test("files, folders and what is not there are told apart")
  func kinds() throws {
    try withTemporaryFolder { folder in
      let file = joinPath(folder, "a")
      try writeFile([1], to: file)
      #expect(fileExists(file) && !isFolder(file))
      #expect(fileExists(folder) && isFolder(folder))
      let missing = joinPath(folder, "b")
      #expect(!fileExists(missing) && !isFolder(missing))
      #expect(isSameFile(file, joinPath(folder, "../\(fileName(of: folder))/a")))
      #expect(!isSameFile(file, folder))
      #expect(!isSameFile(missing, missing))
    }
  }
}
