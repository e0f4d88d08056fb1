import FeatureMap

/// The content of a picture's file, from which the picture can be read more than once.
struct PictureFile {
  let name: String
  /// What the content is.
  let format: ImageFormat?
  private let bytes: [UInt8]
  private let limits: ImageLimits

  /// - Throws: `FileError` when the file cannot be read, `ImageError` when it does not begin as a picture.
  init(_ path: String, limits: ImageLimits) throws {
    name = path == standardStreamPath ? "standard input" : path
    bytes = try Self.explaining { try readPictureFile(path, limits: limits) }
    format = ImageFormat.sniff(bytes)
    self.limits = limits
  }

  /// A reader before the first row.
  ///
  /// - Throws: `ImageError` for what is no picture; one that is too large is told how to have it read.
  func reader() throws -> ImageReader {
    try Self.explaining { try ImageReader(bytes, name: name, limits: limits) }
  }

  /// What `open` gives; the error for a picture that is too large tells how to have it read.
  static func explaining<Opened>(_ open: () throws -> Opened) throws -> Opened {
    do {
      return try open()
    } catch let error as ImageError {
      guard case .tooLarge = error else { throw error }
      throw CommandError.choice("\(error) (--max-megapixels raises it)")
    } catch let error as FileError {
      guard case .tooLarge = error else { throw error }
      throw CommandError.choice("\(error); expected a PNG or JPEG picture (--max-megapixels raises it)")
    }
  }
}
