import CGzip

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether the bytes begin as gzip data does.
public func isGzip(_ bytes: [UInt8]) -> Bool {
  bytes.starts(with: [0x1f, 0x8b])
}

/// Unpacks gzip data.
///
/// - Parameters:
///   - path: named in errors only.
///   - limit: more unpacked bytes than this are refused, so that a small file cannot fill the memory.
/// - Throws: `FileError.gzip` for damaged or cut-off data, `FileError.tooLarge` beyond `limit`.
public func unpackGzip(_ bytes: [UInt8], path: String, limit: Int = 1 << 31) throws -> [UInt8] {
  var unpacked: UnsafeMutablePointer<UInt8>?
  var count = 0
  let status = bytes.withUnsafeBufferPointer {
    fm_gunzip($0.baseAddress, $0.count, limit, &unpacked, &count)
  }
  defer { free(unpacked) }
  switch status {
  case FM_GZIP_OK: return Array(UnsafeBufferPointer(start: unpacked, count: count))
  case FM_GZIP_TRUNCATED: throw FileError.gzip(path: path, reason: "the gzip data is cut off")
  case FM_GZIP_TOO_LARGE: throw FileError.tooLarge(path: path, limit: limit)
  case FM_GZIP_MEMORY: throw FileError.gzip(path: path, reason: "not enough memory to unpack it")
  default: throw FileError.gzip(path: path, reason: "the gzip data is corrupt")
  }
}
