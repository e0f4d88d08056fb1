#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One end of the line between the program and the process of a plugin: messages with numbers of a picture behind them.
struct MessageChannel {
  let file: Int32

  /// What became of a message.
  enum Failure: Error {
    /// The other side is not there any more.
    case closed
    case late
    case nonsense
  }

  private static let longestMessage = 1 << 28

  /// - Parameter deadline: of `now()`; `nil` to wait for ever.
  func send(
    _ message: Message, _ values: UnsafeBufferPointer<Float>? = nil, deadline: UInt64?
  ) throws {
    var head = Message()
    head.append(message.bytes.count)
    head.append(values?.count ?? 0)
    for part in [head.bytes, message.bytes] {
      // A pointer for the time of the call.
      try part.withUnsafeBytes { try write($0, deadline) }
    }
    if let values { try write(UnsafeRawBufferPointer(values), deadline) }
  }

  /// The next message, and how many values follow it, which must then be read by `receive(into:)`.
  func receive(deadline: UInt64?) throws -> (reader: MessageReader, valueCount: Int) {
    var reader = MessageReader(try read(16, deadline))
    guard let count = try? reader.number(), let values = try? reader.number(),
      (0...Self.longestMessage).contains(count), (0...1 << 31).contains(values)
    else { throw Failure.nonsense }
    return (MessageReader(try read(count, deadline)), values)
  }

  func receive(into values: UnsafeMutableBufferPointer<Float>, deadline: UInt64?) throws {
    try read(into: UnsafeMutableRawBufferPointer(values), deadline)
  }

  private func read(_ count: Int, _ deadline: UInt64?) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(into: $0, deadline) }
    return bytes
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer, _ deadline: UInt64?) throws {
    var done = 0
    while done < buffer.count {
      try wait(POLLIN, deadline)
      let count = recv(file, buffer.baseAddress?.advanced(by: done), buffer.count - done, noSignal)
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR && errno != EAGAIN {
        throw Failure.closed
      }
    }
  }

  private func write(_ buffer: UnsafeRawBufferPointer, _ deadline: UInt64?) throws {
    var done = 0
    while done < buffer.count {
      try wait(POLLOUT, deadline)
      let count = Self.send(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      if count > 0 {
        done += count
      } else if errno != EINTR && errno != EAGAIN {
        throw Failure.closed
      }
    }
  }

  private static func send(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.send(file, bytes, count, noSignal | Int32(MSG_DONTWAIT))
    #else
      Darwin.send(file, bytes, count, noSignal | MSG_DONTWAIT)
    #endif
  }

  /// Waits until there is something to read, or room to write.
  private func wait(_ event: Int32, _ deadline: UInt64?) throws {
    while true {
      var entry = pollfd(file: file, events: Int16(event))
      var milliseconds: Int32 = -1
      if let deadline {
        let now = now()
        guard now < deadline else { throw Failure.late }
        milliseconds = Int32(min((deadline - now) / 1_000_000 + 1, 1_000_000))
      }
      if poll(&entry, 1, milliseconds) > 0 { return }
    }
  }
}

extension pollfd {
  init(file: Int32, events: Int16) { self.init(fd: file, events: events, revents: 0) }
}

#if canImport(Glibc)
  private let noSignal = Int32(MSG_NOSIGNAL)
#else
  private let noSignal: Int32 = 0
#endif

/// Nanoseconds of a clock that only goes forward.
func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
