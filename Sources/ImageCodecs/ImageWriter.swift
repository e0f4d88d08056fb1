import FileAccess

/// Writes a PNG or JPEG file some rows at a time; the file is either complete or not there.
///
///     let writer = try ImageWriter("big.png", layout: layout)
///     for rows in strips { try writer.append(rows) }
///     try writer.finish()
///
/// Packing a PNG is most of its work and can be done by several threads: `encode` on any of them, `append` in
/// order. The file's bytes do not depend on the way. Without `finish` nothing is left behind.
public final class ImageWriter: @unchecked Sendable {
  // Only `encode` may be called from several threads, and it changes nothing.
  private let layout: PixelLayout
  private let encoder: any RowEncoder
  private let file: FileWriter
  private var rowsWritten = 0

  /// Rows that are encoded separately must begin at a multiple of this.
  public var rowsPerStrip: Int { encoder.rowsPerStrip }

  /// - Parameters:
  ///   - path: the goal; `-` is standard output, which gets all bytes in the end.
  ///   - format: the format; without it the extension of `path` tells (.png, .jpg or .jpeg).
  ///   - layout: of the picture; JPEG reduces 16-bit samples to 8.
  /// - Throws: `ImageError.unknownExtension` when no format is given or told, `ImageError.notEncodable` when the
  ///   format cannot hold the picture or an option is out of range, `FileError` when there can be no such file.
  public init(
    _ path: String, layout: PixelLayout, format: ImageFormat? = nil, options: ImageOptions = ImageOptions()
  ) throws {
    let name = outputName(path)
    guard let format = format ?? ImageFormat(path: path) else {
      throw ImageError.unknownExtension(name: name)
    }
    self.layout = layout
    switch format {
    case .png: encoder = try PNGEncoder(layout: layout, options: options.png, name: name)
    case .jpeg: encoder = try JPEGEncoder(layout: layout, options: options.jpeg, name: name)
    }
    file = try FileWriter(path)
  }

  /// The part of the work that does not depend on other rows; safe from any thread.
  ///
  /// - Parameter firstRow: where the rows belong, a multiple of `rowsPerStrip`.
  /// - Precondition: the rows have the picture's width, channels and depth; only the last may be fewer than a
  ///   multiple of `rowsPerStrip`.
  public func encode(_ rows: RasterImage, firstRow: Int) throws -> EncodedRows {
    let end = firstRow + rows.height
    precondition(
      rows.width == layout.width && rows.channels == layout.channels && rows.bitDepth == layout.bitDepth,
      "rows of another picture")
    precondition(
      firstRow % rowsPerStrip == 0
        && (end == layout.height || end < layout.height && end % rowsPerStrip == 0),
      "rows \(firstRow)..<\(end) of \(layout.height) do not begin and end between strips")
    return try encoder.encode(rows, isLast: end == layout.height)
  }

  /// Adds the next rows.
  ///
  /// - Throws: `FileError` when they cannot be written.
  public func append(_ rows: EncodedRows) throws {
    try encoder.append(rows)
    try encoder.take(file.write)
  }

  /// Adds the next rows, as many as with `encode`.
  public func append(_ rows: RasterImage) throws {
    try append(encode(rows, firstRow: rowsWritten))
    rowsWritten += rows.height
  }

  /// Ends the file and puts it in its place.
  ///
  /// - Parameter text: further notes of a PNG, which then stand behind the pixels.
  /// - Throws: as `append`.
  public func finish(text: [TextChunk] = []) throws {
    try encoder.finish(text: text)
    try encoder.take(file.write)
    try file.commit()
  }
}

/// What standard output is called in errors.
func outputName(_ path: String) -> String {
  path == standardStreamPath ? "standard output" : path
}
