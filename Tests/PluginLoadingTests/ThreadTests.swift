import Dispatch
import Foundation
import KernelAPI
import PluginLoading
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("What a plugin promises about threads is kept", .serialized)
struct ThreadTests {
  /// The most calls that were seen at once, by four threads that use `kernels` in turn.
  private func most(_ kernels: [any Kernel]) throws -> Float {
    let seen = Locked<[Float]>([])
    let group = DispatchGroup()
    // Threads of their own: how many of a pool are free is open.
    for index in 0..<4 {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        let kernel = kernels[index % kernels.count]
        for _ in 0..<3 {
          guard let result = try? kernel(Tensor(rows: [[1]])) else { continue }
          seen.withLock { $0.append(result.values[0]) }
        }
      }
    }
    group.wait()
    let all = seen.withLock { $0 }
    #expect(all.count == 12)
    return try #require(all.max())
  }

  private static let perPlugin = "RUN_BODY=out[0] = together(&running);"
  private static let perInstance = "RUN_BODY=out[0] = together(&data->running);"

  @Test("none: one call into the plugin at a time, also for its other kernels")
  func none() throws {
    let plugin = try TestPlugin.load(["KERNEL_COUNT=2", Self.perPlugin])
    let kernels = try plugin.kernels.flatMap { [try $0.make(), try $0.make()] }
    #expect(try most(kernels) == 1)
  }

  @Test("instance: one call for an instance at a time, several for several")
  func instance() throws {
    let own = try TestPlugin.load(["THREADS=FMP_THREADS_INSTANCE", Self.perInstance]).kernels[0]
    #expect(try most([try own.make(), try own.make()]) == 1)
    let all = try TestPlugin.load(["THREADS=FMP_THREADS_INSTANCE", Self.perPlugin]).kernels[0]
    #expect(try most([try all.make(), try all.make()]) == 2)
  }

  @Test("full: several calls on one instance, and the examples of a batch at once")
  func full() throws {
    let kernel = try TestPlugin.kernel([Self.perInstance])
    #expect(try most([kernel]) > 1)
  }

  @Test("a batch is worked on by several threads only where that is promised")
  func batches() throws {
    let batch = Tensor(shape: Shape(batch: 8, channels: 1, height: 1, width: 1), repeating: 1)
    for promise in ["FMP_THREADS_NONE", "FMP_THREADS_INSTANCE"] {
      let kernel = try TestPlugin.kernel(["THREADS=\(promise)", Self.perInstance])
      #expect(try kernel(batch).values == [Float](repeating: 1, count: 8))
    }
    let free = try TestPlugin.kernel([Self.perInstance])
    #expect(try free(batch).values.allSatisfy { $0 >= 1 })
  }
}
