import Dispatch
import Foundation
import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server on this machine that answers every request as a test says, rightly or not. It ends with its last
/// reference.
public final class TestServer: Sendable {
  /// What a client asked for.
  public struct Request: Sendable {
    /// Such as `/data/file.gz`.
    public let path: String
    /// By name in lower case.
    public let fields: [String: String]

    /// The first byte that a `Range` line asks for.
    public var start: Int? {
      fields["range"].flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) }
    }
  }

  /// A part of an answer, after whose last the connection ends.
  public enum Step: Sendable {
    case bytes([UInt8])
    /// In seconds.
    case pause(Double)
    /// Until the test signals, at most ten seconds.
    case wait(DispatchSemaphore)
    /// The connection ends as that of a crashed machine.
    case reset
  }

  private let listener: Int32
  private let isOver = Locked(false)
  private let log = Locked<[Request]>([])
  /// Where it listens, such as `http://127.0.0.1:40123/`.
  public let address: String

  public init(answer: @escaping @Sendable (Request) -> [Step]) throws {
    let (listener, port) = try Self.listen()
    self.listener = listener
    address = "http://127.0.0.1:\(port)/"
    let (isOver, log) = (isOver, log)
    Thread.detachNewThread {
      defer { close(listener) }
      while !isOver.withLock({ $0 }) {
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 20) > 0 else { continue }
        let client = accept(listener, nil, nil)
        guard client >= 0 else { continue }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        Thread.detachNewThread { Self.serve(client, log, answer) }
      }
    }
  }

  deinit { isOver.withLock { $0 = true } }

  /// What was asked for until now.
  public var requests: [Request] { log.withLock { $0 } }

  /// An address on this machine where nobody listens. Its number stays taken, so that no other server gets
  /// it.
  public static func deserted() throws -> String {
    "http://127.0.0.1:\(try listen(isDeaf: true).port)/"
  }

  private static func listen(isDeaf: Bool = false) throws -> (listener: Int32, port: Int) {
    #if canImport(Glibc)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    // Children of other tests must not keep it open.
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        bind(listener, place, size) == 0 && (isDeaf || Self.systemListen(listener) == 0)
          && getsockname(listener, place, &size) == 0
      }
    }
    guard isListening else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    return (listener, Int(UInt16(bigEndian: place.sin_port)))
  }

  private static func systemListen(_ listener: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.listen(listener, 16)
    #else
      Darwin.listen(listener, 16)
    #endif
  }

  private static func serve(
    _ client: Int32, _ log: Locked<[Request]>, _ answer: (Request) -> [Step]
  ) {
    defer { close(client) }
    guard let request = request(from: client) else { return }
    log.withLock { $0.append(request) }
    for step in answer(request) {
      switch step {
      case .bytes(let bytes): guard send(bytes, to: client) else { return }
      case .pause(let seconds): Thread.sleep(forTimeInterval: seconds)
      case .wait(let signal): _ = signal.wait(timeout: .now() + 10)
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      }
    }
  }

  private static func request(from client: Int32) -> Request? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      var entry = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard head.count < 10_000, poll(&entry, 1, 10_000) > 0, recv(client, &byte, 1, 0) == 1 else {
        return nil
      }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3, words[0] == "GET" else { return nil }
    let fields = lines.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
    }
    return Request(path: String(words[1]), fields: Dictionary(fields) { first, _ in first })
  }

  private static func send(_ bytes: [UInt8], to client: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
          Glibc.send(client, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        #else
          Darwin.send(client, buffer.baseAddress! + sent, buffer.count - sent, 0)
        #endif
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

extension TestServer {
  /// The head of an answer: the status with its reason, and fields.
  public static func head(_ status: String, _ fields: String...) -> [UInt8] {
    Array((["HTTP/1.1 \(status)"] + fields + ["", ""]).joined(separator: "\r\n").utf8)
  }

  /// The answer of a good server that holds this content: whole, or from where the request says.
  public static func whole(_ content: [UInt8], _ request: Request) -> [Step] {
    guard let start = request.start else {
      return [.bytes(head("200 OK", "Content-Length: \(content.count)")), .bytes(content)]
    }
    let fields = [
      "Content-Length: \(content.count - start)",
      "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)",
    ]
    return [.bytes(head("206 Partial Content", fields[0], fields[1])), .bytes(Array(content[start...]))]
  }
}
