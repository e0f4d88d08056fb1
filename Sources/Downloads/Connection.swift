import FileAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How long to wait for the other side.
struct Patience {
  /// Without any byte; at most a day.
  let seconds: Double
  /// Called several times a second while nothing happens; what it throws ends the waiting.
  let check: () throws -> Void

  private static let most = 86_400.0

  /// Takes the nearest that is possible, and the most for what is no number.
  init(seconds: Double, check: @escaping () throws -> Void) {
    self.seconds = seconds < Self.most ? max(seconds, 0) : Self.most
    self.check = check
  }

  fileprivate var text: String {
    seconds == 1 ? "1 second" : "\(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)") seconds"
  }
}

/// A TCP connection that waits with a limit.
///
/// Unsafe pointers: the system's calls get buffers with their own counts, and lists that it made itself.
final class Connection {
  private let address: HTTPAddress
  private let socket: Int32
  private let patience: Patience

  /// All the numbers of the host have the patience of one answer together. Finding them is the system's: how
  /// long that takes is not bounded here.
  ///
  /// - Throws: `DownloadError.transfer` when the name is not known or nobody answers at any of its numbers.
  init(to address: HTTPAddress, patience: Patience) throws {
    self.address = address
    self.patience = patience
    socket = try Self.connected(address, patience)
  }

  deinit { close(socket) }

  private static func connected(_ address: HTTPAddress, _ patience: Patience) throws -> Int32 {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(address.host, "\(address.port)", &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard status == 0 else {
      throw failure(address, "cannot find the host \(address.host): \(String(cString: gai_strerror(status)))")
    }
    let end = ContinuousClock().now + .seconds(patience.seconds)
    var refusal: DownloadError?
    for entry in sequence(first: list, next: { $0?.pointee.ai_next }) {
      guard let entry = entry?.pointee else { break }
      do {
        return try connected(entry, address, patience, until: end)
      } catch let error as DownloadError {
        // The first tells most: later numbers may be of a kind that this machine does not reach at all.
        refusal = refusal ?? error
      }
    }
    throw refusal ?? failure(address, "the host \(address.host) has no address")
  }

  /// A socket that is connected to one of the host's numbers.
  private static func connected(
    _ entry: addrinfo, _ address: HTTPAddress, _ patience: Patience, until end: ContinuousClock.Instant
  ) throws -> Int32 {
    let file = socketCall(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
    guard file >= 0 else { throw failure(address, "cannot make a socket: \(lastSystemError())") }
    do {
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      _ = fcntl(file, F_SETFL, O_NONBLOCK)
      if connect(file, entry.ai_addr, entry.ai_addrlen) != 0 {
        guard errno == EINPROGRESS || errno == EINTR else {
          throw failure(address, "cannot connect: \(lastSystemError())")
        }
        try wait(file, for: POLLOUT, address, patience, until: end)
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(file, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else {
          throw failure(address, "cannot connect: \(String(cString: strerror(code)))")
        }
      }
      return file
    } catch {
      close(file)
      throw error
    }
  }

  /// - Throws: `DownloadError.transfer` when the other side does not take the bytes in time.
  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try Self.wait(socket, for: POLLOUT, address, patience)
      let count = rest.withUnsafeBytes { sendCall(socket, $0.baseAddress, $0.count) }
      if count < 0 {
        if [EINTR, EAGAIN, EWOULDBLOCK].contains(errno) { continue }
        throw Self.failure(address, "the connection broke: \(lastSystemError())")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// The next bytes, at most `limit`; none when the other side has ended the connection.
  ///
  /// - Throws: `DownloadError.transfer` when nothing comes in time or the connection breaks.
  func receive(limit: Int) throws -> [UInt8] {
    while true {
      try Self.wait(socket, for: POLLIN, address, patience)
      var received = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        received = recv(socket, buffer.baseAddress, limit, 0)
        count = max(0, received)
      }
      if received >= 0 { return bytes }
      if [EINTR, EAGAIN, EWOULDBLOCK].contains(errno) { continue }
      throw Self.failure(address, "the connection broke: \(lastSystemError())")
    }
  }

  /// Waits until the socket can be read (`POLLIN`) or written (`POLLOUT`), or is broken.
  ///
  /// - Parameter limit: when to give up; as long from now as the patience is when `nil`.
  private static func wait(
    _ file: Int32, for event: Int32, _ address: HTTPAddress, _ patience: Patience,
    until limit: ContinuousClock.Instant? = nil
  ) throws {
    let clock = ContinuousClock()
    let end = limit ?? clock.now + .seconds(patience.seconds)
    repeat {
      try patience.check()
      var entry = pollfd(fd: file, events: Int16(event), revents: 0)
      let ready = poll(&entry, 1, 100)
      if ready > 0 { return }
      if ready < 0 && errno != EINTR {
        throw failure(address, "the connection broke: \(lastSystemError())")
      }
    } while clock.now < end
    throw failure(address, "nothing came for \(patience.text)")
  }

  private static func failure(_ address: HTTPAddress, _ problem: String) -> DownloadError {
    .transfer(address: "\(address)", problem: problem)
  }
}

private func socketCall(_ family: Int32, _ type: Int32, _ kind: Int32) -> Int32 {
  #if canImport(Glibc)
    Glibc.socket(family, type, kind)
  #else
    Darwin.socket(family, type, kind)
  #endif
}

/// Sends without the signal that would end the program when the other side has gone.
private func sendCall(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
    send(file, bytes, count, Int32(MSG_NOSIGNAL))
  #else
    var on: Int32 = 1
    setsockopt(file, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    return send(file, bytes, count, 0)
  #endif
}
