import FileAccess
import TestSupport
import Testing

@testable import Downloads

@Suite("Partial files")
struct PartFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder("a.part")
  }

  @Test("bytes that are there stay, and the first other one cuts off the rest", arguments: [0, 1, 3, 4, 6])
  func put(place: Int) throws {
    try writeFile([0, 1, 2, 3, 4, 5], to: path)
    let part = try PartFile(path)
    let same = (place..<place + 2).map { UInt8($0) }
    try part.put(same[...], at: place)
    #expect(part.size == max(6, place + 2))
    #expect(try readFile(path) == (0..<part.size).map { UInt8($0) })
    try part.goBack()
    // The second byte is another where there is one.
    try part.put([UInt8(place), 99][...], at: place)
    #expect(try readFile(path) == (0...place).map { UInt8($0) } + [99])
    #expect(part.checksum == Fixture.file(try readFile(path)).sha256)
    try part.put([7][...], at: part.size)
    try part.goBack()
    #expect(try readFile(path) == [0, 1, 2, 3, 4, 5] && part.size == 6)
    #expect(part.checksum == Fixture.file([0, 1, 2, 3, 4, 5]).sha256)
  }

  @Test("nothing stays of an empty one")
  func empty() throws {
    var part: PartFile? = try PartFile(path)
    try part?.put([1][...], at: 0)
    try part?.empty()
    #expect(try listFolder(folder.path) == ["a.part"])
    part = nil
    #expect(try listFolder(folder.path) == [])
  }

  @Test("another file that took the name is neither renamed nor removed")
  func foreign() throws {
    var part: PartFile? = try PartFile(path)
    try writeFile([5], to: folder("b"))
    let moved = try Program.run(executable: "/bin/mv", ["b", "a.part"], in: folder.path)
    #expect(moved.status == 0)
    #expect(
      throws: FileError.system(operation: "write", path: path, reason: "somebody removed or replaced it")
    ) { try part?.commit(as: folder("a")) }
    part = nil
    #expect(try listFolder(folder.path) == ["a.part"])
    #expect(try readFile(path) == [5])
  }

  @Test("another file that has the real name is not replaced")
  func taken() throws {
    let part = try PartFile(path)
    try part.put([1][...], at: 0)
    try writeFile([5], to: folder("a"))
    #expect(throws: FileError.system(operation: "write", path: folder("a"), reason: "File exists")) {
      try part.commit(as: folder("a"))
    }
    #expect(try readFile(folder("a")) == [5])
    #expect(try readFile(path) == [1])
  }

  @Test("when one is complete, the name is free for the next")
  func next() throws {
    let first = try PartFile(path)
    #expect(throws: DownloadError.busy(path: path)) { try PartFile(path) }
    try first.put([1][...], at: 0)
    try first.commit(as: folder("a"))
    let second = try PartFile(path)
    try second.put([2][...], at: 0)
    #expect(try readFile(folder("a")) == [1])
    #expect(try readFile(path) == [2])
    withExtendedLifetime(first) {}
  }
}
