import FileAccess

/// The formats of pictures that are read and written.
public enum ImageFormat: Sendable, Equatable, CaseIterable {
  case png
  case jpeg

  /// The format of a file's content, told by its first bytes; `nil` for anything else.
  ///
  /// Four bytes are enough to know a PNG, so that one damaged by a text-mode transfer is called damaged.
  public static func sniff(_ bytes: [UInt8]) -> ImageFormat? {
    bytes.withUnsafeBufferPointer(sniff)
  }

  static func sniff(_ bytes: UnsafeBufferPointer<UInt8>) -> ImageFormat? {
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return .png }
    if bytes.starts(with: [0xff, 0xd8]) { return .jpeg }
    return nil
  }

  /// The format that a path's extension asks for; `nil` for any other than .png, .jpg and .jpeg.
  public init?(path: String) {
    switch fileExtension(of: path) {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    default: return nil
    }
  }
}

extension ImageFormat: CustomStringConvertible {
  public var description: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    }
  }
}
