import TensorCore
import TestSupport
import Testing

@testable import TensorOps

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Gradients of planes")
struct GradientPartTests {
  private static let sobel: [[Float]] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
  /// In turn: separable and small, mostly zeros, neither, separable and tall.
  private static let kernels: [Tensor] = [
    Tensor(rows: sobel), Tensor(rows: [[1, 0], [0, -1]]),
    Tensor(rows: [[1, 2, 3], [3, 1, 2], [0, 1, -4]]),
    Tensor(rows: (1...7).map { u in (0..<7).map { v in Float(u * (v - 3)) } }),
  ]

  @Test(
    "lengths and sums equal the definition bit by bit, angles nearly, for all instruction sets",
    arguments: GradientPart.allCases)
  func parts(part: GradientPart) throws {
    for kernel in Self.kernels {
      let x = try LinearFilter(kernel: kernel)
      let y = try LinearFilter(kernel: kernel.transposed())
      for (height, width) in [(1, 1), (2, 7), (9, 16), (8, 17), (51, 21), (7, 131)] {
        let input = Tensor.integers(Shape(channels: 1, height: height, width: width), seed: 3)
        for border in BorderMode.allCases + [nil] as [BorderMode?]
        where border != nil || (x.size.height <= height && x.size.width <= width) {
          let expected = try Reference.gradientPlanes(input, x: x, y: y, part: part, border: border)
          for loops in InnerLoops.available {
            for streams in [false, true] {
              let result = try gradientPlanes(
                input, x: x, y: y, part: part, border: border, loops: loops, streams: streams)
              expectClose(
                result, expected, tolerance: part == .angle ? 5e-7 : 0,
                "\(loops.name): \(kernel.shape) on \(input.shape), \(border as Any), streams: \(streams)")
            }
          }
        }
      }
    }
  }

  @Test("nothing changes in a constant picture: exactly 0 at any scale", arguments: instructionSets)
  func constant(set: String) throws {
    let cases: [(Float, Float)] = [(1, 1), (0.3, 1), (0.1, 0.7), (200 / 255, 0.25), (1e-3, 1 / 3)]
    for (level, scale) in cases {
      let input = Tensor(shape: Shape(channels: 1, height: 20, width: 37), repeating: level)
      let kernel = Tensor(rows: Self.sobel).map { $0 * scale }
      let x = try LinearFilter(kernel: kernel)
      let y = try LinearFilter(kernel: kernel.transposed())
      for border: BorderMode in [.replicate, .reflect, .symmetric, .circular] {
        for part in GradientPart.allCases {
          let result = try gradientPlanes(
            input, x: x, y: y, part: part, border: border, loops: try loops(set))
          #expect(result.values.allSatisfy { $0 == 0 }, "\(level) times \(scale), \(part), \(border)")
        }
      }
    }
  }

  @Test("a bias counts: gradients with one are not those without", arguments: instructionSets)
  func bias(set: String) throws {
    let input = Tensor.integers(Shape(channels: 1, height: 9, width: 40), seed: 4)
    let x = try LinearFilter(kernel: Tensor(rows: Self.sobel), bias: 3)
    let y = try LinearFilter(kernel: Tensor(rows: Self.sobel).transposed(), bias: -1)
    #expect(
      try gradientPlanes(input, x: x, y: y, part: .length, border: .zero, loops: try loops(set))
        == Reference.gradientPlanes(input, x: x, y: y, part: .length, border: .zero))
  }

  @Test("angles all round the circle and of all lengths are right to 4e-7", arguments: instructionSets)
  func angles(set: String) throws {
    var points: [(x: Float, y: Float)] = []
    for length: Float in [1e-30, 1e-3, 1, 4, 1e5, 1e18] {
      for step in 0...4000 {
        let angle = Float(step) * Float.pi / 2000
        points.append((length * cosf(angle), length * sinf(angle)))
      }
    }
    for x: Float in [-2, -1, -0.0, 0, 1, 2] { for y: Float in [-2, -1, 0, 1, 2] { points.append((x, y)) } }
    let identity = try LinearFilter(kernel: Tensor(rows: [[1, 0]]))
    let next = try LinearFilter(kernel: Tensor(rows: [[0, 1]]))
    // One row of pairs: the gradient of a pair is the pair.
    let pairs = Tensor(rows: [points.flatMap { [$0.x, $0.y] }])
    let result = try gradientPlanes(
      pairs, x: identity, y: next, part: .angle, border: .zero, loops: try loops(set))
    for (index, point) in points.enumerated() {
      let angle = result.values[2 * index]
      let expected = atan2(Double(point.y) + 0, Double(point.x) + 0)
      #expect(abs(Double(angle) - expected) < 4e-7, "(\(point.x), \(point.y))")
      if point.x == 0 && point.y == 0 { #expect(angle == 0) }
    }
  }
}
