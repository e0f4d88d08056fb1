import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers the whole requests of one connection, one after the other.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = WholeRequest
  typealias OutboundOut = HTTPServerResponsePart

  private let workers: NIOThreadPool
  private let visitors: Visitors
  private let answer: @Sendable (WebRequest) -> WebAnswer
  private var isWorking = false

  init(workers: NIOThreadPool, visitors: Visitors, answer: @escaping @Sendable (WebRequest) -> WebAnswer) {
    self.workers = workers
    self.visitors = visitors
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let whole = unwrapInboundIn(data)
    let head = whole.head
    let headers = Dictionary(
      head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $0 + ", " + $1 })
    let asksForHead = head.method == .HEAD
    let request = WebRequest(
      method: asksForHead ? "GET" : head.method.rawValue, target: head.uri, headers: headers,
      body: whole.body)
    guard let request else {
      return send(WebAnswer(status: 400, text: "the address cannot be read"), head, asksForHead, context)
    }
    if let refusal = visitors.refusal(headers) {
      return send(WebAnswer(status: 403, text: refusal), head, asksForHead, context)
    }
    isWorking = true
    let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let (channel, hold) = (context.channel, whole.hold)
    workers.runIfActive(eventLoop: context.eventLoop) { [answer] () -> WebAnswer? in
      // Nobody waits for the answer to a visitor who has left.
      withExtendedLifetime(hold) { channel.isActive ? answer(request) : nil }
    }.whenComplete { result in
      let (handler, context) = here.value
      guard case .success(let answer?) = result else { return context.close(promise: nil) }
      handler.send(answer, head, asksForHead, context)
    }
  }

  private func send(
    _ answer: WebAnswer, _ request: HTTPRequestHead, _ headOnly: Bool, _ context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders(answer.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    headers.add(name: "Content-Type", value: answer.contentType)
    headers.add(name: "Content-Length", value: "\(answer.body.count)")
    headers.add(name: "X-Content-Type-Options", value: "nosniff")
    headers.add(name: "Cache-Control", value: "no-store")
    if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
    context.write(
      wrapOutboundOut(
        .head(
          HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers))),
      promise: nil)
    // In pieces: a visitor is idle who takes none of them for a while, not one whose line is slow.
    var rest = ByteBuffer(bytes: headOnly ? [] : answer.body)
    while let piece = rest.readSlice(length: min(Self.pieceSize, rest.readableBytes)), piece.readableBytes > 0
    {
      context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
    }
    let here = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      let (handler, context) = here.value
      handler.isWorking = false
      if !request.isKeepAlive { context.close(promise: nil) }
    }
  }

  private static let pieceSize = 1 << 16

  /// A visitor who says nothing is let go; one who waits for an answer, or takes it slowly, is not.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent {
      if !isWorking { context.close(promise: nil) }
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// Who breaks off or sends nonsense is let go.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
