import FeatureMap
import TestSupport

/// A part of the sample scene, for tests that show with few pixels what they show.
enum SmallScene {
  static let width = 200
  static let height = 120

  static func image() throws -> RasterImage {
    let scene = try loadImage(joinPath(TestData.packageFolder, "Samples/Images/scene.jpg"))
    guard case .uint8(let samples) = scene.samples else { throw CancellationError() }
    let part = (300..<300 + height).flatMap { y -> ArraySlice<UInt8> in
      let start = (y * scene.width + 380) * 3
      return samples[start..<start + width * 3]
    }
    return RasterImage(width: width, height: height, channels: 3, samples: .uint8(part))
  }

  /// As that of `Documentation`, with the part in the scene's place.
  static func workFolder() throws -> TemporaryFolder {
    let folder = try Documentation.workFolder()
    try saveImage(try image(), to: folder("Samples/Images/scene.jpg"))
    return folder
  }
}
