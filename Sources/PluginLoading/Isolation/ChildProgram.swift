#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that was started, with a line to its standard input.
struct ChildProgram {
  let channel: MessageChannel
  private let pid: pid_t

  /// Why a program cannot be started.
  struct Failure: Error {
    let reason: String

    init(_ code: Int32) { reason = String(cString: strerror(code)) }
  }

  init(_ program: String, _ arguments: [String]) throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Self.socketKind, 0, &ends) == 0 else { throw Failure(errno) }
    defer { close(ends[1]) }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var variables = Self.environment
    defer { for word in words + variables { free(word) } }
    // A group of its own, so that what the plugin starts can be ended with it.
    #if canImport(Darwin)
      var attributes: posix_spawnattr_t?
    #else
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var pid = pid_t()
    let failure = posix_spawn(&pid, program, &actions, &attributes, &words, &variables)
    guard failure == 0 else {
      close(ends[0])
      throw Failure(failure)
    }
    self.pid = pid
    channel = MessageChannel(file: ends[0])
  }

  /// That of this process. Of a crash one line is told; who wants Swift's own report of some pages sets its variable.
  private static var environment: [UnsafeMutablePointer<CChar>?] {
    var variables: [UnsafeMutablePointer<CChar>?] = []
    var next = environ
    while let variable = next.pointee {
      variables.append(strdup(variable))
      next += 1
    }
    if getenv("SWIFT_BACKTRACE") == nil { variables.append(strdup("SWIFT_BACKTRACE=enable=no")) }
    return variables + [nil]
  }

  // No other process that is started at the same time may hold the line.
  private static var socketKind: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
      SOCK_STREAM
    #endif
  }

  /// Ends it at once, whatever it is doing.
  func end() {
    kill(-pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    close(channel.file)
  }

  /// Waits for the end of one that closed its line, and says how it came about.
  func waitForEnd() -> String {
    defer {
      kill(-pid, SIGKILL)
      close(channel.file)
    }
    var status: Int32 = 0
    // A core dump may take a while; one that closed the line and goes on is not waited for.
    for _ in 0..<2000 {
      let answer = waitpid(pid, &status, WNOHANG)
      if answer == pid { return Self.text(status) }
      if answer < 0, errno != EINTR { return "its process ended" }
      usleep(1000)
    }
    kill(pid, SIGKILL)
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return "its process closed the line to the program"
  }

  private static func text(_ status: Int32) -> String {
    let signal = status & 0x7f
    guard signal != 0 else { return "its process ended by itself with status \(status >> 8 & 0xff)" }
    let name = strsignal(signal).map { String(cString: $0) } ?? "unknown"
    return "its process was ended by signal \(signal) (\(name))"
  }
}
