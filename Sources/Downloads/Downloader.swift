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

  /// - Parameters:
  ///   - source: the address of a folder, `http://...`.
  ///   - folder: where the files go; it must exist.
  ///   - timeout: seconds that the server may be silent, 0...86400; the nearest of these for any other, and
  ///     the most for what is no number. Finding the server's number by its name is not bounded by it.
  ///   - check: called several times a second; what it throws ends the transfer, and what came is kept.
  /// - Throws: `DownloadError.address`, also for one with a query: names of files cannot follow that.
  public init(
    from source: String, into folder: String, timeout: Double, check: @escaping () throws -> Void = {}
  ) throws {
    self.source = try HTTPAddress(folder: source)
    self.folder = folder
    patience = Patience(seconds: timeout, check: check)
  }

  /// Whether the file is in the folder.
  ///
  /// - Throws: `DownloadError.otherSize` or `.otherFile` where something else has its name;
  ///   `FileError.system`.
  public func has(_ file: RemoteFile) throws -> Bool {
    let path = joinPath(folder, file.name)
    guard fileExists(path) else { return false }
    // Before all of it is read.
    let size = try fileSize(path)
    guard size == file.size else {
      throw DownloadError.otherSize(path: path, got: size, expected: file.size)
    }
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
    do {
      try part.commit(as: goal)
    } catch {
      // Somebody else may have put the same file there meanwhile; one that is another throws again.
      guard try has(file) else { throw error }
      part.remove()
      return .alreadyThere
    }
    return kept > 0 ? .continued(from: kept) : .fetched
  }

  /// Fetches what is missing of a file.
  ///
  /// - Returns: the first byte that the server sent.
  private func receive(_ file: RemoteFile, into part: PartFile, _ progress: (Int) -> Void) throws -> Int {
    let address = try source.file(file.name)
    let before = part.size
    var start = before
    var answer = try HTTPAnswer(from: address, start: start, patience: patience)
    if start > 0 && answer.isOther(thanRestFrom: start) {
      // Who does not go on there may send it all.
      start = 0
      answer = try HTTPAnswer(from: address, start: start, patience: patience)
    }
    start = try answer.firstByte(of: file, askedFor: start)
    do {
      try copy(&answer, of: file, from: start, into: part, progress)
    } catch {
      // What is no part of the file, or less than was there, leaves that as it was.
      if Self.tellsOtherFile(error) || part.size < before { try part.goBack() }
      guard case DownloadError.transfer(let address, let problem) = error else { throw error }
      throw DownloadError.interrupted(address: address, problem: problem, kept: part.size, size: file.size)
    }
    return start
  }

  private static func tellsOtherFile(_ error: any Error) -> Bool {
    switch error {
    case DownloadError.length, DownloadError.tooLong: true
    default: false
    }
  }

  /// Puts a body into the partial file. Once all bytes came, an interruption is none: the checksum decides.
  ///
  /// - Throws: `DownloadError.transfer` when it ends early; `.length` or `.tooLong` for another file's.
  private func copy(
    _ answer: inout HTTPAnswer, of file: RemoteFile, from start: Int, into part: PartFile,
    _ progress: (Int) -> Void
  ) throws {
    var place = start
    progress(place)
    do {
      while true {
        let piece = try answer.body.piece()
        if piece.isEmpty { break }
        guard place + piece.count <= file.size else { throw answer.tooLong(for: file) }
        try part.put(piece, at: place)
        place += piece.count
        progress(place)
      }
    } catch DownloadError.transfer where place == file.size {
      return
    }
    if place < file.size { throw answer.shortage(of: file, after: place) }
  }
}
