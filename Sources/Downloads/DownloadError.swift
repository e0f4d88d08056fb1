/// Why a file was not fetched.
public enum DownloadError: Error, Equatable, Sendable {
  /// No address that can be fetched from.
  case address(String, problem: String)
  /// The server was not reached, or what it said is no HTTP.
  case transfer(address: String, problem: String)
  /// The transfer ended early; `kept` of `size` bytes are in the partial file.
  case interrupted(address: String, problem: String, kept: Int, size: Int)
  /// The server's answer was no file, such as 404.
  case status(address: String, code: Int, reason: String)
  /// The server offers a file of another size, in bytes.
  case length(address: String, got: Int, expected: Int)
  /// The server sends more than the file's bytes.
  case tooLong(address: String, expected: Int)
  /// All bytes came, but they are not the file's. They are removed.
  case checksum(path: String, got: String, expected: String)
  /// Where the file should go there is one of another size, in bytes.
  case otherSize(path: String, got: Int, expected: Int)
  /// Where the file should go there is one that is not it.
  case otherFile(path: String, got: String, expected: String)
  /// Another process is fetching the same file.
  case busy(path: String)
}

extension DownloadError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .address(let address, let problem), .transfer(let address, let problem): "\(address): \(problem)"
    case .interrupted(let address, let problem, let kept, let size):
      "\(address): \(problem)"
        + (kept == 0 ? "" : "; \(kept) of \(size) bytes are kept, and the same command goes on from there")
    case .status(let address, let code, let reason):
      "\(address): the server answers \(code)\(reason.isEmpty ? "" : " ")\(reason)"
    case .length(let address, let got, let expected):
      "\(address): the server sends \(got) bytes where the file's \(expected) are expected; this is another "
        + "file, such as a network's login page"
    case .tooLong(let address, let expected):
      "\(address): the server sends more than the file's \(expected) bytes; this is another file, such as a "
        + "network's login page"
    case .checksum(let path, let got, let expected):
      "\(path) was damaged and is removed (SHA-256 \(got), expected \(expected)); "
        + "the same command fetches it anew"
    case .otherSize(let path, let got, let expected):
      "\(path) is another file (\(got) bytes, expected \(expected)) and stays as it is; remove it, or name "
        + "another folder"
    case .otherFile(let path, let got, let expected):
      "\(path) is another file (SHA-256 \(got), expected \(expected)) and stays as it is; remove it, or name "
        + "another folder"
    case .busy(let path): "\(path) is being written by another process; wait for its end"
    }
  }
}

/// Text of a server as part of a message: no more than 100 characters, and none that a terminal obeys.
func printable(_ text: some StringProtocol) -> String {
  String(text.unicodeScalars.prefix(100).map { (" "..."~").contains($0) ? Character($0) : "?" })
}
