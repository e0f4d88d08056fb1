import FeatureMap
import Testing

@testable import FeatureMapCommands

@Suite("Files in chunks")
struct ChunkedFilesTests {
  @Test(
    "every file is done once, outcomes come in order, in chunks of at most sixteen",
    arguments: [0, 1, 2, 17, 500])
  func order(count: Int) {
    let paths = (0..<count).map { "\($0).png" }
    let sizes = Locked<[Int]>([])
    var used: [String] = []
    ChunkedFiles<[String]>(paths).forEach {
      { chunk in
        sizes.withLock { $0.append(chunk.count) }
        return Array(chunk)
      }
    } use: {
      used += $0
    }
    #expect(used == paths)
    let counts = sizes.withLock { $0 }
    #expect(counts.allSatisfy { (1...16).contains($0) })
    if count == 500 { #expect(counts.contains(16)) }
  }

  @Test("files that take long come one by one")
  func slow() {
    let sizes = Locked<[Int]>([])
    ChunkedFiles<Void>((0..<8).map { "\($0).png" }).forEach {
      { chunk in
        let end = ContinuousClock.now + .milliseconds(12)
        while ContinuousClock.now < end {}
        sizes.withLock { $0.append(chunk.count) }
      }
    } use: { _ in
    }
    #expect(sizes.withLock { $0 } == [Int](repeating: 1, count: 8))
  }

  @Test("standard input is a chunk by itself")
  func standardInput() {
    let chunks = Locked<[[String]]>([])
    let paths = (0..<40).map { $0 == 37 ? "-" : "\($0).png" }
    ChunkedFiles<Void>(paths).forEach {
      { chunk in chunks.withLock { $0.append(Array(chunk)) } }
    } use: { _ in
    }
    #expect(chunks.withLock { $0.contains(["-"]) })
  }
}
