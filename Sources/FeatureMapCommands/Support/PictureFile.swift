import FeatureMap

/// The content of a picture's file, from which the picture can be read more than once.
struct PictureFile {
  let name: String
  private let bytes: [UInt8]
  private let limits: ImageLimits

  /// - Throws: `FileError` when the file cannot be read.
  init(_ path: String, limits: ImageLimits) throws {
    name = path == standardStreamPath ? "standard input" : path
    bytes = try readFile(path, limit: limits.maximumFileBytes)
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
    }
  }
}
