import FileAccess

/// Decodes a PNG or JPEG file's content; the content tells the format, the name is for errors only.
///
/// - Throws: `ImageError` for anything but a whole, undamaged PNG or JPEG picture within `limits`.
public func decodeImage(
  _ bytes: [UInt8], name: String, limits: ImageLimits = ImageLimits()
) throws -> RasterImage {
  switch ImageFormat.sniff(bytes) {
  case .png: return try decodePNG(bytes, name: name, limits: limits)
  case .jpeg: return try decodeJPEG(bytes, name: name, limits: limits)
  case nil:
    if bytes.isEmpty { throw ImageError.empty(name: name) }
    if let kind = foreignKind(of: bytes) { throw ImageError.foreign(name: name, kind: kind) }
    throw ImageError.unknownFormat(name: name, start: Array(bytes.prefix(4)))
  }
}

/// Loads a PNG or JPEG file, or standard input for `-`.
///
/// - Throws: `FileError` when the file cannot be read or is larger than `limits` allow, `ImageError` when its
///   content is not a whole, undamaged PNG or JPEG picture within `limits`.
public func loadImage(_ path: String, limits: ImageLimits = ImageLimits()) throws -> RasterImage {
  let bytes = try readFile(path, limit: limits.maximumFileBytes)
  return try decodeImage(bytes, name: path == standardStreamPath ? "standard input" : path, limits: limits)
}
