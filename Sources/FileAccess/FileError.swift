/// What went wrong with a file as such: it cannot be opened, read, written or unpacked.
public enum FileError: Error, Equatable, Sendable {
  /// The system refused: `operation` is `read`, `write`, `create` or `list`.
  case system(operation: String, path: String, reason: String)
  /// The file is larger than the caller accepts.
  case tooLarge(path: String, limit: Int)
  /// gzip data that cannot be unpacked.
  case gzip(path: String, reason: String)
}

extension FileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let operation, let path, let reason): "cannot \(operation) \(path): \(reason)"
    case .tooLarge(let path, let limit): "\(path) is larger than the limit of \(limit) bytes"
    case .gzip(let path, let reason): "\(path): \(reason)"
    }
  }
}
