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
  ///   - timeout: seconds that the server may be silent, 0...86400; the nearest of these for any other, and
  ///     the most for what is no number. Finding the server's number by its name is not bounded by it.
  ///   - check: called several times a second; what it throws ends the transfer, and what came is kept.
  /// - Throws: `DownloadError.address`.
  public init(
    from source: String, into folder: String, timeout: Double, check: @escaping () throws -> Void = {}
  ) throws {
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

  /// Fetches a file unless it is there.
  ///
  /// - Parameter progress: called with the number of the file's first bytes that came or were there: before
  ///   the first piece and after each.
  /// - Throws: `DownloadError`; `FileError.system` when the file cannot be written; what `check` throws.
  public func fetch(_ file: RemoteFile, progress: (Int) -> Void = { _ in }) throws -> Outcome {
    if try has(file) { return .alreadyThere }
    let goal = joinPath(folder, file.name)
    let part = try PartFile(goal + ".part")
    // Another process may have ended its own fetching meanwhile.
    if try has(file) { return .alreadyThere }
    if part.size > file.size { try part.empty() }
    let kept = part.size < file.size ? try receive(file, into: part, progress) : part.size
    guard part.checksum == file.sha256 else {
      let got = part.checksum
      try part.empty()
      throw DownloadError.checksum(path: part.path, got: got, expected: file.sha256)
    }
    try part.commit(as: goal)
    return kept > 0 ? .continued(from: kept) : .fetched
  }

  /// Fetches what is missing of a file.
  ///
  /// - Returns: the first byte that the server sent.
  private func receive(_ file: RemoteFile, into part: PartFile, _ progress: (Int) -> Void) throws -> Int {
    let address = try source.file(file.name)
    let before = part.size
    var (response, body) = try answer(address, from: before)
    var start = before
    if start > 0 && response.status != 200 && !response.sendsRest(from: start) {
      // Who does not go on there may send it all.
      start = 0
      (response, body) = try answer(address, from: start)
    }
    start = try firstByte(of: response, body, of: file, askedFor: start, address)
    do {
      try copy(&body, of: file, from: start, into: part, address, progress)
    } catch {
      // What is no part of the file, or less than was there, leaves that as it was.
      let isOther = if case DownloadError.length = error { true } else { false }
      if isOther || part.size < before { try part.goBack() }
      guard case DownloadError.transfer(_, let problem) = error else { throw error }
      throw DownloadError.interrupted(
        address: "\(address)", problem: problem, kept: part.size, size: file.size)
    }
    return start
  }

  /// The place in the file where an answer's bytes belong.
  ///
  /// - Throws: `DownloadError.status` for an answer that holds none; `.length` for those of another file;
  ///   `.transfer` for those of another part.
  private func firstByte(
    of response: HTTPResponse, _ body: HTTPBody, of file: RemoteFile, askedFor start: Int,
    _ address: HTTPAddress
  ) throws -> Int {
    guard response.status == 206 else {
      guard response.status == 200 else {
        throw DownloadError.status(address: "\(address)", code: response.status, reason: response.reason)
      }
      if let length = body.length, length != file.size { throw otherLength(length, file, address) }
      return 0
    }
    guard response.sendsRest(from: start) else {
      let range = printable(response["content-range"] ?? "")
      throw DownloadError.transfer(
        address: "\(address)", problem: "the server sends another part than asked for: '\(range)'")
    }
    if let size = response.contentRange?.size, size != file.size { throw otherLength(size, file, address) }
    // A server may send less of the rest than asked for (RFC 9110, 15.3.7).
    if let length = body.length, length > file.size - start {
      throw otherLength(length > .max - start ? .max : start + length, file, address)
    }
    return start
  }

  /// Puts a body into the partial file. Once all bytes came, an interruption is none: the checksum decides.
  ///
  /// - Throws: `DownloadError.transfer` when it ends early, `.length` when it is another file's.
  private func copy(
    _ body: inout HTTPBody, of file: RemoteFile, from start: Int, into part: PartFile, _ address: HTTPAddress,
    _ progress: (Int) -> Void
  ) throws {
    var place = start
    progress(place)
    do {
      while true {
        let piece = try body.piece()
        if piece.isEmpty { break }
        guard place + piece.count <= file.size else { throw otherLength(place + piece.count, file, address) }
        try part.put(piece, at: place)
        place += piece.count
        progress(place)
      }
    } catch DownloadError.transfer where place == file.size {
      return
    }
    if place == file.size { return }
    // Asked for all, the server says that this was it.
    if body.isComplete && start == 0 { throw otherLength(place, file, address) }
    throw DownloadError.transfer(
      address: "\(address)",
      problem: body.isComplete ? "the server sends no more at once" : "the server ended the connection")
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
      var reader = HTTPReader(connection, address, headUntil: .now + .seconds(2 * patience.seconds))
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
}
