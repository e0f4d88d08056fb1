import KernelAPI
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The process of a plugin: loads it and does what the program asks on standard input, which is a socket, until the
/// program is not there any more.
public struct PluginServer {
  /// What the program is started with to be the process of the plugin that follows.
  public static let argument = "--isolated-plugin"

  /// The plugin that these arguments ask to be served; `nil` for all other arguments.
  public static func path(in arguments: [String]) -> String? {
    arguments.count == 3 && arguments[1] == argument ? arguments[2] : nil
  }

  /// Does not return.
  public static func serve(_ path: String) -> Never {
    // Ctrl-C is the program's; this process ends when the program does.
    signal(SIGINT, SIG_IGN)
    // Not for what the plugin starts: it would keep the line open after a crash.
    let file = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard file >= 0, null >= 0, isSocket(file) else {
      print("\(argument) is how the program starts itself; use --plugin FILE --isolate-plugins")
      exit(64)
    }
    dup2(null, STDIN_FILENO)
    // What the plugin prints must not get into what the program prints.
    dup2(STDERR_FILENO, STDOUT_FILENO)
    endWithProgram(file)
    let channel = MessageChannel(file: file)
    do {
      var server = try PluginServer(channel: channel, path: path)
      try server.run()
    } catch {
      // The program knows, or is not there any more.
      _exit(0)
    }
  }

  private static func isSocket(_ file: Int32) -> Bool {
    var status = stat()
    return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Ends this process when the other end of the socket is closed, whatever the plugin is doing.
  private static func endWithProgram(_ file: Int32) {
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    pthread_create(
      &thread, nil,
      { file in
        // No events asked for: poll returns for the end of the line only.
        var entry = pollfd(file: Int32(truncatingIfNeeded: Int(bitPattern: file)), events: 0)
        while poll(&entry, 1, -1) <= 0 {}
        // With all that the plugin started: this process leads a group of its own.
        if getpgrp() == getpid() { kill(0, SIGKILL) }
        _exit(0)
      }, UnsafeMutableRawPointer(bitPattern: Int(file)))
  }

  private let channel: MessageChannel
  private let plugin: any KernelPlugin
  private var instances: [Int: any Kernel] = [:]
  private var lastInstance = 0

  /// Loads the plugin and tells what it is, or why it is none.
  private init(channel: MessageChannel, path: String) throws {
    self.channel = channel
    do {
      plugin = try SharedLibrary(path: path).plugin()
    } catch {
      try channel.send(Self.failed(error), deadline: nil)
      throw error
    }
    var answer = Self.succeeded()
    answer.append(
      PluginDescription(
        identifier: plugin.identifier, version: plugin.version, summary: plugin.summary,
        license: (plugin as? any ExternalPlugin)?.license ?? "", kernels: plugin.kernels.map(\.descriptor)))
    try channel.send(answer, deadline: nil)
  }

  private static func succeeded() -> Message {
    var message = Message()
    message.append(true)
    return message
  }

  private static func failed(_ error: any Error) -> Message {
    var message = Message()
    message.append(false)
    message.append(error)
    return message
  }

  /// Answers requests, each in turn.
  private mutating func run() throws -> Never {
    while true {
      var (reader, valueCount) = try channel.receive(deadline: nil)
      let request = try reader.request()
      var values: [Float] = []
      if case .run(_, let shape) = request {
        guard shape.count == valueCount else { throw MessageNonsense() }
        values = [Float](repeating: 0, count: valueCount)
        try values.withUnsafeMutableBufferPointer { try channel.receive(into: $0, deadline: nil) }
      }
      let answer: (message: Message, values: [Float]?)
      do {
        answer = try self.answer(to: request, values)
      } catch {
        answer = (Self.failed(error), nil)
      }
      if let values = answer.values {
        try values.withUnsafeBufferPointer { try channel.send(answer.message, $0, deadline: nil) }
      } else {
        try channel.send(answer.message, deadline: nil)
      }
    }
  }

  private mutating func answer(
    to request: PluginRequest, _ values: [Float]
  ) throws -> (message: Message, values: [Float]?) {
    var message = Self.succeeded()
    switch request {
    case .make(let kernel, let settings):
      guard plugin.kernels.indices.contains(kernel) else { throw MessageNonsense() }
      let instance = try plugin.kernels[kernel].make(settings)
      lastInstance += 1
      instances[lastInstance] = instance
      message.append(lastInstance)
      message.append(instance.window)
      message.append(Double((instance as? any RoundingKernel)?.inputStep ?? 0))
    case .release(let instance): instances[instance] = nil
    case .shape(let instance, let shape): message.append(try kernel(instance).outputShape(for: shape))
    case .run(let instance, let shape):
      let kernel = try kernel(instance)
      let result = try kernel(Tensor(shape: shape, values: values))
      message.append(result.shape)
      return (message, result.values)
    }
    return (message, nil)
  }

  private func kernel(_ instance: Int) throws -> any Kernel {
    guard let kernel = instances[instance] else { throw MessageNonsense() }
    return kernel
  }
}
