import FileAccess
import LeNet
import TensorCore
import TestSupport
import Testing

@testable import Networks

@Suite("Safetensors files")
struct SafetensorsTests {
  static let sample = Safetensors(
    arrays: [
      NamedArray(
        name: "z.weight", dimensions: [2, 3], values: [1, -2, 0.1, -0.0, .infinity, .leastNonzeroMagnitude]),
      NamedArray(name: "a.bias", dimensions: [2], values: [3.5, .greatestFiniteMagnitude]),
      NamedArray(name: "scalar", dimensions: [], values: [7]),
      NamedArray(name: "empty-2", dimensions: [0, 4], values: []),
      NamedArray(name: "empty-1", dimensions: [0], values: []),
    ],
    metadata: ["recipe": "SGD, \"quoted\" / ü", "seed": "1"])

  @Test("what was written is read: bits, names, dimensions, metadata")
  func roundTrip() throws {
    let read = try Safetensors(bytes: try Self.sample.encoded(), name: "f")
    #expect(read.metadata == Self.sample.metadata)
    #expect(Set(read.arrays.map(\.name)) == Set(Self.sample.arrays.map(\.name)))
    for array in Self.sample.arrays {
      let other = try read.array(named: array.name)
      #expect(other.dimensions == array.dimensions)
      #expect(other.values.map(\.bitPattern) == array.values.map(\.bitPattern))
    }
    #expect(read.arrays.prefix(3).map(\.name) == ["z.weight", "a.bias", "scalar"])
  }

