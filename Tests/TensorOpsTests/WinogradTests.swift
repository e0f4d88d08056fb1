import TensorCore
import TestSupport
import Testing

@testable import TensorOps

@Suite("Cross-correlation by Winograd's way")
struct WinogradTests {
  /// Kernels and gradients that are multiples of this keep every step in whole numbers, but for some powers of two:
  /// the divisors at the points are 4, 6 and 24, or 9, 45 and 90. So results are those of the definition, to the bit.
  static let unit = 360

  struct Example: CustomTestStringConvertible, Sendable {
    let weight: Shape
    let input: Extent
    var options = CorrelationOptions()
    /// Six pixels of a tile at the point 2 are up to 32 times as large: their products take more digits than there are.
    var weightRounding: Float = 0
    var testDescription: String { "\(weight) on \(input), \(options)" }

    var plan: CorrelationPlan {
      get throws {
        let input = Shape(
          channels: weight.channels * options.groups, height: input.height, width: input.width)
        return CorrelationPlan(
          input: input, weight: weight, output: try options.outputShape(input: input, weight: weight),
          options: options)
      }
    }
  }

  static func example(
    _ outputs: Int, _ inputs: Int, _ kernel: (Int, Int), on height: Int, _ width: Int,
    _ options: CorrelationOptions = .init(), weightRounding: Float = 0
  ) -> Example {
    Example(
      weight: Shape(batch: outputs, channels: inputs, height: kernel.0, width: kernel.1),
      input: Extent(height: height, width: width), options: options, weightRounding: weightRounding)
  }

  /// One tile and several in a row, few and many channels, kernels of other heights, every option.
  static let examples: [Example] = [
    example(16, 6, (5, 5), on: 14, 14),
    example(6, 6, (5, 5), on: 12, 6),
    example(9, 7, (1, 5), on: 3, 12),
    example(6, 17, (3, 3), on: 6, 6),
    example(19, 6, (3, 3), on: 4, 14),
    example(6, 8, (7, 3), on: 9, 10),
    example(8, 6, (5, 5), on: 7, 10, .init(padding: Edges(2))),
    example(6, 6, (3, 3), on: 6, 8, .init(padding: Edges(1))),
    example(6, 6, (3, 3), on: 6, 9, .init(padding: Edges(top: 0, bottom: 3, left: 1, right: 0))),
    example(7, 6, (3, 3), on: 9, 10, .init(stride: Extent(height: 2, width: 1))),
    example(6, 7, (3, 3), on: 10, 10, .init(stride: Extent(height: 2, width: 1))),
    example(6, 6, (1, 3), on: 8, 10, .init(stride: Extent(height: 2, width: 1))),
    example(
      6, 6, (3, 5), on: 9, 8,
      .init(
        padding: Edges(top: 1, bottom: 1, left: 0, right: 2), dilation: Extent(height: 2, width: 1))),
    example(14, 6, (3, 3), on: 5, 8, .init(padding: Edges(1), groups: 2)),
    // Tiles of four pixels alone, and with one of two; six, and with four.
    example(6, 1, (5, 5), on: 9, 12, .init(padding: Edges(2))),
    example(7, 2, (5, 5), on: 10, 14),
    example(6, 6, (3, 3), on: 5, 8),
    example(
      6, 7, (3, 3), on: 6, 12, .init(padding: Edges(top: 1, bottom: 0, left: 0, right: 0)), weightRounding: 1),
    example(4, 1, (3, 5), on: 12, 8, .init(stride: Extent(height: 2, width: 1))),
    example(5, 1, (4, 5), on: 14, 12, .init(dilation: Extent(height: 3, width: 1))),
    example(4, 1, (9, 5), on: 12, 8),
    example(8, 1, (5, 5), on: 8, 10, .init(padding: Edges(1), groups: 2)),
  ]

