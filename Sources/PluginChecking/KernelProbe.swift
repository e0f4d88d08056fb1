import CFeatureMapPlugin
import KernelAPI
import PluginLoading
import TensorCore

/// Tries a kernel with one combination of settings.
struct KernelProbe {
  let table: BinaryKernelTable
  let settings: Settings
  let isDefault: Bool
  private let send: (Message) -> Void

  init(
    _ table: BinaryKernelTable, _ settings: Settings, isDefault: Bool, tell: @escaping (Message) -> Void
  ) {
    self.table = table
    self.settings = settings
    self.isDefault = isDefault
    send = tell
  }

  /// An input with what the kernel promises to make of it.
  struct Taken {
    let input: fmp_shape
    let output: fmp_shape
  }

  func run() {
    guard let instance = make() else { return }
    let window = window(of: instance)
    let (taken, isDeterministic) = tryShapes(instance)
    if isDefault && taken.isEmpty { find(.takesNothing) }
    if let small = taken.first(where: { $0.input.height > 8 && $0.input.width > 8 }) ?? taken.first {
      // Where one input gives several outputs, comparisons of them say nothing.
      if tryValues(instance, small), isDeterministic {
        tryOtherInstance(instance, small)
        tryThreads(small)
        if let window { tryWindow(instance, window, taken) }
      }
      if isDefault { tryMemory(instance, small) }
    }
    if isDefault { measure(instance, taken) }
    announce("destroy", nil)
    instance.destroy()
  }

  // MARK: - what is told

  func announce(_ function: String, _ input: fmp_shape?) {
    send(.call(function: function, situation: situation(input)))
  }

  func find(_ finding: KnownFinding, _ input: fmp_shape? = nil) {
    send(.found(finding.finding(kernel: table.descriptor.name, situation: situation(input))))
  }

  func found(timing input: fmp_shape, milliseconds: Double) {
    send(.timed(input: input.text, milliseconds: milliseconds))
  }

  func tellShape(taken: Bool) { send(.shape(taken: taken)) }

  private func situation(_ input: fmp_shape?) -> String {
    input.map { "\(settings.text), input \($0.text)" } ?? settings.text
  }

  /// Judges how a call tells of its failure.
  func judge(_ answer: Instance.Answer, _ function: String, _ input: fmp_shape? = nil) {
    if let problem = answer.problem { find(.badError("\(function)() \(problem)"), input) }
  }

  // MARK: - settings and geometry

  /// A kernel with the settings; `nil` where they are refused.
  func make() -> Instance? {
    announce("create", nil)
    let (instance, answer) = Instance.make(table, settings)
    judge(answer, "create")
    if instance == nil && isDefault { find(.refusesDefaults(answer.message)) }
    return instance
  }

  /// The window that the kernel tells, where it tells one that is possible.
  private func window(of instance: Instance) -> fmp_geometry? {
    announce("geometry", nil)
    guard let (geometry, answer) = instance.geometry() else {
      find(.noGeometry)
      return nil
    }
    judge(answer, "geometry")
    guard answer.code == FMP_OK else {
      find(.failingGeometry(answer.message))
      return nil
    }
    if geometry.kind == FMP_GEOMETRY_GLOBAL { return nil }
    let lengths = [geometry.size_y, geometry.size_x, geometry.stride_y, geometry.stride_x]
    guard geometry.kind == FMP_GEOMETRY_LOCAL, lengths.allSatisfy({ (1...4096).contains($0) }),
      [geometry.offset_y, geometry.offset_x].allSatisfy({ (-4096...4096).contains($0) })
    else {
      find(.impossibleGeometry)
      return nil
    }
    return geometry
  }

  // MARK: - shapes

  /// The shapes that are tried: odd ones, and every number of channels that is common.
  private var shapes: [fmp_shape] {
    let sizes: [(UInt32, UInt32)] =
      isDefault
      ? [
        (1, 1), (1, 2), (2, 1), (2, 2), (1, 7), (7, 1), (3, 3), (3, 5), (5, 3), (8, 8), (16, 16), (13, 15),
        (17, 31), (33, 2),
      ] : [(1, 1), (1, 7), (7, 1), (5, 3), (16, 16), (13, 15)]
    let channels: [UInt32] = isDefault ? [1, 2, 3, 4, 5, 16] : [1, 3]
    var shapes = channels.flatMap { channels in
      sizes.map { fmp_shape(channels: channels, height: $0.0, width: $0.1) }
    }
    shapes += [(1, 28, 28), (3, 28, 28), (6, 14, 14), (400, 1, 1), (3, 65, 97)].map {
      fmp_shape(channels: $0.0, height: $0.1, width: $0.2)
    }
    return shapes
  }

  /// Tries all shapes and gives those that are taken, and whether the same input always gave the same output.
  private func tryShapes(_ instance: Instance) -> (taken: [Taken], isDeterministic: Bool) {
    var taken: [Taken] = []
    var isDeterministic = true
    for shape in shapes {
      guard let output = outputShape(instance, shape) else {
        tellShape(taken: false)
        continue
      }
      tellShape(taken: true)
      let values = Inputs.picture(shape.count)
      guard let first = run(instance, values, Taken(input: shape, output: output), atEnd: true),
        let second = run(instance, values, Taken(input: shape, output: output), atEnd: false)
      else { continue }
      if first != second {
        find(.notDeterministic, shape)
        isDeterministic = false
      }
      taken.append(Taken(input: shape, output: output))
    }
    if isDefault {
      // Not run: sizes whose product does not fit 32 bits.
      for side: UInt32 in [40_000, 65_537] {
        _ = outputShape(instance, fmp_shape(channels: 1, height: side, width: side), isHuge: true)
      }
    }
    return (taken, isDeterministic)
  }

  /// The shape that is promised; `nil` where the input is refused.
  func outputShape(_ instance: Instance, _ input: fmp_shape, isHuge: Bool = false) -> fmp_shape? {
    announce("output_shape", input)
    let (shape, answer) = instance.outputShape(input)
    judge(answer, "output_shape", input)
    guard answer.code == FMP_OK else { return nil }
    if !shape.isPossible {
      // What is made of the largest inputs may be too large: the program refuses it.
      if !isHuge { find(.impossibleShape(shape.text), input) }
      return nil
    }
    let again = instance.outputShape(input).shape
    guard shape == again else {
      find(.shapeChanges(shape.text, again.text), input)
      return nil
    }
    return shape
  }

  /// The bits of the output; `nil` where the call fails.
  func run(_ instance: Instance, _ values: [Float], _ taken: Taken, atEnd: Bool = true) -> [UInt32]? {
    announce("run", taken.input)
    let (bits, answer) = instance.run(values, taken.input, output: taken.output, atEnd: atEnd)
    judge(answer, "run", taken.input)
    guard answer.code == FMP_OK else {
      find(.failsAfterPromise(answer.message), taken.input)
      return nil
    }
    let unwritten = bits.count { $0 == Instance.unwritten }
    if unwritten > 0 {
      find(.unwritten, taken.input)
    } else if bits.contains(where: { !Float(bitPattern: $0).isFinite }) {
      find(.notFinite, taken.input)
    }
    return bits
  }
}
