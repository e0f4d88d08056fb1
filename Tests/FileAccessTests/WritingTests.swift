import FileAccess
import Foundation
import Testing

@Suite("Writing files")
struct WritingTests {
  @Test("what is written is read back", arguments: [0, 1, 100, 200_000])
  func roundTrip(count: Int) throws {
    try withTemporaryFolder { folder in
      let path = joinPath(folder, "a.bin")
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try writeFile(bytes, to: path)
      #expect(try readFile(path) == bytes)
      #expect(try listFolder(folder) == ["a.bin"])
    }
  }

  @Test("an older file is replaced as a whole")
  func replaced() throws {
    try withTemporaryFolder { folder in
      let path = joinPath(folder, "a.bin")
      try writeFile([1, 2, 3, 4], to: path)
      try writeFile([9], to: path)
      #expect(try readFile(path) == [9])
      #expect(try listFolder(folder) == ["a.bin"])
    }
  }

  @Test("a folder is no goal, and stays as it was")
  func folderAsGoal() throws {
    try withTemporaryFolder { folder in
      let goal = joinPath(folder, "sub")
      try createFolder(goal)
      let expected = FileError.system(operation: "write", path: goal, reason: "it is a folder")
      #expect(throws: expected) { try writeFile([1], to: goal) }
      #expect("\(expected)" == "cannot write \(goal): it is a folder")
      #expect(try listFolder(folder) == ["sub"])
      #expect(try listFolder(goal) == [])
    }
  }

  @Test("a folder that is missing is named with the system's reason")
  func missingFolder() throws {
    try withTemporaryFolder { folder in
      let goal = joinPath(folder, "missing/a.bin")
      #expect(
        throws: FileError.system(operation: "write", path: goal, reason: "No such file or directory")
      ) { try writeFile([1], to: goal) }
      let left = try listFolder(folder)
      #expect(left == [])
    }
  }

  @Test("a write that fails half-way leaves the old file and nothing beside it")
  func fullDisk() async {
    // A limit on the size of files makes writing fail half-way, as a full disk does. It holds for a whole
    // process, so the test has one to itself.
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let path = joinPath(folder, "a.bin")
        try writeFile([1, 2, 3], to: path)
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let expected = FileError.system(operation: "write", path: path, reason: "File too large")
        #expect(throws: expected) { try writeFile([UInt8](repeating: 7, count: 5000), to: path) }
        #expect(try readFile(path) == [1, 2, 3])
        #expect(try listFolder(folder) == ["a.bin"])
      }
    }
  }

  @Test("a symbolic link stays one, and its file gets the bytes")
  func symbolicLink() throws {
    try withTemporaryFolder { folder in
      let file = joinPath(folder, "file.bin")
      let link = joinPath(folder, "link.bin")
      try writeFile([1], to: file)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      try writeFile([2, 3], to: link)
      #expect(try readFile(file) == [2, 3])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
      #expect(isSameFile(file, link))
    }
  }

  @Test("a device is written through, not replaced")
  func device() throws {
    try writeFile([1, 2, 3], to: "/dev/null")
    #expect(try readFile("/dev/null") == [])
    #expect(
      throws: FileError.system(operation: "write", path: "/dev/full", reason: "No space left on device")
    ) {
      try writeFile([1, 2, 3], to: "/dev/full")
    }
  }

  @Test("folders are created with those above them, and may be there already")
  func folders() throws {
    try withTemporaryFolder { folder in
      let deep = joinPath(folder, "a/b/c")
      try createFolder(deep)
      #expect(isFolder(deep))
      try createFolder(deep)
      try createFolder(deep + "/d//e/")
      #expect(isFolder(joinPath(folder, "a/b/c/d/e")))
      try createFolder("")
    }
  }

  @Test("a file in the way of a folder is an error")
  func fileInTheWay() throws {
    try withTemporaryFolder { folder in
      let file = joinPath(folder, "a")
      try writeFile([1], to: file)
      #expect(throws: FileError.system(operation: "create", path: file, reason: "File exists")) {
        try createFolder(file)
      }
      #expect(throws: FileError.self) { try createFolder(joinPath(file, "b")) }
    }
  }
}
