/// What a browser is answered.
public struct WebAnswer: Sendable, Equatable {
  /// 200, 404 ...
  public var status: Int
  /// `text/html; charset=utf-8`, `image/png` ...
  public var contentType: String
  /// Besides type and length.
  public var headers: [String: String]
  public var body: [UInt8]

  public init(status: Int = 200, contentType: String, headers: [String: String] = [:], body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// Plain text.
  public init(status: Int, text: String) {
    self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
  }
}
