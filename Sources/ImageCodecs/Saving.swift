import FileAccess

/// How a picture is written, for whichever format is chosen.
public struct ImageOptions: Sendable, Equatable {
  public var png: PNGOptions
  public var jpeg: JPEGOptions

  public init(png: PNGOptions = PNGOptions(), jpeg: JPEGOptions = JPEGOptions()) {
    self.png = png
    self.jpeg = jpeg
  }
}

/// Encodes a picture in the given format.
///
/// - Parameter name: stands for the output in errors.
/// - Throws: `ImageError.notEncodable` when the format cannot hold the picture or an option is out of range.
public func encodeImage(
  _ image: RasterImage, format: ImageFormat, options: ImageOptions = ImageOptions(),
  name: String = "the picture"
) throws -> [UInt8] {
  switch format {
  case .png: try encodePNG(image, options: options.png, name: name)
  case .jpeg: try encodeJPEG(image, options: options.jpeg, name: name)
  }
}

/// Saves a picture so that the file is either complete or not there; `-` is standard output.
///
/// - Parameter format: the format; without it the extension of `path` tells (.png, .jpg or .jpeg).
/// - Throws: `ImageError.unknownExtension` when no format is given or told, `ImageError.notEncodable` when the
///   format cannot hold the picture, `FileError` when the file cannot be written.
public func saveImage(
  _ image: RasterImage, to path: String, format: ImageFormat? = nil, options: ImageOptions = ImageOptions()
) throws {
  let name = outputName(path)
  guard let format = format ?? ImageFormat(path: path) else {
    throw ImageError.unknownExtension(name: name)
  }
  try writeFile(try encodeImage(image, format: format, options: options, name: name), to: path)
}
