import FeatureMap

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run of a program as a process of its own, measured from its start to its end.
struct ChildProcess: Codable {
  let seconds: Double
  /// The most memory it had in use at once.
  let peakMemoryBytes: Int
  /// As a shell gives it: above 128 where a signal ended it.
  let status: Int

  /// Runs a program; what it prints is thrown away, but not its errors.
  ///
  /// The most memory of a child is never told as less than its parent's, so measure from a small process.
  ///
  /// - Throws: `FileError.system` when it cannot be started.
  init(measuring arguments: [String]) throws {
    var actions = FileActions()
    defer { actions.destroy() }
    actions.openNull(STDIN_FILENO, O_RDONLY)
    actions.openNull(STDOUT_FILENO, O_WRONLY)
    var pid = pid_t()
    var status: Int32 = 0
    var usage = rusage()
    var failure: Int32 = 0
    seconds = secondsOf {
      failure = Self.spawn(arguments, &actions, &pid)
      if failure == 0 { while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {} }
    }
    guard failure == 0 else {
      throw FileError.system(
        operation: "run", path: arguments.first ?? "", reason: String(cString: strerror(failure)))
    }
    #if canImport(Darwin)
      peakMemoryBytes = Int(usage.ru_maxrss)
    #else
      peakMemoryBytes = Int(usage.ru_maxrss) * 1024
    #endif
    let signal = Int(status & 0x7f)
    self.status = signal == 0 ? Int(status >> 8 & 0xff) : 128 + signal
  }

  /// Runs a program and gives what it prints.
  ///
  /// - Throws: `FileError.system` when it cannot be started or fails.
  static func output(of arguments: [String]) throws -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw FileError.system(operation: "run", path: arguments.first ?? "", reason: lastSystemError())
    }
    var actions = FileActions()
    defer { actions.destroy() }
    actions.use(ends[1], as: STDOUT_FILENO)
    actions.close(ends[0])
    actions.close(ends[1])
    var pid = pid_t()
    let failure = spawn(arguments, &actions, &pid)
    close(ends[1])
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while failure == 0 {
      let count = read(ends[0], &part, part.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += part[..<count]
    }
    close(ends[0])
    var status: Int32 = 0
    if failure == 0 { while waitpid(pid, &status, 0) < 0, errno == EINTR {} }
    guard failure == 0, status == 0 else {
      throw FileError.system(
        operation: "run", path: arguments.joined(separator: " "),
        reason: failure == 0 ? "it failed" : String(cString: strerror(failure)))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func spawn(_ arguments: [String], _ actions: inout FileActions, _ pid: inout pid_t) -> Int32
  {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    guard let path = arguments.first else { return ENOENT }
    return posix_spawn(&pid, path, &actions.value, nil, &pointers, environ)
  }

  /// Where this program's file is.
  static var thisProgram: String {
    #if canImport(Darwin)
      var size: UInt32 = 4096
      var path = [UInt8](repeating: 0, count: Int(size))
      let found = path.withUnsafeMutableBytes { bytes in
        _NSGetExecutablePath(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), &size) == 0
      }
      if found { return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self) }
    #else
      if let path = realpath("/proc/self/exe", nil) {
        defer { free(path) }
        return String(cString: path)
      }
    #endif
    return CommandLine.arguments.first ?? "featuremap"
  }
}

/// What becomes of a child's standard streams.
private struct FileActions {
  #if canImport(Darwin)
    var value: posix_spawn_file_actions_t?
  #else
    var value = posix_spawn_file_actions_t()
  #endif

  init() { posix_spawn_file_actions_init(&value) }

  mutating func destroy() { posix_spawn_file_actions_destroy(&value) }

  mutating func openNull(_ file: Int32, _ mode: Int32) {
    posix_spawn_file_actions_addopen(&value, file, "/dev/null", mode, 0)
  }

  mutating func use(_ source: Int32, as file: Int32) {
    posix_spawn_file_actions_adddup2(&value, source, file)
  }

  mutating func close(_ file: Int32) { posix_spawn_file_actions_addclose(&value, file) }
}
