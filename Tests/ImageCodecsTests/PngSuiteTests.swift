import FileAccess
import Foundation
import ImageCodecs
import TestSupport
import Testing

/// An entry of the suite's index: whether the file is valid, and where its pixels are.
private struct Entry: Decodable {
  let file: String
  let expect: String
  let width: Int?
  let height: Int?
  let bitDepth: Int?
  let greyscale: Bool?
  let alphaChannel: Bool?
  let hasTrns: Bool?
  let ref8: String?
  let ref16: String?
}

private struct Index: Decodable {
  let images: [String: Entry]
}

private func entries(_ expect: String) throws -> [Entry] {
  let index = try readFile(TestData.path("pngsuite/index.json"))
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(Index.self, from: Data(index)).images.values
    .filter { $0.expect == expect }.sorted { $0.file < $1.file }
}

@Suite("PngSuite", .enabled(if: TestData.has("pngsuite"), "PngSuite is not among the test data"))
struct PngSuiteTests {
  @Test("Every valid file has the reference's size, channels, depth and pixels")
  func validFiles() throws {
    let valid = try entries("ok")
    #expect(valid.count == 161)
    for entry in valid {
      let image = try loadImage(TestData.path("pngsuite/\(entry.file)"))
      let hasAlpha = entry.alphaChannel == true || entry.hasTrns == true
      #expect(image.width == entry.width && image.height == entry.height, "\(entry.file)")
      #expect(
        image.channels == (entry.greyscale == true ? 1 : 3) + (hasAlpha ? 1 : 0), "\(entry.file)")
      #expect(image.bitDepth == (entry.bitDepth == 16 ? 16 : 8), "\(entry.file)")
      #expect(try image.expandedToRGBA() == reference(entry), "\(entry.file)")
    }
  }

  private func reference(_ entry: Entry) throws -> [UInt16] {
    if let name = entry.ref16 {
      let bytes = try readFile(TestData.path("pngsuite/ref/\(name)"))
      return stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    }
    return try readFile(TestData.path("pngsuite/ref/\(#require(entry.ref8))")).map(UInt16.init)
  }

  @Test("Every corrupt file is refused, in one line that begins with its name")
  func corruptFiles() throws {
    let corrupt = try entries("error")
    #expect(corrupt.count == 14)
    for entry in corrupt {
      let path = try TestData.path("pngsuite/\(entry.file)")
      let error = #expect(throws: ImageError.self, "\(entry.file)") { try loadImage(path) }
      let text = error?.description ?? ""
      #expect(text.hasPrefix(path) && !text.contains("\n"))
    }
  }
}
