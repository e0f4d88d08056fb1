import FileAccess

/// Decodes a PNG or JPEG file's content; the content tells the format, the name is for errors only.
///
/// - Throws: `ImageError` for anything but a whole, undamaged PNG or JPEG picture within `limits`.
public func decodeImage(
  _ bytes: [UInt8], name: String, limits: ImageLimits = ImageLimits()
) throws -> RasterImage {
  try ImageReader(bytes, name: name, limits: limits).readImage()
}

/// Loads a PNG or JPEG file, or standard input for `-`.
///
/// - Throws: `FileError` when the file cannot be read or is larger than `limits` allow, `ImageError` when its
///   content is not a whole, undamaged PNG or JPEG picture within `limits`.
public func loadImage(_ path: String, limits: ImageLimits = ImageLimits()) throws -> RasterImage {
  try ImageReader(path: path, limits: limits).readImage()
}
