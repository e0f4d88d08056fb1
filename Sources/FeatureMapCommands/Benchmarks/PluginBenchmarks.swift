import CBenchmarkPlugin
import FeatureMap

/// What a call costs beside the work: the same small kernel in this program and behind the interface of plugins.
extension BenchmarkSuite {
  func builtInKernel() throws -> BenchmarkRow {
    try calling("kernel", "one call of a kernel in Swift, 1 less each of 3x3 values", InvertKernel())
  }

  func pluginKernel() throws -> BenchmarkRow {
    let plugin = try loadedPlugin(table: fm_benchmark_plugin(), path: "the benchmark's plugin")
    guard let kernel = try plugin.kernels.first?.make() else {
      throw CommandError.choice("the benchmark's plugin has no kernel")
    }
    return try calling("plugin", "the same in C through the plugin interface, with all its checks", kernel)
  }

  private func calling(_ name: String, _ what: String, _ kernel: any Kernel) throws -> BenchmarkRow {
    let input = Tensor(shape: Shape(channels: 1, height: 3, width: 3), repeating: 0.25)
    let calls = settings.quick ? 1000 : 100_000
    func run() throws {
      for _ in 0..<calls { _ = try kernel(input) }
    }
    try run()
    let times = RunTimes(
      try (0..<settings.repeats(11)).map { _ in try secondsOf(run) / Double(calls) })
    return BenchmarkRow(name, what, times, count: 1, unit: "calls/s")
  }
}

/// 1 less every value.
private struct InvertKernel: Kernel {
  let window = Window.global

  func outputShape(for input: Shape) throws -> Shape { input }

  func callAsFunction(_ input: Tensor) throws -> Tensor { input.map { 1 - $0 } }
}
