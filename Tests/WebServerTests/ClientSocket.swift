#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A connection that says exactly what a test wants.
final class ClientSocket {
  struct Failure: Error {}

  private let file: Int32

  init(port: Int) throws {
    #if canImport(Glibc)
      file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      file = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure() }
  }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else { throw Failure() }
  }

  /// What comes until the other side ends the connection.
  ///
  /// - Parameter pause: seconds after each 64 KB.
  func readToEnd(pausing pause: Double = 0) -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      all += buffer[..<count]
      if pause > 0 { usleep(UInt32(pause * 1e6)) }
    }
    return String(decoding: all, as: UTF8.self)
  }

  deinit { close(file) }
}
