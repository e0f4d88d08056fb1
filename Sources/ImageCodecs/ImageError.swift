/// What went wrong with a picture; `name` is the file's name or what stands for it.
public enum ImageError: Error, Equatable, Sendable {
  /// The file has no bytes.
  case empty(name: String)
  /// The content is of a known kind that is not read: `kind` is "a WebP image".
  case foreign(name: String, kind: String)
  /// The content is of no known kind; `start` are its first bytes.
  case unknownFormat(name: String, start: [UInt8])
  /// The data is damaged or cut off.
  case corrupt(name: String, format: ImageFormat, reason: String)
  /// The picture has more pixels than the caller accepts.
  case tooLarge(name: String, width: Int, height: Int, limit: Int)
  /// A valid file of a kind that is not read.
  case unsupported(name: String, format: ImageFormat, reason: String)
  /// The system has not enough memory for the picture.
  case memory(name: String)
  /// An output's extension names no format that is written.
  case unknownExtension(name: String)
  /// The format cannot hold the picture, or a parameter of the encoder is out of range.
  case notEncodable(name: String, format: ImageFormat, reason: String)
}

extension ImageError: CustomStringConvertible {
  /// One line that begins with the file's name.
  public var description: String {
    switch self {
    case .empty(let name):
      "\(name) is empty; expected a PNG or JPEG picture"
    case .foreign(let name, let kind):
      "\(name) is \(kind); featuremap reads PNG and JPEG: convert it first"
    case .unknownFormat(let name, let start):
      "\(name) is neither a PNG nor a JPEG picture (it begins with the bytes \(hexadecimal(start)))"
    case .corrupt(let name, let format, let reason):
      "\(name): the \(format) data is damaged: \(reason)"
    case .tooLarge(let name, let width, let height, let limit):
      "\(name) has \(width) x \(height) pixels, \(megapixels(width, height)); the limit is \(limit) pixels"
    case .unsupported(let name, let format, let reason):
      "\(name): this kind of \(format) is not supported: \(reason)"
    case .memory(let name):
      "\(name): not enough memory for the picture"
    case .unknownExtension(let name):
      "\(name): the extension \(extensionText(of: name)) names no format; expected .png, .jpg or .jpeg"
    case .notEncodable(let name, let format, let reason):
      "\(name): cannot be written as \(format): \(reason)"
    }
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

private func megapixels(_ width: Int, _ height: Int) -> String {
  let pixels = width.multipliedReportingOverflow(by: height)
  return pixels.overflow ? "far too many" : "\(pixels.partialValue) in all"
}

private func extensionText(of name: String) -> String {
  let last = name.split(separator: "/").last ?? ""
  guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return "(there is none)" }
  return "\"\(last[dot...])\""
}
