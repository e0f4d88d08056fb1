import CPluginProbe
import FileAccess

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A process that tries a plugin, and what it says.
final class ProbeProcess {
  private let id: pid_t
  private let messages: Int32
  private let output: Int32
  private let errors: Int32
  private let timeLimit: Double

  /// - Throws: `FileError.system` where it cannot be started.
  init(_ arguments: [String], timeLimit: Double) throws {
    func failure(_ code: Int32) -> FileError {
      FileError.system(
        operation: "run", path: arguments.first ?? "", reason: String(cString: strerror(code)))
    }
    self.timeLimit = timeLimit
    output = fm_temporary_file()
    errors = fm_temporary_file()
    var ends: [Int32] = [-1, -1]
    guard output >= 0, errors >= 0, pipe(&ends) == 0 else { throw failure(errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    messages = ends[0]
    // A crash is told by ours, and at once.
    setenv("SWIFT_BACKTRACE", "enable=no", 1)
    let pointers = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    var code: Int32 = 0
    id = fm_start(pointers.map { UnsafePointer($0) } + [nil], output, errors, ends[1], &code)
    close(ends[1])
    guard id > 0 else { throw failure(code) }
  }

  deinit { for file in [messages, output, errors] { close(file) } }

  /// Hands over all messages and waits for the end.
  func follow(_ note: (Message) -> Void) -> ProbeEnd {
    var pending: [UInt8] = []
    var end: ProbeEnd?
    while end == nil {
      var entry = pollfd(fd: messages, events: Int16(POLLIN), revents: 0)
      let ready = poll(&entry, 1, Int32(timeLimit * 1000))
      if ready < 0, errno == EINTR { continue }
      if ready == 0 {
        end = .endless(timeLimit)
        break
      }
      var part = [UInt8](repeating: 0, count: 65536)
      let count = read(messages, &part, part.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      pending += part[..<count]
      while let newline = pending.firstIndex(of: 10) {
        let line = pending[..<newline]
        if let message = try? JSONDecoder().decode(Message.self, from: Data(line)) {
          if case .done = message { end = .done }
          note(message)
        } else if let fault = ProbeEnd(faultLine: String(decoding: line, as: UTF8.self)) {
          end = fault
        }
        pending.removeSubrange(...newline)
      }
    }
    if case .endless? = end { kill(-id, SIGKILL) }
    guard let status = statusAtEnd() else { return .endless(timeLimit) }
    let signal = status & 0x7f
    switch end {
    case .done? where status == 0: return .done
    case .done?, nil: return signal != 0 ? .signal(signal, nil) : .exit(status >> 8 & 0xff)
    case let end?: return end
    }
  }

  /// How the process ended; `nil` for one that had to be ended because it did not within the limit. What it started
  /// is ended with it.
  private func statusAtEnd() -> Int32? {
    defer { kill(-id, SIGKILL) }
    var status: Int32 = 0
    for _ in 0..<max(1, Int(timeLimit * 1000)) {
      let answer = waitpid(id, &status, WNOHANG)
      if answer == id { return status }
      if answer < 0, errno != EINTR { return 0 }
      usleep(1000)
    }
    kill(-id, SIGKILL)
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return nil
  }

  /// How much was printed on standard output.
  var printedBytes: Int { max(0, Int(lseek(output, 0, SEEK_END))) }

  var firstPrintedLine: String { line(text(of: output, from: 0).split(separator: "\n").first) }

  /// The last line on standard error that says something.
  var lastWords: String {
    let size = max(0, Int(lseek(errors, 0, SEEK_END)))
    let lines = text(of: errors, from: max(0, size - 4096)).split(separator: "\n")
    return line(lines.last { $0.contains(where: \.isLetter) })
  }

  private func text(of file: Int32, from offset: Int) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(file, &bytes, bytes.count, off_t(offset))
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// At most 200 characters, without what could steer a terminal.
  private func line(_ text: Substring?) -> String {
    var line = String.UnicodeScalarView()
    for scalar in (text ?? "").unicodeScalars.prefix(200) {
      line.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(line)
  }
}
