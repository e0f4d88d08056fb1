import CFeatureMapPlugin
import KernelAPI
import TensorCore
import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A kernel that a shared library made. Every call is checked for what the interface demands of it.
final class BinaryKernel: WholeInputKernel, @unchecked Sendable {
  // Calls are kept apart as the plugin demands.
  private let table: BinaryKernelTable
  private let instance: UnsafeMutableRawPointer
  private let order: CallOrder
  private let pluginOrder: CallOrder
  /// The last shape that was asked for, and the answer.
  private let lastShape = Locked<(input: fmp_shape, output: fmp_shape)?>(nil)
  let window: Window

  /// The most values of an output.
  private static let mostValues: UInt64 = 1 << 31

  /// - Parameter pluginOrder: of all calls into the plugin.
  /// - Throws: `PluginError.call` when the plugin refuses the settings, or tells a window that there is not.
  init(_ table: BinaryKernelTable, _ values: ParameterValues, _ pluginOrder: CallOrder) throws {
    self.table = table
    self.pluginOrder = pluginOrder
    order = table.promise == .instance ? .oneAtATime() : .free
    let instance = try pluginOrder { try Self.create(table, values) }
    self.instance = instance
    do {
      window = try pluginOrder { try Self.window(table, instance) }
    } catch {
      // Not all of self is there yet, so that deinit is not called.
      pluginOrder { table.destroy(instance) }
      throw error
    }
  }

  deinit {
    pluginOrder { table.destroy(instance) }
  }

  private static func create(
    _ table: BinaryKernelTable, _ values: ParameterValues
  ) throws -> UnsafeMutableRawPointer {
    var texts: [UnsafeMutablePointer<CChar>?] = []
    defer { for text in texts { free(text) } }
    let list = table.descriptor.parameters.map { parameter -> fmp_value in
      let name = parameter.name
      switch parameter.kind {
      case .integer: return fmp_value(number: Double(values.integer(name)), text: nil)
      case .number: return fmp_value(number: values.number(name), text: nil)
      case .flag: return fmp_value(number: values.flag(name) ? 1 : 0, text: nil)
      case .choice(_, let choices):
        return fmp_value(number: Double(choices.firstIndex(of: values.text(name)) ?? 0), text: nil)
      case .text:
        let text = strdup(values.text(name))
        texts.append(text)
        return fmp_value(number: 0, text: text)
      }
    }
    return try table.withError { error in
      guard let instance = table.create(table.address, list, UInt32(list.count), error) else {
        throw table.failure("create", error.pointee.code, error)
      }
      return instance
    }
  }

  private static func window(
    _ table: BinaryKernelTable, _ instance: UnsafeMutableRawPointer
  ) throws -> Window {
    guard let function = table.geometry else { return .global }
    var geometry = fmp_geometry()
    geometry.struct_size = UInt32(MemoryLayout<fmp_geometry>.size)
    try table.call("geometry") { function(instance, &geometry, $0) }
    if geometry.kind == FMP_GEOMETRY_GLOBAL { return .global }
    let steps = [geometry.size_y, geometry.size_x, geometry.stride_y, geometry.stride_x]
    guard geometry.kind == FMP_GEOMETRY_LOCAL, steps.allSatisfy({ (1...4096).contains($0) }),
      [geometry.offset_y, geometry.offset_x].allSatisfy({ (-4096...4096).contains($0) })
    else {
      throw table.problem(
        "geometry() answered kind \(geometry.kind), size \(geometry.size_y)x\(geometry.size_x), stride "
          + "\(geometry.stride_y)x\(geometry.stride_x), offset \(geometry.offset_y), \(geometry.offset_x); sizes "
          + "and strides are 1...4096, offsets -4096...4096")
    }
    let size = Extent(height: Int(geometry.size_y), width: Int(geometry.size_x))
    let stride = Extent(height: Int(geometry.stride_y), width: Int(geometry.stride_x))
    let offset = Offset(y: Int(geometry.offset_y), x: Int(geometry.offset_x))
    if size == .one, stride == .one, offset == .zero { return .pointwise }
    return .local(size: size, stride: stride, offset: offset)
  }

