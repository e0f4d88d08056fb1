import FileAccess

/// An IDX file of unsigned bytes, gzipped or not: magic 0, 0, 8, rank; a big-endian size for each dimension;
/// the values.
struct IDXFile {
  let sizes: [Int]
  let values: ArraySlice<UInt8>

  /// - Throws: `FileError`, also beyond `dataFileLimit`; `DataError.file` for anything that does not follow the
  ///   format. What begins neither as such a file nor as gzip data is not read further.
  init(path: String, rank: Int) throws {
    let raw = try readFile(path, limit: dataFileLimit) { start in
      let start = Array(start.prefix(4 + 4 * rank))
      if !isGzip(start) { try Self.checkStart(start, path: path, rank: rank) }
    }
    try self.init(bytes: isGzip(raw) ? try unpackGzip(raw, path: path) : raw, path: path, rank: rank)
  }

  init(bytes: [UInt8], path: String, rank: Int) throws {
    try Self.checkStart(bytes, path: path, rank: rank)
    let headerCount = 4 + 4 * rank
    let sizes = (0..<rank).map { dimension in
      bytes[4 + 4 * dimension..<8 + 4 * dimension].reduce(0) { $0 << 8 | Int($1) }
    }
    var count = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw DataError.file(path: path, problem: "impossible sizes \(sizes)") }
      count = product
    }
    guard bytes.count - headerCount == count else {
      throw DataError.file(
        path: path,
        problem: "its header \(sizes) promises \(count) bytes of data, there are \(bytes.count - headerCount)"
      )
    }
    self.sizes = sizes
    values = bytes[headerCount...]
  }

  /// The header's bytes are there, and the first four are those of a file of bytes with so many dimensions.
  private static func checkStart(_ bytes: [UInt8], path: String, rank: Int) throws {
    guard bytes.count >= 4 + 4 * rank else {
      throw DataError.file(path: path, problem: "too short for an IDX file (\(bytes.count) bytes)")
    }
    guard bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, Int(bytes[3]) == rank else {
      throw DataError.file(
        path: path,
        problem: "no IDX file of bytes with \(rank) dimensions: it begins with \(Array(bytes[0..<4]))")
    }
  }
}
