import FileAccess

/// Fetches files over HTTP into a folder: each is there whole and checked, or not at all.
///
/// What came before a transfer ended early is kept beside the goal (`.part`) and continued by the next one.
public struct Downloader {
  /// What became of a file.
  public enum Outcome: Sendable, Equatable {
    case alreadyThere
    case fetched
    /// So many bytes were there from before.
    case continued(from: Int)
  }

  private let source: HTTPAddress
  private let folder: String
  private let patience: Patience

  private static let mostRedirections = 5

  /// - Parameters:
  ///   - source: the address of a folder, `http://...`.
  ///   - folder: where the files go; it must exist.
  ///   - timeout: seconds that the server may be silent; above 0, at most a day.
  ///   - check: called several times a second; what it throws ends the transfer, and what came is kept.
  /// - Throws: `DownloadError.address`.
  public init(
    from source: String, into folder: String, timeout: Double, check: @escaping () throws -> Void = {}
  ) throws {
    precondition(timeout > 0 && timeout <= 86_400, "a timeout of \(timeout) seconds")
    self.source = try HTTPAddress(source)
    self.folder = folder
    patience = Patience(seconds: timeout, check: check)
  }

  /// Whether the file is in the folder.
  ///
  /// - Throws: `DownloadError.otherFile` where something else has its name; `FileError.system`.
  public func has(_ file: RemoteFile) throws -> Bool {
    let path = joinPath(folder, file.name)
    guard fileExists(path) else { return false }
    var hash = SHA256()
    hash.update(try readFile(path))
    guard hash.hexadecimal == file.sha256 else {
      throw DownloadError.otherFile(path: path, got: hash.hexadecimal, expected: file.sha256)
    }
    return true
  }

  /// Bytes of a file that are here from a transfer that ended early.
  public func kept(of file: RemoteFile) -> Int {
    PartFile.size(at: joinPath(folder, file.name + ".part"))
  }

  /// Fetches a file unless it is there.
  ///
  /// - Parameter progress: called with the bytes that are there after each piece.
  /// - Throws: `DownloadError`; `FileError.system` when the file cannot be written; what `check` throws.
  public func fetch(_ file: RemoteFile, progress: (Int) -> Void = { _ in }) throws -> Outcome {
    if try has(file) { return .alreadyThere }
    let goal = joinPath(folder, file.name)
    let part = try PartFile(goal + ".part")
    if part.size > file.size { try part.empty() }
    let start = part.size
    var isContinued = false
    if start < file.size { isContinued = try receive(file, into: part, progress) }
    guard part.checksum == file.sha256 else {
      let got = part.checksum
      try part.empty()
      throw DownloadError.checksum(path: part.path, got: got, expected: file.sha256)
    }
    try part.commit(as: goal)
    return start > 0 && (isContinued || start == file.size) ? .continued(from: start) : .fetched
  }

  /// - Returns: whether the server went on where the partial file ended.
  private func receive(_ file: RemoteFile, into part: PartFile, _ progress: (Int) -> Void) throws -> Bool {
    let address = try source.file(file.name)
    var start = part.size
    var (response, body) = try answer(address, from: start)
    if start > 0 && !sendsRest(response, from: start) && response.status != 200 {
      // A server that does not go on there may send it all.
      start = 0
      (response, body) = try answer(address, from: start)
    }
    start = try isRest(response, of: file, from: start, address) ? start : 0
    if let length = body.length, length != file.size - start {
      throw DownloadError.length(address: "\(address)", got: start + length, expected: file.size)
    }
    do {
      if start == part.size && (start > 0 || body.length != nil) {
        try append(&body, of: file, to: part, address, progress)
      } else {
        try replace(part, by: &body, of: file, address, progress)
      }
    } catch DownloadError.transfer(_, let problem) {
      if part.size < file.size { throw interruption(problem, part, file, address) }
    }
    if part.size < file.size { throw interruption("the server ended the connection", part, file, address) }
    return start > 0
  }