  func outputShape(for input: Shape) throws -> Shape {
    let answer = try outputShape(for: try foreign(input))
    return Shape(
      batch: input.batch, channels: Int(answer.channels), height: Int(answer.height),
      width: Int(answer.width))
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let shape = try outputShape(for: input.shape)
    try checkMemory(shape)
    let (given, promised) = (try foreign(input.shape), try foreign(shape))
    return try Tensor(shape: shape) { output in
      // Every example is written by one thread.
      nonisolated(unsafe) let goal = output.baseAddress
      try input.values.withUnsafeBufferPointer { values in
        nonisolated(unsafe) let source = values.baseAddress
        @Sendable func example(_ n: Int) throws {
          guard let source, let goal else { return }
          try run(
            source + n * input.shape.exampleCount, given, goal + n * shape.exampleCount, promised)
        }
        if table.promise == .full {
          try parallelForThrowing(input.shape.batch, example)
        } else {
          for n in 0..<input.shape.batch { try example(n) }
        }
      }
    }
  }

  /// - Throws: `PluginError.call` for an output that this machine has no room for, once to be checked and once to be
  ///   kept.
  private func checkMemory(_ shape: Shape) throws {
    let needed = Double(shape.count + shape.exampleCount) * Double(MemoryLayout<Float>.stride)
    let size = Int(needed)
    let machine = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    let trial = needed < machine ? malloc(size) : nil
    guard let trial else {
      throw table.problem(
        "output_shape() answered \(shape), for which there is not enough memory: \(Int(needed / 1_000_000)) MB"
      )
    }
    free(trial)
  }

  /// Runs one example.
  private func run(
    _ source: UnsafePointer<Float>, _ given: fmp_shape, _ goal: UnsafeMutablePointer<Float>,
    _ promised: fmp_shape
  ) throws {
    let shape = try outputShape(for: given)
    guard shape == promised else { throw notDeterministic(given, promised, shape) }
    let memory = GuardedOutput(count: Int(shape.count))
    var input = fmp_input(data: source, shape: given)
    var output = fmp_output(data: memory.data, shape: shape)
    try pluginOrder { try order { try table.call("run") { table.run(instance, &input, &output, $0) } } }
    if memory.wroteBehind || memory.wroteBefore {
      throw table.problem(
        "run() wrote \(memory.wroteBehind ? "past the end of" : "before the beginning of") its output, which may "
          + "have damaged this process")
    }
    if memory.copy(to: goal) { return }
    let unwritten = memory.unwrittenCount
    if unwritten > 0 {
      throw table.problem("run() left \(unwritten) of \(shape.count) values of its output unwritten")
    }
    let values = UnsafeBufferPointer(start: source, count: Int(given.count))
    if values.allSatisfy(\.isFinite) {
      throw table.problem(
        "run() gave \(memory.notFiniteCount) of \(shape.count) values that are NaN or infinite for a finite input"
      )
    }
  }

  /// The shape that the plugin promises.
  private func outputShape(for input: fmp_shape) throws -> fmp_shape {
    var given = input
    var answer = fmp_shape()
    try pluginOrder {
      try order { try table.call("output_shape") { table.outputShape(instance, &given, &answer, $0) } }
    }
    let (plane, overflow) = UInt64(answer.height).multipliedReportingOverflow(by: UInt64(answer.width))
    let (count, overflow2) = plane.multipliedReportingOverflow(by: UInt64(answer.channels))
    guard !overflow, !overflow2, (1...Self.mostValues).contains(count) else {
      throw table.problem(
        "output_shape() answered \(answer.text) for an input of \(input.text); sizes are at least 1, and there are at "
          + "most 2^31 values")
    }
    let before = lastShape.withLock { last in
      let before = last
      last = (input, answer)
      return before
    }
    if let before, before.input == input, before.output != answer {
      throw notDeterministic(input, before.output, answer)
    }
    return answer
  }

  private func notDeterministic(_ input: fmp_shape, _ first: fmp_shape, _ second: fmp_shape) -> PluginError {
    table.problem(
      "output_shape() answered \(first.text) and then \(second.text) for the same input of \(input.text)")
  }

  /// - Throws: `PluginError.call` for what the interface cannot say.
  private func foreign(_ shape: Shape) throws -> fmp_shape {
    guard let channels = UInt32(exactly: shape.channels), let height = UInt32(exactly: shape.height),
      let width = UInt32(exactly: shape.width), channels > 0, height > 0, width > 0
    else { throw table.problem("takes no input of \(shape)") }
    return fmp_shape(channels: channels, height: height, width: width)
  }
}

extension fmp_shape {
  fileprivate var text: String { "\(channels)x\(height)x\(width)" }

  /// The number of values; of a shape that is possible.
  fileprivate var count: Int { Int(channels) * Int(height) * Int(width) }

  fileprivate static func == (a: fmp_shape, b: fmp_shape) -> Bool {
    a.channels == b.channels && a.height == b.height && a.width == b.width
  }

  fileprivate static func != (a: fmp_shape, b: fmp_shape) -> Bool { !(a == b) }
}
