import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server: answers are computed by a few threads, while others are being read and sent.
///
///     let server = try WebServer(host: "127.0.0.1", port: 8080) { WebAnswer(status: 200, text: $0.path) }
///     defer { server.stop() }
///
/// A page of another site that asks is refused, also one that calls itself by a name of this machine's.
public final class WebServer: Sendable {
  /// What a server holds and waits for at most.
  public struct Limits: Sendable {
    /// Bytes of a request's body.
    public var bodyBytes = 1 << 26
    /// Bytes of the bodies of all requests that are read or answered at the same time; others are refused.
    public var heldBytes = 1 << 28
    /// Visitors at the same time; others are let go at once.
    public var connections = 128
    /// Seconds that a connection may be silent while no answer is being computed.
    public var idleSeconds = 60
    /// Answers that are computed at the same time; others wait.
    public var workers = 2

    public init() {}
  }

  /// The port that it listens at; the one found where 0 was asked for.
  public let port: Int
  private let host: String
  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let workers: NIOThreadPool

  /// Listens from now on.
  ///
  /// - Parameters:
  ///   - host: a name or an address of this machine.
  ///   - port: 0 for any that is free.
  ///   - answer: is called on several threads at once.
  /// - Throws: `WebServerError` when the address cannot be listened at.
  public init(
    host: String, port: Int, limits: Limits = Limits(), answer: @escaping @Sendable (WebRequest) -> WebAnswer
  ) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let workers = NIOThreadPool(numberOfThreads: max(1, limits.workers))
    workers.start()
    let visitors = Visitors(host: host)
    let room = Quota(limits.heldBytes)
    let seats = Quota(limits.connections)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 128)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        guard seats.take(1) else { return channel.close() }
        channel.closeFuture.whenComplete { _ in seats.give(1) }
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(Int64(limits.idleSeconds))))
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandler(RequestCollector(bodyLimit: limits.bodyBytes, room: room))
          try pipeline.addHandler(RequestHandler(workers: workers, visitors: visitors, answer: answer))
        }
      }
    do {
      channel = try bootstrap.bind(host: host, port: port).wait()
    } catch {
      try? workers.syncShutdownGracefully()
      try? group.syncShutdownGracefully()
      throw WebServerError(error, host: host, port: port)
    }
    self.host = host
    self.port = channel.localAddress?.port ?? port
    self.group = group
    self.workers = workers
  }

  /// `http://127.0.0.1:8080/`
  public var address: String {
    let name = ["0.0.0.0", "::"].contains(host) ? "localhost" : host
    return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/"
  }

  /// Closes all connections. Answers that are being computed are waited for, but not longer than `seconds`.
  public func stop(within seconds: Int = 2) {
    try? channel.close().wait()
    let ended = DispatchSemaphore(value: 0)
    workers.shutdownGracefully { _ in ended.signal() }
    // Threads that still compute need the loop, to hand over what nobody waits for any more.
    guard ended.wait(timeout: .now() + .seconds(seconds)) == .success else { return }
    try? group.syncShutdownGracefully()
  }
}
