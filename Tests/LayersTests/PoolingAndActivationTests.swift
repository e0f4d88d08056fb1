import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Layers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Pooling layers")
struct PoolingLayerTests {
  private let input = Tensor(rows: [[0, 1, 2], [3, 4, 5], [6, 7, 8]])

  @Test("2x2 windows give the chapter's numbers")
  func handNumbers() throws {
    #expect(try Pooling2D(.max, kernelSize: 2, stride: 1)(input) == Tensor(rows: [[4, 5], [7, 8]]))
    #expect(try Pooling2D(.average, kernelSize: 2, stride: 1)(input) == Tensor(rows: [[2, 3], [5, 6]]))
  }

  @Test("the stride is the window's size unless given")
  func defaultStride() throws {
    #expect(try Pooling2D(.max, kernelSize: 3)(input) == Tensor(rows: [[8]]))
    let layer = Pooling2D(.average, kernelSize: 3, padding: 1)
    #expect(layer.window == .local(size: Extent(3), stride: Extent(3), offset: Offset(y: -1, x: -1)))
    let shape = try layer.outputShape(for: Shape(batch: 2, channels: 5, height: 7, width: 10))
    #expect(shape == Shape(batch: 2, channels: 5, height: 3, width: 4))
  }

  static let options = [
    PoolingOptions(kernelSize: Extent(2)),
    PoolingOptions(kernelSize: Extent(height: 3, width: 2), stride: Extent(height: 2, width: 1)),
    PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1)),
    PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1), countIncludePad: false),
    PoolingOptions(kernelSize: Extent(3), stride: Extent(2), ceilMode: true),
  ]

  @Test("forward is the reference", arguments: PoolingKind.allCases, options)
  func forward(kind: PoolingKind, options: PoolingOptions) throws {
    let input = Tensor.random(Shape(batch: 2, channels: 3, height: 8, width: 7), seed: 6)
    let output = try Pooling2D(kind, options: options)(input)
    expectClose(
      output, try Reference.pooling(input, kind: kind, options: options), tolerance: 1e-6)
    #expect(try Pooling2D(kind, options: options).outputShape(for: input.shape) == output.shape)
  }

  @Test("backward is the central differences", arguments: PoolingKind.allCases, options)
  func backward(kind: PoolingKind, options: PoolingOptions) throws {
    // Distinct values 0.25 apart, so that no maximum changes within the step.
    var generator = SplitMix64(seed: 12)
    let shape = Shape(batch: 2, channels: 2, height: 6, width: 5)
    let input = Tensor(shape: shape, values: generator.permutation(shape.count).map { Float($0) / 4 })
    try expectBackwardMatchesDifferences(
      Pooling2D(kind, options: options), input: input, step: 0.0625, tolerance: 1e-4)
  }
}

@Suite("Activation layers")
struct ActivationLayerTests {
  private let input = Tensor(rows: [[-2, -0.5, 0, 0.5, 2]])

  @Test("sigmoid, ReLU and tanh are their formulas")
  func formulas() throws {
    func check(_ kind: Activation, _ formula: (Double) -> Double) throws {
      let expected = input.map { Float(formula(Double($0))) }
      expectClose(try ActivationLayer(kind)(input), expected, tolerance: 1e-6)
    }
    try check(.sigmoid) { 1 / (1 + exp(-$0)) }
    try check(.relu) { max(0, $0) }
    try check(.tanh) { tanh($0) }
    #expect(ActivationLayer(.relu).window == .pointwise)
    #expect(try ActivationLayer(.relu).outputShape(for: input.shape) == input.shape)
  }

  @Test("backward is the central differences", arguments: Activation.allCases)
  func backward(kind: Activation) throws {
    // 0.1 from zero at least, where ReLU has a corner.
    let input = Tensor.random(Shape(batch: 2, channels: 3, height: 4, width: 5), in: -3...3, seed: 2)
      .map { abs($0) < 0.1 ? $0 + 0.2 : $0 }
    try expectBackwardMatchesDifferences(ActivationLayer(kind), input: input, step: 0.02, tolerance: 3e-4)
  }

  @Test("softmax gives shares that sum to 1 at every place")
  func softmaxShares() throws {
    let input = Tensor.random(Shape(batch: 2, channels: 4, height: 2, width: 3), in: -5...5, seed: 9)
    let output = try Softmax()(input)
    for n in 0..<2 {
      for y in 0..<2 {
        for x in 0..<3 {
          let powers = (0..<4).map { exp(Double(input[n, $0, y, x])) }
          let sum = powers.reduce(0, +)
          expectClose(
            (0..<4).map { output[n, $0, y, x] }, powers.map { Float($0 / sum) }, tolerance: 1e-6)
        }
      }
    }
    try expectBackwardMatchesDifferences(Softmax(), input: input, step: 0.02, tolerance: 3e-4)
  }

  @Test("logits of 1000 do not overflow softmax")
  func largeLogits() throws {
    let logits = Tensor(shape: Shape(channels: 2, height: 1, width: 1), values: [1000, 1000])
    #expect(try Softmax()(logits).values == [0.5, 0.5])
  }

  @Test("layers without weights have none, and no gradient by the input unless it is needed")
  func noWeights() throws {
    let kernels: [any DifferentiableKernel] = [
      ActivationLayer(.tanh), Softmax(), Pooling2D(.max, kernelSize: 1),
    ]
    for kernel in kernels {
      #expect(kernel.weights.isEmpty)
      let output = try kernel(input)
      let gradients = try kernel.backward(output, input: input, output: output, needsInput: false)
      #expect(gradients.input == nil && gradients.weights.isEmpty)
    }
  }
}
