/// How large a picture may be before it is refused, judged by its header before pixels are allocated.
public struct ImageLimits: Sendable, Equatable {
  /// width * height at most, 256 megapixels unless told.
  public var maximumPixels: Int
  /// The size of a file in bytes at most: unless told 1 GiB, or four bytes a pixel where that is more.
  public var maximumFileBytes: Int

  public init(maximumPixels: Int = 256_000_000, maximumFileBytes: Int? = nil) {
    self.maximumPixels = maximumPixels
    self.maximumFileBytes = maximumFileBytes ?? max(1 << 30, 4 * min(maximumPixels, .max / 4))
  }

  /// - Throws: `ImageError.tooLarge` when the picture has too many pixels.
  func check(width: Int, height: Int, name: String) throws {
    let pixels = width.multipliedReportingOverflow(by: height)
    if pixels.overflow || pixels.partialValue > maximumPixels {
      throw ImageError.tooLarge(name: name, width: width, height: height, limit: maximumPixels)
    }
  }
}
