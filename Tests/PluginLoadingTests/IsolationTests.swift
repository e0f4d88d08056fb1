import Dispatch
import FileAccess
import Foundation
import KernelAPI
import PluginLoading
import TensorCore
import TestSupport
import Testing

@Suite("Plugins in processes of their own")
struct IsolationTests {
  private static let picture = Tensor(rows: [[0, 0.25, 0.5], [1, 0.75, 0.125]])

  private func load(_ changes: [String] = [], timeLimit: Double = 60) throws -> IsolatedPlugin {
    try IsolatedPlugin(
      path: try TestPlugin.build(changes),
      isolation: PluginIsolation(program: Program.path, timeLimit: timeLimit))
  }

  private func problem(_ body: () throws -> Void) throws -> String {
    let error = try #require(throws: PluginError.self, performing: body)
    #expect(!"\(error)".contains("\n"))
    return "\(error)"
  }

  @Test("everything is as in this process")
  func same() throws {
    let changes = [
      "PARAM_COUNT=5",
      "GEOMETRY_BODY=g->kind = 0; g->size_y = 3; g->size_x = g->stride_y = g->stride_x = 1; g->offset_y = -1;",
      "RUN_BODY=for (int i = 0; i < 5; i++) out[i] += data->numbers[i]; out[5] = strlen(data->text);",
    ]
    let isolated = try load(changes)
    let plain = try TestPlugin.load(changes)
    #expect(isolated.identifier == plain.identifier && isolated.version == plain.version)
    #expect(isolated.summary == plain.summary && isolated.license == "MIT")
    let (a, b) = (isolated.kernels[0].descriptor, plain.kernels[0].descriptor)
    #expect(a.name == b.name && a.summary == b.summary && a.details == b.details)
    #expect(a.parameters.map(\.kind) == b.parameters.map(\.kind))
    #expect(a.parameters.map(\.unit) == b.parameters.map(\.unit))
    let settings: [KernelSpecification.Setting] = [
      .init("label", "ä b"), .init("way", "first"), .init("toggle", "no"), .init("amount", "-7"),
      .init("factor", "0.1"),
    ]
    let (first, second) = (try isolated.kernels[0].make(settings), try plain.kernels[0].make(settings))
    #expect(first.window == second.window)
    #expect(try first(Self.picture) == second(Self.picture))
    let batch = Tensor(
      shape: Shape(batch: 3, channels: 2, height: 4, width: 5), values: (0..<120).map { Float($0) })
    #expect(try first(batch) == second(batch))
    #expect(try first.outputShape(for: batch.shape) == batch.shape)
  }

