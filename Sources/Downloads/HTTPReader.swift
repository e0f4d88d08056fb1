/// What a server sends, by lines and by pieces.
struct HTTPReader {
  private let connection: Connection
  private let address: HTTPAddress
  private var buffer: ArraySlice<UInt8> = []
  private var isAtEnd = false
  /// When the head of the answer must be there: byte by byte it would hold up the program for hours.
  private var headEnd: ContinuousClock.Instant?

  private static let longestLine = 8192

  init(_ connection: Connection, _ address: HTTPAddress, headUntil headEnd: ContinuousClock.Instant) {
    self.connection = connection
    self.address = address
    self.headEnd = headEnd
  }

  /// From here on any time is right, as long as something comes.
  mutating func headIsOver() { headEnd = nil }

  /// The next bytes, at most `limit`; none at the end of the connection.
  mutating func piece(limit: Int) throws -> ArraySlice<UInt8> {
    if buffer.isEmpty { try fill() }
    defer { buffer = buffer.dropFirst(limit) }
    return buffer.prefix(limit)
  }

  /// The next line without its end.
  ///
  /// - Throws: `DownloadError.transfer` for one that is too long or cut off.
  mutating func line() throws -> String {
    var line: [UInt8] = []
    while true {
      let piece = buffer.prefix { $0 != UInt8(ascii: "\n") }
      line += piece
      guard line.count <= Self.longestLine else {
        throw failure("the server's answer has a line of more than \(Self.longestLine) bytes")
      }
      if piece.endIndex < buffer.endIndex {
        buffer = buffer[(piece.endIndex + 1)...]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
      }
      try fill()
      if isAtEnd { throw failure("the server ended the connection within its answer") }
    }
  }

  private mutating func fill() throws {
    if isAtEnd { return }
    buffer = try connection.receive(limit: 1 << 16)[...]
    isAtEnd = buffer.isEmpty
    if let headEnd, headEnd < .now, !isAtEnd { throw failure("the head of the answer takes too long") }
  }

  func failure(_ problem: String) -> DownloadError {
    .transfer(address: "\(address)", problem: problem)
  }
}
