import FileAccess

/// Reads a PNG or JPEG picture some rows at a time, so that a large one never lies in memory as a whole.
///
///     let reader = try ImageReader(path: "photo.jpg")
///     while reader.rowsLeft > 0 { use(try reader.readRows(min(64, reader.rowsLeft))) }
///
/// Rows come as they are stored: `orientation` says what must be done to show the picture upright. Of an
/// interlaced PNG no row is complete before the last pass, so that it is read in one go; of a progressive JPEG
/// the library itself keeps the whole picture.
///
/// Not for use by several threads at once.
public final class ImageReader {
  /// What stands for the file in errors.
  public let name: String
  /// The stored columns, at least 1.
  public var width: Int { decoder.width }
  /// The stored rows, at least 1.
  public var height: Int { decoder.height }
  /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  public var channels: Int { decoder.channels }
  /// 8 or 16 bits a sample.
  public var bitDepth: Int { decoder.bitDepth }
  /// What EXIF data asks for; `.upright` where there is none.
  public let orientation: Orientation
  /// Whether all rows can only be read at once.
  public var needsAllRows: Bool { decoder.isInterlaced }
  /// The rows that were not read yet.
  public private(set) var rowsLeft: Int

  private let decoder: any RowDecoder

  /// Reads the header of a file's content; the content tells the format, the name is for errors only.
  ///
  /// - Throws: `ImageError` for anything but a PNG or JPEG picture within `limits`.
  public convenience init(_ bytes: [UInt8], name: String, limits: ImageLimits = ImageLimits()) throws {
    try self.init(FileContent(copying: bytes), name: name, limits: limits)
  }

  init(_ content: FileContent, name: String, limits: ImageLimits) throws {
    self.name = name
    switch ImageFormat.sniff(content.bytes) {
    case .png:
      decoder = try PNGDecoder(content, name: name)
      orientation = pngOrientation(content.bytes) ?? .upright
    case .jpeg:
      decoder = try JPEGDecoder(content, name: name)
      orientation = jpegOrientation(content.bytes) ?? .upright
    case nil: throw unknownContent(content.bytes, name: name)
    }
    rowsLeft = decoder.height
    try limits.check(width: width, height: height, name: name)
  }

  /// Opens a file, or standard input for `-`.
  ///
  /// - Throws: `FileError` when the file cannot be read or is larger than `limits` allow, else as the other.
  public convenience init(path: String, limits: ImageLimits = ImageLimits()) throws {
    try self.init(
      try readPictureFile(path, limits: limits), name: inputName(path), limits: limits)
  }

  /// The next `count` rows as a picture, below those of `previous` where they are given.
  ///
  /// - Precondition: there are so many, and all of them where `needsAllRows`.
  /// - Throws: `ImageError` when the data is damaged, cut off (with the last row also behind the pixels) or
  ///   there is not enough memory; the reader is then of no more use.
  public func readRows(_ count: Int, below previous: RasterImage? = nil) throws -> RasterImage {
    precondition(0 < count && count <= rowsLeft, "\(count) rows of the \(rowsLeft) that are left")
    precondition(!needsAllRows || count == height, "\(count) rows of an interlaced picture")
    let samples: RasterImage.Samples =
      bitDepth == 16
      ? .uint16(try read(count, below: previous?.samples16 ?? []))
      : .uint8(try read(count, below: previous?.samples8 ?? []))
    rowsLeft -= count
    return RasterImage(
      width: width, height: count + (previous?.height ?? 0), channels: channels, samples: samples)
  }

  /// The whole picture, turned and mirrored as its orientation asks.
  ///
  /// - Precondition: no row was read yet.
  /// - Throws: as `readRows`.
  public func readImage() throws -> RasterImage {
    try readRows(height).oriented(orientation)
  }

  /// Straight into the array's own memory.
  private func read<Sample: FixedWidthInteger>(_ rows: Int, below previous: [Sample]) throws -> [Sample] {
    let fresh = rows * width * channels
    try requireMemory((previous.count + fresh) * MemoryLayout<Sample>.stride, name: name)
    return try [Sample](unsafeUninitializedCapacity: previous.count + fresh) { buffer, count in
      _ = buffer.initialize(from: previous)
      let target = UnsafeMutableBufferPointer(rebasing: buffer[previous.count..<previous.count + fresh])
      // In bounds: the C functions check the size they are given and write all of it, or fail.
      try decoder.read(rows, into: UnsafeMutableRawBufferPointer(target))
      count = previous.count + fresh
    }
  }
}

/// A format's way to rows of pixels.
protocol RowDecoder: AnyObject {
  var width: Int { get }
  var height: Int { get }
  var channels: Int { get }
  var bitDepth: Int { get }
  var isInterlaced: Bool { get }

  /// Fills `target` with exactly the next `rows` rows, 16-bit samples in native byte order.
  func read(_ rows: Int, into target: UnsafeMutableRawBufferPointer) throws
}

/// What standard input is called in errors.
func inputName(_ path: String) -> String {
  path == standardStreamPath ? "standard input" : path
}

/// Reads a picture's file, or standard input for `-`; what does not begin as one is not read to its end.
///
/// - Throws: `FileError` when the file cannot be read or is larger than `limits` allow, `ImageError` when it is
///   neither PNG nor JPEG.
public func readPictureFile(_ path: String, limits: ImageLimits = ImageLimits()) throws -> [UInt8] {
  let name = inputName(path)
  return try readFile(path, limit: limits.maximumFileBytes) { try requirePicture($0, name: name) }
}

/// - Throws: `ImageError` when the first bytes of a file are not those of a PNG or JPEG picture.
func requirePicture(_ start: UnsafeBufferPointer<UInt8>, name: String) throws {
  if ImageFormat.sniff(start) == nil { throw unknownContent(start, name: name) }
}

/// The error for content that is neither PNG nor JPEG.
private func unknownContent(_ content: UnsafeBufferPointer<UInt8>, name: String) -> ImageError {
  // The first bytes tell.
  let bytes = Array(content.prefix(1 << 16))
  if bytes.isEmpty { return .empty(name: name) }
  if let kind = foreignPicture(bytes) { return .foreign(name: name, kind: kind) }
  if let kind = otherKind(bytes) { return .notAPicture(name: name, kind: kind) }
  return .unknownFormat(name: name, start: Array(bytes.prefix(4)))
}
