import FileAccess
import ImageCodecs
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pictures kept beside the tests and compared pixel by pixel.
///
/// With FEATUREMAP_RECORD_GOLDENS in the environment the pictures are written instead, and the test fails, so that
/// a recording run never passes for a check. Look at what was recorded before committing it.
enum Golden {
  static func expect(
    _ image: RasterImage, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = joinPath(TestData.packageFolder, "Tests/PicturesTests/Goldens/\(name).png")
    if getenv("FEATUREMAP_RECORD_GOLDENS") != nil {
      try createFolder(parentFolder(of: path))
      try writeFile(try encodePNG(image), to: path)
      Issue.record("recorded \(path)", sourceLocation: sourceLocation)
      return
    }
    let golden = try loadImage(path)
    #expect(
      [image.width, image.height, image.channels] == [golden.width, golden.height, golden.channels],
      "\(name): size and channels", sourceLocation: sourceLocation)
    guard case .uint8(let actual) = image.samples, case .uint8(let expected) = golden.samples,
      actual.count == expected.count
    else {
      Issue.record("\(name): not the samples of the golden picture", sourceLocation: sourceLocation)
      return
    }
    let different = actual.indices.filter { actual[$0] != expected[$0] }
    if let first = different.first {
      let pixel = first / image.channels
      Issue.record(
        """
        \(name): \(different.count) samples differ, the first at x \(pixel % image.width), \
        y \(pixel / image.width): \(actual[first]), expected \(expected[first])
        """, sourceLocation: sourceLocation)
    }
  }
}
