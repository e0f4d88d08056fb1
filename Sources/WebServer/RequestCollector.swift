import NIOCore
import NIOHTTP1

/// Puts the parts of a request together. One that is larger than allowed, or for which there is no room beside
/// those of other visitors, is answered at once, and the rest of it is thrown away.
final class RequestCollector: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = NIOHTTPServerRequestFull
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let bodyLimit: Int
  /// Bytes of the bodies of all visitors.
  private let room: Quota
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  /// Bytes taken of the room, until the answer is on its way.
  private var held = 0
  /// Bytes of a refused body that came all the same.
  private var thrownAway = 0

  init(bodyLimit: Int, room: Quota) {
    self.bodyLimit = bodyLimit
    self.room = room
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let part): add(part, context)
    case .end:
      guard let head else { return }
      let full = NIOHTTPServerRequestFull(head: head, body: body.readableBytes > 0 ? body : nil)
      body = ByteBuffer()
      context.fireChannelRead(wrapInboundOut(full))
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = head
    body = ByteBuffer()
    thrownAway = 0
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > bodyLimit {
      return refuse(.payloadTooLarge, tooLarge, context)
    }
    if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
  }

  private func add(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
    guard head != nil else {
      thrownAway += part.readableBytes
      if thrownAway > 2 * bodyLimit { context.close(promise: nil) }
      return
    }
    guard body.readableBytes + part.readableBytes <= bodyLimit else {
      return refuse(.payloadTooLarge, tooLarge, context)
    }
    guard room.take(part.readableBytes) else {
      return refuse(
        .serviceUnavailable, "this server holds as much as it can; try again in a moment", context)
    }
    held += part.readableBytes
    body.writeImmutableBuffer(part)
  }

  private var tooLarge: String { "the file is larger than this server takes: \(bodyLimit) bytes" }

  private func refuse(_ status: HTTPResponseStatus, _ problem: String, _ context: ChannelHandlerContext) {
    head = nil
    body = ByteBuffer()
    let text = ByteBuffer(string: problem + "\n")
    let headers: HTTPHeaders = [
      "Content-Type": "text/plain; charset=utf-8", "Content-Length": "\(text.readableBytes)",
      "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
    ]
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
      promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    release()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { release() }
    context.write(data, promise: promise)
  }

  func channelInactive(context: ChannelHandlerContext) {
    release()
    context.fireChannelInactive()
  }

  private func release() {
    room.give(held)
    held = 0
  }
}
