import FileAccess
import Testing

@Suite("gzip")
struct GzipTests {
  /// "featuremap featuremap featuremap\n", packed by Python's gzip.compress(..., mtime=0).
  static let text = Array("featuremap featuremap featuremap\n".utf8)
  static let packed: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0x4b, 0x4d, 0x2c, 0x29, 0x2d, 0x4a,
    0xcd, 0x4d, 0x2c, 0x50, 0x48, 0xc3, 0xc6, 0xe4, 0x02, 0x00, 0x01, 0x34, 0x64, 0x80, 0x21, 0x00, 0x00,
    0x00,
  ]

  @Test("packed data is known by its first two bytes")
  func recognised() {
    #expect(isGzip(Self.packed))
    #expect(!isGzip(Self.text))
    #expect(!isGzip([0x1f]))
    #expect(!isGzip([]))
  }

  @Test("good data is unpacked")
  func good() throws {
    #expect(try unpackGzip(Self.packed, path: "a.gz") == Self.text)
  }

  @Test("members one after the other are unpacked one after the other")
  func members() throws {
    let three = Self.packed + Self.packed + Self.packed
    #expect(try unpackGzip(three, path: "a.gz") == Self.text + Self.text + Self.text)
  }

  @Test("zeros behind the last member are padding")
  func padding() throws {
    #expect(try unpackGzip(Self.packed + [0, 0, 0], path: "a.gz") == Self.text)
  }

  @Test("data cut off anywhere is told as such")
  func truncated() {
    let expected = FileError.gzip(path: "a.gz", reason: "the gzip data is cut off")
    for count in 0..<Self.packed.count {
      #expect(throws: expected, "after \(count) bytes") {
        try unpackGzip(Array(Self.packed[0..<count]), path: "a.gz")
      }
    }
    #expect("\(expected)" == "a.gz: the gzip data is cut off")
  }

  @Test("a second member cut off inside is told as such")
  func truncatedMember() {
    for count in 1..<Self.packed.count {
      #expect(throws: FileError.gzip(path: "a.gz", reason: "the gzip data is cut off"), "after \(count)") {
        try unpackGzip(Self.packed + Self.packed[0..<count], path: "a.gz")
      }
    }
  }

  @Test("a changed byte in the data, the checksum or the size is seen")
  func corrupt() {
    // The ten bytes of the header hold a time and flags that do not matter; from then on all counts.
    for place in 10..<Self.packed.count {
      var bytes = Self.packed
      bytes[place] ^= 0x55
      #expect(throws: FileError.self, "byte \(place)") { try unpackGzip(bytes, path: "a.gz") }
    }
    #expect(throws: FileError.gzip(path: "a.gz", reason: "the gzip data is corrupt")) {
      try unpackGzip(Self.text, path: "a.gz")
    }
    var wrongChecksum = Self.packed
    wrongChecksum[Self.packed.count - 8] ^= 1
    #expect(throws: FileError.gzip(path: "a.gz", reason: "the gzip data is corrupt")) {
      try unpackGzip(wrongChecksum, path: "a.gz")
    }
  }

  @Test("what is larger than the limit is refused, what is as large is not")
  func limit() throws {
    #expect(try unpackGzip(Self.packed, path: "a.gz", limit: Self.text.count) == Self.text)
    #expect(throws: FileError.tooLarge(path: "a.gz", limit: Self.text.count - 1)) {
      try unpackGzip(Self.packed, path: "a.gz", limit: Self.text.count - 1)
    }
  }

  @Test("a small file of a million zeros unpacks, and is stopped by a limit")
  func bomb() throws {
    #expect(try unpackGzip(Self.zeros, path: "z.gz") == [UInt8](repeating: 0, count: 1_000_000))
    #expect(throws: FileError.tooLarge(path: "z.gz", limit: 999_999)) {
      try unpackGzip(Self.zeros, path: "z.gz", limit: 999_999)
    }
    #expect(throws: FileError.tooLarge(path: "z.gz", limit: 0)) {
      try unpackGzip(Self.zeros, path: "z.gz", limit: 0)
    }
  }

  @Test(
    "sizes around the steps in which memory grows unpack whole", arguments: [65_535, 65_536, 65_537, 131_072])
  func growth(count: Int) throws {
    // Stored blocks need no packer: a header, blocks of at most 65535 bytes, the checksum and the size.
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) }
    let stored = storedGzip(bytes)
    #expect(try unpackGzip(stored, path: "s.gz", limit: count) == bytes)
    #expect(throws: FileError.gzip(path: "s.gz", reason: "the gzip data is cut off")) {
      try unpackGzip(Array(stored.dropLast(8)), path: "s.gz")
    }
    #expect(throws: FileError.tooLarge(path: "s.gz", limit: count - 1)) {
      try unpackGzip(stored, path: "s.gz", limit: count - 1)
    }
  }

  /// gzip data of uncompressed blocks.
  private func storedGzip(_ bytes: [UInt8]) -> [UInt8] {
    func little(_ value: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    for start in stride(from: 0, to: bytes.count, by: 65_535) {
      let block = bytes[start..<min(start + 65_535, bytes.count)]
      let size = UInt32(block.count)
      out += [start + block.count == bytes.count ? 1 : 0] + little(size, 2) + little(~size, 2) + block
    }
    return out + little(checksum(bytes), 4) + little(UInt32(bytes.count), 4)
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = (0..<256 as Range<UInt32>).map { byte in
      (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
    return ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
  }

  /// A million zeros, packed.
  static let zeros: [UInt8] =
    [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x01, 0x01, 0x00, 0x00, 0x00,
      0x82, 0x20, 0xff, 0xaf, 0x6e, 0x48, 0x40, 0x01,
    ]
    + [UInt8](repeating: 0, count: 968)
    + [0xaf, 0x06, 0x9e, 0xcb, 0x79, 0x12, 0x40, 0x42, 0x0f, 0x00]
}
