import KernelAPI
import TensorCore
import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The process that a plugin runs in, as the program sees it. It works on one call at a time. When it ended, by a crash
/// or because a call took too long, the next call starts another.
final class PluginProcess: Sendable {
  private let path: String
  private let isolation: PluginIsolation
  private let state = Locked(State())

  private struct State {
    var child: ChildProgram?
    /// How many processes there have been.
    var generation = 0
    /// The kernels of the first one.
    var names: [String]?
  }

  /// An instance of a kernel, which is made again in every new process.
  final class Instance: @unchecked Sendable {
    let plugin: String
    let kernel: Int
    let name: String
    let settings: [KernelSpecification.Setting]
    // Changed under the lock of the process.
    fileprivate var generation = 0
    fileprivate var number = 0

    init(plugin: String, kernel: Int, name: String, settings: [KernelSpecification.Setting]) {
      self.plugin = plugin
      self.kernel = kernel
      self.name = name
      self.settings = settings
    }
  }

  init(path: String, isolation: PluginIsolation) {
    self.path = path
    self.isolation = isolation
  }

  deinit {
    state.withLock { $0.child?.end() }
  }

  /// Starts the process and asks what the plugin is.
  ///
  /// - Throws: `PluginError.loading`, also when the plugin's own start crashes or takes too long.
  func describe() throws -> PluginDescription {
    try state.withLock { try start(&$0) }
  }

  /// - Throws: what the plugin refuses; `PluginError.call` when its process ended.
  func properties(of instance: Instance) throws -> Properties {
    try state.withLock { try make(instance, &$0) }
  }

  func outputShape(of instance: Instance, for input: Shape) throws -> Shape {
    try ask(
      instance, { .shape(instance: $0, input: input) }, read: { answer, _, _ in try answer.shape() })
  }

  /// - Parameter values: those of one input of that shape.
  func run(_ instance: Instance, on input: Shape, _ values: UnsafeBufferPointer<Float>) throws -> Tensor {
    try ask(
      instance, { .run(instance: $0, input: input) }, values,
      read: { answer, count, receive in
        let shape = try answer.shape()
        guard shape.count == count else { throw MessageNonsense() }
        return try Tensor(shape: shape, unsafeFill: receive)
      })
  }

  /// Lets an instance go, if its process is still there.
  func release(_ instance: Instance) {
    state.withLock { state in
      guard state.child != nil, instance.number > 0, instance.generation == state.generation else { return }
      // What goes wrong is told by the next call.
      try? exchange(&state, instance, .release(instance: instance.number), nil) { _, _, _ in }
    }
  }

  /// Asks an instance that is there for something.
  private func ask<Result>(
    _ instance: Instance, _ request: (Int) -> PluginRequest, _ values: UnsafeBufferPointer<Float>? = nil,
    read: Read<Result>
  ) throws -> Result {
    try state.withLock { state in
      if state.child == nil { _ = try start(&state) }
      if instance.generation != state.generation { _ = try make(instance, &state) }
      return try exchange(&state, instance, request(instance.number), values, read)
    }
  }

  /// What an instance is: its window, and by how much inputs must differ to be told apart.
  typealias Properties = (window: Window, inputStep: Float?)

  private func make(_ instance: Instance, _ state: inout State) throws -> Properties {
    if state.child == nil { _ = try start(&state) }
    let request = PluginRequest.make(kernel: instance.kernel, settings: instance.settings)
    let (number, window, step) = try exchange(&state, instance, request, nil) { answer, _, _ in
      (try answer.number(), try answer.window(), try answer.double())
    }
    (instance.number, instance.generation) = (number, state.generation)
    return (window, step > 0 && step <= 1 ? Float(step) : nil)
  }

  /// Reads an answer; gets the number of values behind it, and what receives them.
  private typealias Read<Result> = (
    inout MessageReader, Int, @escaping (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> Result

  /// Sends a request and reads the answer. The process is ended when there is none.
  private func exchange<Result>(
    _ state: inout State, _ instance: Instance, _ request: PluginRequest,
    _ values: UnsafeBufferPointer<Float>?, _ read: Read<Result>
  ) throws -> Result {
    guard let child = state.child else { preconditionFailure("a process was started before it is asked") }
    do {
      let deadline = self.deadline
      try child.channel.send(Message(request), values, deadline: deadline)
      return try self.read(child, deadline, read)
    } catch let refusal as Refusal {
      throw refusal.error
    } catch {
      state.child = nil
      let problem = problem(error, child)
      throw PluginError.call(
        plugin: instance.plugin, kernel: instance.name, problem: "\(problem) \(request.what)")
    }
  }

  private func start(_ state: inout State) throws -> PluginDescription {
    state.child?.end()
    state.child = nil
    let child: ChildProgram
    do {
      child = try ChildProgram(isolation.program, [PluginServer.argument, path])
    } catch {
      throw PluginError.loading(path: path, problem: "cannot start \(isolation.program): \(error.reason)")
    }
    let description: PluginDescription
    do {
      description = try read(child, deadline) { answer, _, _ in try answer.plugin() }
    } catch let refusal as Refusal {
      child.end()
      throw refusal.error
    } catch {
      throw PluginError.loading(path: path, problem: "\(problem(error, child)) while it was loaded")
    }
    let names = description.kernels.map(\.name)
    guard state.names ?? names == names else {
      child.end()
      throw PluginError.loading(path: path, problem: "the file has changed since it was loaded first")
    }
    (state.child, state.names) = (child, names)
    state.generation += 1
    return description
  }

  /// An error that the plugin's process told, which goes on.
  private struct Refusal: Error {
    let error: any Error
  }

  private func read<Result>(
    _ child: ChildProgram, _ deadline: UInt64, _ read: Read<Result>
  ) throws -> Result {
    var (answer, count) = try child.channel.receive(deadline: deadline)
    guard try answer.flag() else { throw Refusal(error: try answer.error()) }
    return try read(&answer, count) { try child.channel.receive(into: $0, deadline: deadline) }
  }

  private var deadline: UInt64 { now() + UInt64(isolation.timeLimit * 1e9) }

  /// Ends a process that gave no answer, and says what became of it.
  private func problem(_ error: any Error, _ child: ChildProgram) -> String {
    switch error as? MessageChannel.Failure {
    case .late?:
      child.end()
      return "took longer than \(isolation.timeText) and was ended"
    case .closed?: return child.waitForEnd()
    default:
      child.end()
      return "its process answered nonsense and was ended"
    }
  }
}