  @Test("what is refused or goes wrong without a crash is told as in this process")
  func errors() throws {
    #expect(
      try problem { _ = try load(["MAJOR=3"]) }.hasSuffix(
        "is made for version 3.1 of the plugin interface; this program has 1.1"))
    for (change, expected) in [
      ("CREATE_BODY=strcpy(error->message, \"no\"); return NULL;", "no"),
      ("RUN_BODY=out[n] = 1;", "run() wrote past the end of its output, which may have damaged this process"),
      ("RUN_BODY=strcpy(error->message, \"why\"); return 1;", "why"),
    ] {
      let plugin = try load([change])
      let text = try problem {
        let kernel = try plugin.kernels[0].make()
        _ = try kernel(Self.picture)
      }
      #expect(text == "plugin sample, kernel gain: \(expected)")
    }
  }

  @Test(
    "a crash costs the call, and the next one works", .serialized,
    arguments: [
      ("*(volatile int *)16 = 1;", "its process was ended by signal 11 (Segmentation fault)"),
      ("abort();", "its process was ended by signal 6 (Aborted)"),
      ("__builtin_trap();", "its process was ended by signal 4 (Illegal instruction)"),
      ("exit(3);", "its process ended by itself with status 3"),
      ("raise(9);", "its process was ended by signal 9 (Killed)"),
    ])
  func crashes(body: String, expected: String) throws {
    // Works on pictures of even width only.
    let plugin = try load([
      "RUN_BODY=extern int raise(int); if (input->shape.width % 2) { \(body) }"
    ])
    let kernel = try plugin.kernels[0].make([.init("factor", "3")])
    for _ in 0..<2 {
      #expect(try kernel(Tensor(rows: [[1, 2]])).values == [3, 6])
      #expect(
        try problem { _ = try kernel(Tensor(rows: [[1, 2, 3]])) }
          == "plugin sample, kernel gain: \(expected) in run()")
    }
  }

  @Test("a crash while loading, making a kernel or asking for a shape is told as well")
  func earlyCrashes() throws {
    let path = try TestPlugin.build(["ENTRY_BODY=abort();"])
    #expect(
      try problem {
        _ = try IsolatedPlugin(path: path, isolation: PluginIsolation(program: Program.path))
      }
        == "cannot load plugin \(path): its process was ended by signal 6 (Aborted) while it was loaded")
    let made = try load(["CREATE_BODY=abort();"])
    #expect(try problem { _ = try made.kernels[0].make() }.hasSuffix("(Aborted) when its kernel was made"))
    let shaped = try load(["SHAPE_BODY=abort();"]).kernels[0].make()
    #expect(
      try problem { _ = try shaped.outputShape(for: Self.picture.shape) }
        .hasSuffix("(Aborted) in output_shape()"))
  }

  @Test("what a plugin started hides no crash, and is ended with it")
  func startedProcesses() throws {
    let folder = try TemporaryFolder()
    let mark = folder("pid")
    let plugin = try load(
      ["RUN_BODY=if (system(\"sleep 60 & echo $! > \" MARK) == 0) abort();", "MARK=\"\(mark)\""],
      timeLimit: 30)
    let kernel = try plugin.kernels[0].make()
    let began = ContinuousClock.now
    #expect(try problem { _ = try kernel(Self.picture) }.hasSuffix("signal 6 (Aborted) in run()"))
    #expect(ContinuousClock.now - began < .seconds(20))
    let text = String(decoding: try readFile(mark), as: UTF8.self)
    let pid = try #require(pid_t(text.filter(\.isNumber)))
    var isThere = true
    for _ in 0..<200 where isThere {
      isThere = kill(pid, 0) == 0 && !isZombie(pid)
      usleep(10_000)
    }
    #expect(!isThere)
  }

  /// Whether nobody has asked yet how a process ended, which is somebody else's duty here.
  private func isZombie(_ pid: pid_t) -> Bool {
    guard let status = try? readFile("/proc/\(pid)/stat") else { return true }
    return String(decoding: status, as: UTF8.self).contains(") Z ")
  }

  @Test("a call without an end is ended")
  func endless() throws {
    let plugin = try load(["RUN_BODY=while (input->shape.width == 3) usleep(1000);"], timeLimit: 1)
    let kernel = try plugin.kernels[0].make()
    #expect(
      try problem { _ = try kernel(Self.picture) }
        == "plugin sample, kernel gain: took longer than 1 second and was ended in run()")
    #expect(try kernel(Tensor(rows: [[1]])).values == [2])
    let path = try TestPlugin.build(["ENTRY_BODY=for (;;) usleep(1000);"])
    #expect(
      try problem {
        _ = try IsolatedPlugin(
          path: path, isolation: PluginIsolation(program: Program.path, timeLimit: 0.5))
      }
      .hasSuffix("took longer than 0.5 seconds and was ended while it was loaded"))
  }

  @Test("large pictures, from several threads")
  func large() throws {
    let plugin = try load()
    let kernels = [try plugin.kernels[0].make(), try plugin.kernels[0].make([.init("factor", "5")])]
    let input = Tensor(shape: Shape(channels: 3, height: 300, width: 400), repeating: 1)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let result = try? kernels[index % 2](input)
      #expect(result == input.map { $0 * (index % 2 == 0 ? 2 : 5) })
    }
  }

  @Test("no process is left when nobody holds the plugin")
  func noProcessLeft() throws {
    var plugin: IsolatedPlugin? = try load()
    let path = try #require(plugin?.path)
    #expect(try processes(path) == 1)
    plugin = nil
    #expect(try processes(path) == 0)
  }

  /// Running processes with a word in their command lines.
  private func processes(_ word: String) throws -> Int {
    try listFolder("/proc").filter { name in
      guard Int(name) != nil, let line = try? readFile("/proc/\(name)/cmdline") else { return false }
      return String(decoding: line, as: UTF8.self).contains(word)
    }.count
  }

  @Test("a program that cannot be started is told")
  func noProgram() throws {
    let path = try TestPlugin.build()
    #expect(
      try problem {
        _ = try IsolatedPlugin(path: path, isolation: PluginIsolation(program: "/nowhere"))
      }
      .hasSuffix("cannot start /nowhere: No such file or directory"))
    // One that says nothing.
    #expect(
      try problem {
        _ = try IsolatedPlugin(path: path, isolation: PluginIsolation(program: "/bin/true"))
      }
      .contains("its process ended by itself with status 0 while it was loaded"))
  }
}
