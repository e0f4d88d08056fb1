/// What a server answers to a request for a file: the head, and the body to read.
struct HTTPAnswer {
  /// Where it comes from, after all redirections.
  let address: HTTPAddress
  let response: HTTPResponse
  var body: HTTPBody

  private static let mostRedirections = 5

  /// Asks for a file, or for its bytes from `start` on, and follows all redirections.
  ///
  /// - Throws: `DownloadError.transfer`, which names the server that failed; what the patience throws.
  init(from first: HTTPAddress, start: Int, patience: Patience) throws {
    var address = first
    for _ in 0...Self.mostRedirections {
      let connection = try Connection(to: address, patience: patience)
      try connection.send(Self.request(address, from: start))
      var reader = HTTPReader(connection, address, headUntil: .now + .seconds(2 * patience.seconds))
      let response = try HTTPResponse(from: &reader)
      guard let location = response.redirection else {
        self.address = address
        self.response = response
        body = try HTTPBody(of: response, from: reader)
        return
      }
      do {
        address = try address.following(location)
      } catch DownloadError.address(let target, let problem) {
        throw reader.failure("redirected to \(target): \(problem)")
      }
    }
    throw DownloadError.transfer(
      address: "\(address)", problem: "the server redirects more than \(Self.mostRedirections) times")
  }

  private static func request(_ address: HTTPAddress, from start: Int) -> [UInt8] {
    let lines =
      [
        "GET \(address.path) HTTP/1.1", "Host: \(address.authority)", "User-Agent: featuremap", "Accept: */*",
        "Accept-Encoding: identity", "Connection: close",
      ] + (start > 0 ? ["Range: bytes=\(start)-"] : [])
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// Whether this is neither all of the file nor its bytes from `start` on.
  func isOther(thanRestFrom start: Int) -> Bool { response.status != 200 && !response.sendsRest(from: start) }

  /// The place in the file where the body's bytes belong.
  ///
  /// - Parameter start: the first byte that was asked for.
  /// - Throws: `DownloadError.status` for an answer that holds none; `.length` for those of another file;
  ///   `.transfer` for those of another part.
  func firstByte(of file: RemoteFile, askedFor start: Int) throws -> Int {
    if response.status == 200 {
      if let length = body.length, length != file.size { throw otherLength(length, than: file) }
      return 0
    }
    guard response.status == 206 else {
      throw DownloadError.status(address: "\(address)", code: response.status, reason: response.reason)
    }
    guard response.sendsRest(from: start) else {
      let range = printable(response["content-range"] ?? "")
      throw DownloadError.transfer(
        address: "\(address)", problem: "the server sends another part than asked for: '\(range)'")
    }
    if let size = response.contentRange?.size, size != file.size { throw otherLength(size, than: file) }
    // A server may send less of the rest than asked for (RFC 9110, 15.3.7).
    if let length = body.length, length > file.size - start { throw tooLong(for: file) }
    return start
  }

  /// Why a body that ended after `count` bytes of the file, fewer than it has, is not the file's rest.
  func shortage(of file: RemoteFile, after count: Int) -> DownloadError {
    // Without a length, all ends as its connection does (RFC 9112, 6.3): a page, not a part of the file.
    if response.status == 200 { return otherLength(count, than: file) }
    return DownloadError.transfer(
      address: "\(address)",
      problem: body.isComplete ? "the server sends no more at once" : "the server ended the connection")
  }

  func tooLong(for file: RemoteFile) -> DownloadError {
    .tooLong(address: "\(address)", expected: file.size)
  }

  private func otherLength(_ got: Int, than file: RemoteFile) -> DownloadError {
    .length(address: "\(address)", got: got, expected: file.size)
  }
}
