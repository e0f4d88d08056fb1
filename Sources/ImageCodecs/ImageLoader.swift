import FileAccess

/// Loads many files one after the other, which are all read into the same memory.
///
/// Not for use by several threads at once.
public final class ImageLoader {
  private let buffer = FileBuffer()

  public init() {}

  /// Loads a PNG or JPEG file, or standard input for `-`.
  ///
  /// - Throws: as `loadImage`.
  public func load(_ path: String, limits: ImageLimits = ImageLimits()) throws -> RasterImage {
    let name = inputName(path)
    try buffer.read(path, limit: limits.maximumFileBytes) { try requirePicture($0, name: name) }
    // The reader is gone before the buffer gets other bytes.
    let content = FileContent(buffer.bytes, ownedBy: buffer)
    return try ImageReader(content, name: name, limits: limits).readImage()
  }
}
