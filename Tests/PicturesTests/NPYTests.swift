import TensorCore
import Testing

@testable import Pictures

@Suite("NPY files")
struct NPYTests {
  /// What numpy 2.4 writes for a shape; the header ends before byte 128.
  private func numpyFile(_ shape: String, _ data: [UInt8]) -> [UInt8] {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
    let padding = String(repeating: " ", count: 117 - header.count) + "\n"
    return [147, 78, 85, 77, 80, 89, 1, 0, 118, 0] + Array((header + padding).utf8) + data
  }

  private let values: [Float] = [1.5, -2, .nan, 0, .infinity, 1e-3]
  /// From `np.save` of the same values.
  private let data: [UInt8] = [
    0, 0, 192, 63, 0, 0, 0, 192, 0, 0, 192, 127, 0, 0, 0, 0, 0, 0, 128, 127, 111, 18, 131, 58,
  ]

  @Test("the bytes are those of numpy.save")
  func bytes() {
    #expect(encodeNPY(dimensions: [1, 2, 3], values: values) == numpyFile("(1, 2, 3)", data))
    #expect(encodeNPY(dimensions: [6], values: values) == numpyFile("(6,)", data))
    #expect(encodeNPY(dimensions: [], values: [3.5]) == numpyFile("()", [0, 0, 96, 64]))
    #expect(encodeNPY(dimensions: [0, 4], values: []) == numpyFile("(0, 4)", []))
  }

  @Test("a tensor has four dimensions")
  func tensor() throws {
    let tensor = Tensor(shape: Shape(batch: 2, channels: 1, height: 3, width: 1), repeating: 2)
    let read = try decodeNPY(encodeNPY(tensor), name: "conv1")
    #expect(read == NamedArray(name: "conv1", dimensions: [2, 1, 3, 1], values: tensor.values))
  }

  @Test("any number of dimensions makes a header of a multiple of 64 bytes that reads back")
  func dimensions() throws {
    for rank in 0...40 {
      let bytes = encodeNPY(dimensions: Array(repeating: 1, count: rank), values: [7])
      #expect((bytes.count - 4) % 64 == 0)
      #expect(try decodeNPY(bytes).dimensions.count == rank)
    }
  }

  @Test("NaN, infinity and all bits come back")
  func bits() throws {
    let read = try decodeNPY(numpyFile("(2, 3)", data))
    #expect(read.dimensions == [2, 3])
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test("every truncation and every surplus byte is refused")
  func truncation() {
    let file = numpyFile("(2, 3)", data)
    for length in 0..<file.count {
      #expect(throws: PictureError.self, "\(length) bytes") { try decodeNPY(Array(file[0..<length])) }
    }
    #expect(throws: PictureError.self) { try decodeNPY(file + [0]) }
  }

  @Test(
    "other types, orders, versions and shapes are refused",
    arguments: [
      ("'<f4'", "'>f4'"), ("'<f4'", "'<f8'"), ("'<f4'", "'|O' "), ("False", "True "), ("(2, 3)", "(2,-3)"),
      ("(2, 3)", "(2 ; 3"), ("(2, 3)", "(0x6,)"), ("shape", "Shape"), (", }", ",  "),
    ])
  func foreign(original: String, replacement: String) throws {
    let file = numpyFile("(2, 3)", data)
    let pattern = Array(original.utf8)
    let at = try #require(
      file.indices.first {
        $0 + pattern.count <= file.count && Array(file[$0..<$0 + pattern.count]) == pattern
      })
    var changed = file
    changed.replaceSubrange(at..<at + pattern.count, with: Array(replacement.utf8))
    #expect(throws: PictureError.self) { try decodeNPY(changed) }
    changed = file
    changed[6] = 2
    #expect(throws: PictureError.npy(reason: "it has version 2.0")) { try decodeNPY(changed) }
  }

  @Test("a shape beyond all memory is refused before anything is allocated")
  func huge() {
    let huge = numpyFile("(4294967296, 4294967296)", [])
    #expect(throws: PictureError.npy(reason: "shape [4294967296, 4294967296] is too large")) {
      try decodeNPY(huge)
    }
  }
}
