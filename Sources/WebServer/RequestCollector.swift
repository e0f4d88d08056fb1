import NIOCore
import NIOHTTP1

/// Puts the parts of a request together. One that is larger than allowed, or for which there is no room beside
/// those of other visitors, is answered at once, and the rest of it is thrown away.
final class RequestCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = WholeRequest
  typealias OutboundOut = HTTPServerResponsePart

  private let bodyLimit: Int
  /// Bytes of the bodies of all visitors.
  private let room: Quota
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  /// Bytes taken of the room for the body that is coming in.
  private var held = 0
  private var isRefusedForGood = false
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
      guard let head else {
        if isRefusedForGood { context.close(promise: nil) }
        return
      }
      let whole = WholeRequest(head: head, body: body, hold: held > 0 ? WholeRequest.Hold(room, held) : nil)
      held = 0
      body = []
      context.fireChannelRead(wrapInboundOut(whole))
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = head
    body = []
    thrownAway = 0
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > bodyLimit {
      return refuse(head, .payloadTooLarge, tooLarge, context)
    }
    if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
  }

  private func add(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
    guard let head else {
      thrownAway += part.readableBytes
      if thrownAway > 2 * bodyLimit { context.close(promise: nil) }
      return
    }
    guard body.count + part.readableBytes <= bodyLimit else {
      return refuse(head, .payloadTooLarge, tooLarge, context)
    }
    guard room.take(part.readableBytes) else {
      return refuse(
        head, .serviceUnavailable, "this server holds as much as it can; try again in a moment", context)
    }
    held += part.readableBytes
    body += part.readableBytesView
  }

  private var tooLarge: String { "the file is larger than this server takes: \(bodyLimit) bytes" }

  private func refuse(
    _ request: HTTPRequestHead, _ status: HTTPResponseStatus, _ problem: String,
    _ context: ChannelHandlerContext
  ) {
    head = nil
    body = []
    release()
    isRefusedForGood = !request.isKeepAlive
    let text = ByteBuffer(string: problem + "\n")
    var headers: HTTPHeaders = [
      "Content-Type": "text/plain; charset=utf-8", "Content-Length": "\(text.readableBytes)",
      "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
    ]
    if isRefusedForGood { headers.add(name: "Connection", value: "close") }
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
      promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
    let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      let (handler, context) = here.value
      // The rest is still read: an answer is lost when a connection is closed with something unread.
      if handler.isRefusedForGood { context.close(mode: .output, promise: nil) }
    }
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