  @Test("equal contents give equal bytes, and a file written again stays the same")
  func deterministic() throws {
    let bytes = try Self.sample.encoded()
    for _ in 0..<20 {
      #expect(try Self.sample.encoded() == bytes)
      #expect(
        try Safetensors(bytes: bytes, name: "f").arrays.map(\.name).suffix(2) == ["empty-1", "empty-2"])
    }
    let again = try Safetensors(bytes: bytes, name: "f")
    #expect(try Safetensors(bytes: try again.encoded(), name: "f") == again)
  }

  @Test("the bytes are those the format describes")
  func layout() throws {
    let file = Safetensors(
      arrays: [NamedArray(name: "a", dimensions: [1], values: [1])], metadata: ["k": "v"])
    let header = #"{"__metadata__":{"k":"v"},"a":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#
    var expected: [UInt8] = [80, 0, 0, 0, 0, 0, 0, 0]
    #expect(header.utf8.count == 79)
    expected += Array((header + " ").utf8) + [0, 0, 0x80, 0x3f]
    #expect(try file.encoded() == expected)
  }

  @Test("half, brain and double precision are read")
  func precisions() throws {
    func read(_ type: String, _ bytes: [UInt8], count: Int) throws -> [Float] {
      let header = "{\"x\":{\"dtype\":\"\(type)\",\"shape\":[\(count)],\"data_offsets\":[0,\(bytes.count)]}}"
      return try Safetensors(bytes: safetensorsBytes(header, bytes), name: "f").arrays[0].values
    }
    func words<Word: FixedWidthInteger>(_ list: [Word]) -> [UInt8] {
      list.flatMap { word in (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
    // 1, -2, 65504, the smallest normal and subnormal, -0, infinity, 0.333...
    let halves: [UInt16] = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00, 0x3555]
    let expected: [Float] = [1, -2, 65504, 0x1p-14, 0x1p-24, -0.0, .infinity, 0x1.554p-2]
    #expect(
      try read("F16", words(halves), count: 8).map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(try read("F16", words([0x7e00] as [UInt16]), count: 1)[0].isNaN)
    #expect(
      try read("BF16", words([0x3f80, 0xc000, 0x4049, 0x0001] as [UInt16]), count: 4)
        == [1, -2, 3.140625, Float(bitPattern: 0x10000)])
    let doubles: [Double] = [1, -0.1, 1e300, .pi]
    #expect(
      try read("F64", words(doubles.map(\.bitPattern)), count: 4) == [1, -0.1, .infinity, Float(Double.pi)])
  }

  @Test("every truncation of a file is refused")
  func truncations() throws {
    let bytes = try Self.sample.encoded()
    for count in 0..<bytes.count {
      #expect(throws: NetworkError.self, "\(count) of \(bytes.count) bytes") {
        try Safetensors(bytes: Array(bytes[..<count]), name: "f")
      }
    }
    #expect(throws: Never.self) { try Safetensors(bytes: bytes, name: "f") }
  }

  @Test("seeded bit flips never crash, and what is still read has the sizes it says")
  func bitFlips() throws {
    let bytes = try Self.sample.encoded()
    var generator = SplitMix64(seed: 99)
    var refused = 0
    for _ in 0..<1500 {
      var damaged = bytes
      for _ in 0...generator.index(below: 3) {
        damaged[generator.index(below: bytes.count)] ^= UInt8(1) << UInt8(generator.index(below: 8))
      }
      do {
        for array in try Safetensors(bytes: damaged, name: "f").arrays {
          #expect(array.values.count == array.dimensions.reduce(1, *))
        }
      } catch { refused += 1 }
    }
    #expect(refused > 500)
  }

  struct Hostile: Sendable, CustomTestStringConvertible {
    let header: String
    var data = 8
    let problem: String
    var testDescription: String { String(header.prefix(90)) }
  }

  static let hostile = [
    Hostile(
      header: #"{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#,
      problem: "'x' has type I64; F32, F64, F16 and BF16 are read"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
      problem: "'x': its place [-8, 0] does not fit its dimensions [2]"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
      problem: "'x': its place [8, 0] does not fit its dimensions [2]"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
      problem: "'x': its place [0] does not fit its dimensions [2]"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
      problem: "'x': its place [0, 8] does not fit its dimensions [3]"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
      problem: "'x' has impossible dimensions [-2]"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
      problem: "'x' has impossible dimensions [4611686018427387904, 4]"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,
      problem: "cut off: 'x' lies beyond its end"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      problem: "'y' begins at 4, expected 8: arrays must lie behind one another without gaps"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      problem: "'x' begins at 4, expected 0: arrays must lie behind one another without gaps"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      problem: "4 bytes behind the last array belong to none"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}"#,
      problem: "its header is not the JSON of a safetensors file"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[1e99],"data_offsets":[0,8]}}"#,
      problem: "its header is not the JSON of a safetensors file"),
    Hostile(
      header: #"{"x":{"dtype":"F32","shape":[2]}}"#,
      problem: "its header is not the JSON of a safetensors file"),
    Hostile(
      header: #"{"__metadata__":{"k":1}}"#, problem: "its header is not the JSON of a safetensors file"),
    Hostile(header: "{no json at all}", problem: "its header is not the JSON of a safetensors file"),
    Hostile(header: "[1, 2]", problem: "not a safetensors file, or cut off in its header"),
    Hostile(
      header: String(repeating: #"{"a":"#, count: 20_000),
      problem: "its header is not the JSON of a safetensors file"),
  ]

  @Test("headers that lie are refused, with what is wrong", arguments: hostile)
  func hostileHeaders(_ sample: Hostile) {
    let bytes = safetensorsBytes(sample.header, [UInt8](repeating: 0, count: sample.data))
    #expect(throws: NetworkError.weightsFile(path: "f", problem: sample.problem)) {
      try Safetensors(bytes: bytes, name: "f")
    }
  }

  @Test("impossible header lengths are refused", arguments: [0, 1, 3, 100, 1 << 40, UInt64.max, 1 << 63])
  func headerLengths(length: UInt64) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array("{}".utf8)
    #expect(throws: NetworkError.self) { try Safetensors(bytes: bytes, name: "f") }
  }

  @Test("an array that is not there is answered with those that are; a missing file with the system's reason")
  func missing() throws {
    #expect(
      throws: NetworkError.weights(
        name: "b", problem: "not in the file; there is: z.weight, a.bias, scalar, empty-2, empty-1")
    ) { try Self.sample.array(named: "b") }
    #expect(
      throws: FileError.system(
        operation: "read", path: "/nowhere/x.safetensors", reason: "No such file or directory")
    ) { try Safetensors(path: "/nowhere/x.safetensors") }
  }
}

/// A file of a header and values as they are.
func safetensorsBytes(_ header: String, _ data: [UInt8]) -> [UInt8] {
  let text = Array(header.utf8)
  return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
}
