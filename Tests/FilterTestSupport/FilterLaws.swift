import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

/// A kernel behind a type of its own: Swift 6.3 crashes on `try make()(input)` where `make` gives `any Kernel`.
public struct Filter {
  public let kernel: any Kernel

  public var window: Window { kernel.window }

  public func outputShape(for input: Shape) throws -> Shape { try kernel.outputShape(for: input) }
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try kernel(input) }
}

/// What every filter of a plugin must keep to, and comparisons with what other libraries answered.
public struct FilterLaws: Sendable {
  public let plugin: any KernelPlugin

  public init(_ plugin: any KernelPlugin) {
    self.plugin = plugin
  }

  public static let borders: [String] = BorderMode.allCases.map(\.rawValue) + ["valid"]

  /// The kernel that `text` names in the plugin under test.
  public func filter(_ text: String) throws -> Filter {
    let specification = try KernelSpecification(parsing: text)
    guard case .name(let name) = specification.source else {
      throw KernelError.syntax(text, problem: "the tests take kernels by name")
    }
    return Filter(kernel: try KernelRegistry([plugin]).factory(named: name).make(specification.settings))
  }

  /// What `text` makes of one plane.
  public func apply(_ text: String, _ rows: [[Float]]) throws -> Tensor {
    try filter(text)(Tensor(rows: rows))
  }

  /// The laws that every local filter keeps: shapes, borders, window, shift, channels.
  ///
  /// - Parameter isTight: whether a change of one pixel reaches the ends of the window.
  public func expectFilterLaws(
    _ text: String, isTight: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectBorders(text, sourceLocation: sourceLocation)
    for border in ["zero", "reflect", "valid"] {
      try expectHonestWindow("\(text):border=\(border)", isTight: isTight, sourceLocation: sourceLocation)
    }
    try expectShift(text, sourceLocation: sourceLocation)
    try expectIndependentPlanes(text, sourceLocation: sourceLocation)
  }

  /// A border mode is the same as a picture enlarged by it and no border; without one the picture shrinks.
  private func expectBorders(_ text: String, sourceLocation: SourceLocation) throws {
    let picture = Tensor.random(Shape(channels: 1, height: 14, width: 12), in: 0...1, seed: 1)
    let valid = try filter("\(text):border=valid")
    for mode in BorderMode.allCases {
      let kernel = try filter("\(text):border=\(mode.rawValue)")
      #expect(try kernel.outputShape(for: picture.shape) == picture.shape, sourceLocation: sourceLocation)
      guard case .local(let size, _, let offset, _) = kernel.window else {
        Issue.record("\(text) has no local window", sourceLocation: sourceLocation)
        return
      }
      let edges = Edges(
        top: -offset.y, bottom: size.height - 1 + offset.y, left: -offset.x, right: size.width - 1 + offset.x)
      let enlarged = picture.padded(by: edges, border: mode)
      #expect(try valid.outputShape(for: enlarged.shape) == picture.shape, sourceLocation: sourceLocation)
      expectClose(
        try kernel(picture), try valid(enlarged), tolerance: 1e-5, "\(text), border \(mode)",
        sourceLocation: sourceLocation)
    }
  }

  /// A change of one pixel changes only the outputs whose windows hold it.
  private func expectHonestWindow(_ text: String, isTight: Bool, sourceLocation: SourceLocation) throws {
    let kernel = try filter(text)
    guard case .local(let size, .one, let offset, .one) = kernel.window else {
      Issue.record("\(text) has no local window of stride 1", sourceLocation: sourceLocation)
      return
    }
    let shape = Shape(channels: 2, height: 2 * size.height + 5, width: 2 * size.width + 3)
    let picture = Tensor.random(shape, in: 0...1, seed: 2)
    let before = try kernel(picture)
    let (y, x) = (shape.height / 2, shape.width / 2)
    var changed = picture
    changed[0, 1, y, x] += 100
    let after = try kernel(changed)
    var rows: Set<Int> = []
    var columns: Set<Int> = []
    for c in 0..<2 {
      for row in 0..<before.shape.height {
        for column in 0..<before.shape.width where before[0, c, row, column] != after[0, c, row, column] {
          let isExpected =
            c == 1 && (row + offset.y..<row + offset.y + size.height).contains(y)
            && (column + offset.x..<column + offset.x + size.width).contains(x)
          #expect(isExpected, "\(text): (\(c), \(row), \(column)) changed", sourceLocation: sourceLocation)
          rows.insert(row)
          columns.insert(column)
        }
      }
    }
    guard isTight else { return }
    #expect(rows.min() == y - offset.y - size.height + 1, "\(text)", sourceLocation: sourceLocation)
    #expect(rows.max() == y - offset.y, "\(text)", sourceLocation: sourceLocation)
    #expect(columns.min() == x - offset.x - size.width + 1, "\(text)", sourceLocation: sourceLocation)
    #expect(columns.max() == x - offset.x, "\(text)", sourceLocation: sourceLocation)
  }

