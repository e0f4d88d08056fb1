/// The bytes that follow the head of an answer. Source: RFC 9112, sections 6 and 7.
struct HTTPBody {
  private enum Framing {
    /// So many bytes are left.
    case counted(Int)
    /// A chunk behind its size follows.
    case chunkStart
    /// So many bytes are left of a chunk.
    case chunk(Int)
    case chunkEnd
    /// All that comes until the server ends the connection.
    case open
    case done
  }

  /// Bytes of the whole body; `nil` where the server does not tell.
  let length: Int?
  private var reader: HTTPReader
  private var framing: Framing

  /// Whether the server has said that this is the end, and not only ended the connection.
  var isComplete: Bool {
    if case .done = framing { return true }
    return false
  }

  /// - Throws: `DownloadError.transfer` for a length that is no number, or an unknown coding.
  init(of response: HTTPResponse, from reader: HTTPReader) throws {
    self.reader = reader
    if let coding = response["transfer-encoding"] {
      guard coding.lowercased() == "chunked" else {
        throw reader.failure("the transfer coding '\(printable(coding))' is not understood")
      }
      length = nil
      framing = .chunkStart
    } else if let text = response["content-length"] {
      // The same length told twice counts once.
      let lengths = Set(text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed))
      guard lengths.count == 1, let length = lengths.first.flatMap(number) else {
        throw reader.failure("no length: '\(printable(text))'")
      }
      self.length = length
      framing = length > 0 ? .counted(length) : .done
    } else {
      length = nil
      framing = .open
    }
  }

  /// The next bytes; none at the end of the body.
  ///
  /// - Throws: `DownloadError.transfer` when the connection ends or breaks before the body does.
  mutating func piece() throws -> ArraySlice<UInt8> {
    switch framing {
    case .done: return []
    case .open: return try reader.piece(limit: .max)
    case .counted(let left):
      let piece = try bytes(limit: left)
      framing = piece.count == left ? .done : .counted(left - piece.count)
      return piece
    case .chunk(let left):
      let piece = try bytes(limit: left)
      framing = piece.count == left ? .chunkEnd : .chunk(left - piece.count)
      return piece
    case .chunkEnd:
      guard try reader.line().isEmpty else { throw reader.failure("a chunk has no end") }
      framing = .chunkStart
      return try self.piece()
    case .chunkStart:
      let size = try chunkSize()
      // Fields may follow the last chunk, of size 0; nothing here needs them.
      framing = size > 0 ? .chunk(size) : .done
      return try self.piece()
    }
  }

  private mutating func bytes(limit: Int) throws -> ArraySlice<UInt8> {
    let piece = try reader.piece(limit: limit)
    if piece.isEmpty { throw reader.failure("the server ended the connection") }
    return piece
  }

  /// The size of a chunk, in hexadecimal digits; what follows a semicolon is for others.
  private mutating func chunkSize() throws -> Int {
    let line = try reader.line()
    let digits = trimmed(line.prefix { $0 != ";" })
    guard digits.utf8.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
      let size = Int(digits, radix: 16)
    else { throw reader.failure("no size of a chunk: '\(printable(line))'") }
    return size
  }
}
