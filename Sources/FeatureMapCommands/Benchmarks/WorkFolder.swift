import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder for pictures that are needed for a while.
struct WorkFolder {
  let path: String
  private let isTemporary: Bool

  /// - Parameter path: a folder that is kept; `nil` makes a temporary one.
  /// - Throws: `FileError.system` when it cannot be made.
  init(_ path: String?) throws {
    isTemporary = path == nil
    if let path {
      self.path = path
      try createFolder(path)
      return
    }
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    // The six X are mkdtemp's contract: it puts letters of its own in their place.
    var pattern = Array(joinPath(parent, "featuremap-bench-XXXXXX").utf8CString)
    guard mkdtemp(&pattern) != nil else {
      throw FileError.system(operation: "create", path: parent, reason: lastSystemError())
    }
    self.path = String(decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes a temporary folder with all that is in it.
  func remove() {
    if isTemporary { Self.remove(path) }
  }

  private static func remove(_ path: String) {
    if isFolder(path) {
      for name in (try? listFolder(path)) ?? [] { remove(joinPath(path, name)) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