  /// A picture moved around the corner gives the result moved around the corner.
  private func expectShift(_ text: String, sourceLocation: SourceLocation) throws {
    let kernel = try filter("\(text):border=circular")
    let picture = Tensor.random(Shape(channels: 1, height: 9, width: 11), in: 0...1, seed: 3)
    expectClose(
      try kernel(rolled(picture, 4, 3)), rolled(try kernel(picture), 4, 3), tolerance: 1e-5, "\(text)",
      sourceLocation: sourceLocation)
  }

  private func rolled(_ tensor: Tensor, _ dy: Int, _ dx: Int) -> Tensor {
    var result = tensor
    for y in 0..<tensor.shape.height {
      for x in 0..<tensor.shape.width {
        result[0, 0, (y + dy) % tensor.shape.height, (x + dx) % tensor.shape.width] = tensor[0, 0, y, x]
      }
    }
    return result
  }

  /// A batch of coloured pictures gives what its planes give one by one.
  private func expectIndependentPlanes(_ text: String, sourceLocation: SourceLocation) throws {
    let kernel = try filter(text)
    let pictures = Tensor.random(
      Shape(batch: 2, channels: 3, height: 7, width: 6), in: -1...1, seed: 4)
    let together = try kernel(pictures)
    #expect(together.shape == pictures.shape, sourceLocation: sourceLocation)
    for n in 0..<2 {
      for c in 0..<3 {
        let plane = Tensor(
          shape: Shape(channels: 1, height: 7, width: 6), values: Array(pictures.plane(c, batch: n)))
        expectClose(
          Array(together.plane(c, batch: n)), try kernel(plane).values, tolerance: 1e-6,
          "\(text), example \(n), channel \(c)", sourceLocation: sourceLocation)
      }
    }
  }

  /// A constant picture gives `factor` times itself, under all borders that repeat it.
  public func expectConstant(
    _ text: String, gives factor: Float, tolerance: Float = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for border in Self.borders where border != "zero" {
      let result = try filter("\(text):border=\(border)")(
        Tensor(shape: Shape(channels: 1, height: 21, width: 20), repeating: 0.3))
      #expect(result.shape.count > 0, sourceLocation: sourceLocation)
      expectClose(
        result, Tensor(shape: result.shape, repeating: factor * 0.3), tolerance: tolerance,
        "\(text), border \(border)", sourceLocation: sourceLocation)
    }
  }

  /// `f(2 a - 3 b) = 2 f(a) - 3 f(b)`.
  public func expectLinear(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let kernel = try filter(text)
    let a = Tensor.random(Shape(channels: 1, height: 8, width: 9), seed: 5)
    let b = Tensor.random(a.shape, seed: 6)
    let combined = try kernel(weighted(2, a, -3, b))
    expectClose(
      combined, weighted(2, try kernel(a), -3, try kernel(b)), tolerance: 2e-5, "\(text)",
      sourceLocation: sourceLocation)
  }

  private func weighted(_ p: Float, _ a: Tensor, _ q: Float, _ b: Tensor) -> Tensor {
    Tensor(shape: a.shape, values: zip(a.values, b.values).map { p * $0 + q * $1 })
  }

  /// `text` of a picture is the transpose of what `other` makes of the transposed picture.
  public func expectTransposed(
    _ text: String, _ other: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let picture = Tensor.random(Shape(channels: 1, height: 7, width: 9), seed: 7)
    expectClose(
      try filter(text)(picture), try filter(other)(picture.transposed()).transposed(), tolerance: 1e-5,
      "\(text)", sourceLocation: sourceLocation)
  }

  /// The left side and the right side exchanged gives the mirrored result times `sign`.
  public func expectMirrored(
    _ text: String, sign: Float, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let picture = Tensor.random(Shape(channels: 1, height: 7, width: 9), seed: 8)
    let kernel = try filter(text)
    expectClose(
      try kernel(mirrored(picture)), mirrored(try kernel(picture)).map { $0 * sign }, tolerance: 1e-5,
      "\(text)", sourceLocation: sourceLocation)
  }

  private func mirrored(_ tensor: Tensor) -> Tensor {
    var result = tensor
    for y in 0..<tensor.shape.height {
      for x in 0..<tensor.shape.width { result[0, 0, y, tensor.shape.width - 1 - x] = tensor[0, 0, y, x] }
    }
    return result
  }
}
