import FileAccess
import Foundation
import Testing

@Suite("Writing files piece by piece")
struct FileWriterTests {
  @Test("pieces follow each other, and appear at the end only")
  func pieces() throws {
    try withTemporaryFolder { folder in
      let path = joinPath(folder, "a.bin")
      try writeFile([7], to: path)
      let writer = try FileWriter(path)
      try writer.write([1, 2])
      try writer.write([])
      try writer.write([3])
      #expect(try readFile(path) == [7])
      try writer.commit()
      #expect(try readFile(path) == [1, 2, 3])
      #expect(try listFolder(folder) == ["a.bin"])
    }
  }

  @Test("what is not committed is removed")
  func discarded() throws {
    try withTemporaryFolder { folder in
      do {
        let writer = try FileWriter(joinPath(folder, "a.bin"))
        try writer.write([1, 2])
        #expect(try listFolder(folder).count == 1)
      }
      let left = try listFolder(folder)
      #expect(left == [])
    }
  }

  @Test("a symbolic link is written through")
  func link() throws {
    try withTemporaryFolder { folder in
      try writeFile([7], to: joinPath(folder, "a.bin"))
      try FileManager.default.createSymbolicLink(
        atPath: joinPath(folder, "link"), withDestinationPath: "a.bin")
      let writer = try FileWriter(joinPath(folder, "link"))
      try writer.write([1, 2])
      try writer.commit()
      #expect(try readFile(joinPath(folder, "a.bin")) == [1, 2])
      #expect(try listFolder(folder) == ["a.bin", "link"])
    }
  }

  @Test("what goes to a device is written at the end")
  func device() throws {
    let writer = try FileWriter("/dev/null")
    try writer.write([1])
    try writer.write([2])
    try writer.commit()
  }
}
