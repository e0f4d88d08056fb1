import KernelAPI
import TensorCore

/// A kernel whose work another process does.
final class IsolatedKernel: WholeInputKernel, RoundingKernel {
  private let process: PluginProcess
  private let instance: PluginProcess.Instance
  let window: Window
  let inputStep: Float?

  /// - Throws: what the plugin refuses; `PluginError.call` when its process ended.
  init(process: PluginProcess, instance: PluginProcess.Instance) throws {
    self.process = process
    self.instance = instance
    (window, inputStep) = try process.properties(of: instance)
  }

  deinit { process.release(instance) }

  func outputShape(for input: Shape) throws -> Shape {
    try process.outputShape(of: instance, for: try given(input).with(batch: 1)).with(batch: input.batch)
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = try given(input.shape).with(batch: 1)
    if input.shape.batch == 1 {
      return try input.values.withUnsafeBufferPointer { try process.run(instance, on: shape, $0) }
    }
    let goal = try outputShape(for: input.shape)
    return try Tensor(shape: goal) { output in
      try input.values.withUnsafeBufferPointer { values in
        for n in 0..<input.shape.batch {
          let example = UnsafeBufferPointer(rebasing: values[n * shape.count..<(n + 1) * shape.count])
          let result = try process.run(instance, on: shape, example)
          guard result.shape == goal.with(batch: 1) else { throw problem("its answers differ in shape") }
          _ = UnsafeMutableBufferPointer(rebasing: output[(n * result.shape.count)...])
            .update(fromContentsOf: result.values)
        }
      }
    }
  }

  private func given(_ shape: Shape) throws -> Shape {
    guard shape.exampleCount > 0, shape.exampleCount <= 1 << 31 else {
      throw problem("takes no input of \(shape)")
    }
    return shape
  }

  private func problem(_ text: String) -> PluginError {
    .call(plugin: instance.plugin, kernel: instance.name, problem: text)
  }
}
