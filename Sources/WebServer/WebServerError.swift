import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a server does not listen.
public enum WebServerError: Error, Equatable, Sendable {
  case portInUse(host: String, port: Int)
  case portForbidden(port: Int)
  case unusable(host: String, port: Int, problem: String)

  init(_ error: any Error, host: String, port: Int) {
    self =
      switch (error as? IOError)?.errnoCode {
      case EADDRINUSE: .portInUse(host: host, port: port)
      case EACCES: .portForbidden(port: port)
      default:
        .unusable(
          host: host, port: port,
          problem: (error as? IOError)?.description ?? "it is no address of this machine")
      }
  }
}

extension WebServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "port \(port) of \(host) is used by another program; choose another, or 0 for any that is free"
    case .portForbidden(let port): "port \(port) is only for the system's programs; choose one above 1023"
    case .unusable(let host, let port, let problem): "cannot listen at \(host), port \(port): \(problem)"
    }
  }
}