  private func append(
    _ body: inout HTTPBody, of file: RemoteFile, to part: PartFile, _ address: HTTPAddress,
    _ progress: (Int) -> Void
  ) throws {
    while true {
      let piece = try body.piece()
      if piece.isEmpty { return }
      guard part.size + piece.count <= file.size else {
        throw otherLength(part.size + piece.count, file, address)
      }
      try part.append(piece)
      progress(part.size)
    }
  }

  /// Takes all of a file from the start: what is there from before, and may be more, stays until more has come
  /// or the server has said that this is all. What does not tell its length may be a page that asks to log in.
  private func replace(
    _ part: PartFile, by body: inout HTTPBody, of file: RemoteFile, _ address: HTTPAddress,
    _ progress: (Int) -> Void
  ) throws {
    var bytes: [UInt8] = []
    do {
      while true {
        let piece = try body.piece()
        if piece.isEmpty { break }
        guard bytes.count + piece.count <= file.size else {
          throw otherLength(bytes.count + piece.count, file, address)
        }
        bytes += piece
        progress(max(bytes.count, part.size))
      }
      if body.isComplete && bytes.count < file.size { throw otherLength(bytes.count, file, address) }
    } catch {
      // A file of another length is none of this one.
      if case DownloadError.length = error { throw error }
      try keepLonger(bytes, part)
      throw error
    }
    try keepLonger(bytes, part)
  }

  private func keepLonger(_ bytes: [UInt8], _ part: PartFile) throws {
    guard bytes.count > part.size else { return }
    try part.empty()
    try part.append(bytes[...])
  }

  private func otherLength(_ got: Int, _ file: RemoteFile, _ address: HTTPAddress) -> DownloadError {
    .length(address: "\(address)", got: got, expected: file.size)
  }

  /// The head of the answer that follows all redirections, and the body to read.
  private func answer(_ first: HTTPAddress, from start: Int) throws -> (HTTPResponse, HTTPBody) {
    var address = first
    for _ in 0...Self.mostRedirections {
      let connection = try Connection(to: address, patience: patience)
      try connection.send(request(address, from: start))
      var reader = HTTPReader(connection, address)
      let response = try HTTPResponse(from: &reader)
      guard let location = response.redirection else {
        return (response, try HTTPBody(of: response, from: reader))
      }
      do {
        address = try address.following(location)
      } catch DownloadError.address(let target, let problem) {
        throw DownloadError.transfer(address: "\(first)", problem: "redirected to \(target): \(problem)")
      }
    }
    throw DownloadError.transfer(
      address: "\(first)", problem: "the server redirects more than \(Self.mostRedirections) times")
  }

  private func request(_ address: HTTPAddress, from start: Int) -> [UInt8] {
    let lines =
      [
        "GET \(address.path) HTTP/1.1", "Host: \(address.authority)", "User-Agent: featuremap", "Accept: */*",
        "Accept-Encoding: identity", "Connection: close",
      ] + (start > 0 ? ["Range: bytes=\(start)-"] : [])
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// Whether an answer holds the bytes from `start` on.
  private func sendsRest(_ response: HTTPResponse, from start: Int) -> Bool {
    response.status == 206 && response.contentRange?.start == start
  }

  /// Whether an answer holds the rest of the file (206) and not all of it (200).
  ///
  /// - Throws: `DownloadError.status` for any other answer; `.length` and `.transfer` for a rest of something else.
  private func isRest(
    _ response: HTTPResponse, of file: RemoteFile, from start: Int, _ address: HTTPAddress
  ) throws -> Bool {
    if response.status == 200 { return false }
    guard response.status == 206 else {
      throw DownloadError.status(address: "\(address)", code: response.status, reason: response.reason)
    }
    guard sendsRest(response, from: start) else {
      let range = printable(response["content-range"] ?? "")
      throw DownloadError.transfer(
        address: "\(address)", problem: "the server sends another part than asked for: '\(range)'")
    }
    if let size = response.contentRange?.size, size != file.size { throw otherLength(size, file, address) }
    return true
  }

  private func interruption(
    _ problem: String, _ part: PartFile, _ file: RemoteFile, _ address: HTTPAddress
  ) -> DownloadError {
    .interrupted(address: "\(address)", problem: problem, kept: part.size, size: file.size)
  }
}