  @Test("equals the definition, forward and backward, to the bit", arguments: examples)
  func exact(example: Example) throws {
    let shape = Shape(
      batch: 19, channels: example.weight.channels * example.options.groups, height: example.input.height,
      width: example.input.width)
    let input = Tensor.integers(shape, seed: 1)
    let weight = Tensor.integers(example.weight, multipleOf: Self.unit, seed: 2)
    let bias = (0..<example.weight.batch).map(Float.init)
    let operation = try CorrelationOperation(weight: weight.shape, options: example.options, input: shape)
    #expect(operation.scratchCount(.lanes, training: true) > 0, "goes another way")
    let expected = try Reference.crossCorrelation(input, weight: weight, bias: bias, options: example.options)
    let dy = Tensor.integers(expected.shape, multipleOf: Self.unit, seed: 3)
    let gradients = try Reference.crossCorrelationGradients(
      dy, input: input, weight: weight, options: example.options)
    for set in instructionSets {
      let loops = try loops(set)
      let output = try operation(input, weight: weight.values, bias: bias, loops: loops)
      #expect(firstDifference(output.values, expected.values) == nil, "\(set)")
      for needsInput in [true, false] {
        let fast = try operation.gradients(
          dy, input: input, weight: weight.values, bias: bias, needsInput: needsInput, loops: loops)
        expectClose(fast.weight, gradients.weight.values, tolerance: example.weightRounding, "\(set), weight")
        #expect(firstDifference(fast.bias, gradients.bias) == nil, "\(set), bias")
        #expect((fast.input != nil) == needsInput)
        if let dx = fast.input, let expected = gradients.input {
          #expect(firstDifference(dx.values, expected.values) == nil, "\(set), input")
        }
      }
    }
  }

  @Test(
    "rounding stays within 4e-6 of the largest value", arguments: examples)
  func rounding(example: Example) throws {
    let shape = Shape(
      batch: 16, channels: example.weight.channels * example.options.groups, height: example.input.height,
      width: example.input.width)
    let input = Tensor.random(shape, seed: 1)
    let weight = Tensor.random(example.weight, seed: 2)
    let operation = try CorrelationOperation(weight: weight.shape, options: example.options, input: shape)
    let expected = try Reference.crossCorrelation(input, weight: weight, options: example.options)
    let dy = Tensor.random(expected.shape, seed: 3)
    let gradients = try Reference.crossCorrelationGradients(
      dy, input: input, weight: weight, options: example.options)
    let expectedInput = try #require(gradients.input)
    for set in instructionSets {
      let loops = try loops(set)
      let output = try operation(input, weight: weight.values, bias: nil, loops: loops)
      expectClose(output.values, expected.values, tolerance: tolerance(expected), "\(set)")
      let fast = try operation.gradients(dy, input: input, weight: weight.values, bias: nil, loops: loops)
      expectClose(
        fast.weight, gradients.weight.values, tolerance: tolerance(gradients.weight), "\(set), weight")
      let dx = try #require(fast.input)
      expectClose(dx.values, expectedInput.values, tolerance: tolerance(expectedInput), "\(set), input")
    }
  }

  private func tolerance(_ expected: Tensor) -> Float {
    4e-6 * expected.values.reduce(0) { max($0, abs($1)) }
  }

  static let others: [Example] = [
    example(3, 6, (5, 5), on: 14, 14),
    example(16, 5, (3, 3), on: 14, 14),
    example(5, 6, (3, 3), on: 14, 14),
    example(16, 6, (5, 5), on: 14, 13),
    example(16, 6, (3, 3), on: 14, 13),
    example(16, 6, (3, 3), on: 18, 4),
    example(16, 6, (3, 3), on: 4, 6),
    example(16, 6, (5, 7), on: 14, 14),
    example(16, 6, (5, 5), on: 14, 14, .init(stride: Extent(height: 1, width: 2))),
    example(16, 6, (5, 3), on: 14, 16, .init(dilation: Extent(height: 1, width: 2))),
  ]

  @Test(
    "few channels or pixels, other widths, strides and dilations along the rows go the plain way",
    arguments: others)
  func otherwise(example: Example) throws {
    #expect(WinogradPlan(try example.plan) == nil)
  }
}
