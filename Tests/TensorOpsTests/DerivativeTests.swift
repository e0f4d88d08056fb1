import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// Every backward pass against central differences of its forward pass, in Double.
///
/// The loss is the sum of the outputs times fixed random numbers, so its derivative by the outputs is known.
@Suite("Derivatives")
struct DerivativeTests {
  typealias Doubles = NumericTensor<Double>
  /// Central differences with steps of 1e-4 err by about 1e-8 times the third derivative, plus rounding.
  private let tolerance = 2e-8

  static let settings: [CorrelationOptions] = [
    .init(),
    .init(padding: Edges(1)),
    .init(stride: Extent(2)),
    .init(stride: Extent(height: 2, width: 3), padding: Edges(top: 2, bottom: 0, left: 1, right: 2)),
    .init(dilation: Extent(height: 2, width: 1)),
    .init(padding: Edges(top: 0, bottom: 1, left: 2, right: 0), dilation: Extent(2)),
    .init(groups: 2),
    .init(
      stride: Extent(height: 1, width: 2), padding: Edges(1), dilation: Extent(height: 1, width: 2), groups: 2
    ),
  ]

  @Test("cross-correlation", arguments: settings)
  func crossCorrelation(options: CorrelationOptions) throws {
    let input = Doubles.random(Shape(batch: 2, channels: 2, height: 5, width: 6), seed: 1)
    let weight = Doubles.random(
      Shape(batch: 4, channels: 2 / options.groups, height: 3, width: 2), seed: 2)
    let bias = [0.5, -1, 2, 0]
    func run(_ input: Doubles, _ weight: Doubles, _ bias: [Double]) throws -> Doubles {
      try Reference.crossCorrelation(input, weight: weight, bias: bias, options: options)
    }
    let factors = Doubles.random(try run(input, weight, bias).shape, seed: 3)
    let gradients = try Reference.crossCorrelationGradients(
      factors, input: input, weight: weight, options: options)
    let byInput = try centralDifferences(input) { dot(try run($0, weight, bias), factors) }
    expectClose(try #require(gradients.input), byInput, tolerance: tolerance)
    let byWeight = try centralDifferences(weight) { dot(try run(input, $0, bias), factors) }
    expectClose(gradients.weight, byWeight, tolerance: tolerance)
    let byBias = try centralDifferences(vector(bias)) { dot(try run(input, weight, $0.values), factors) }
    expectClose(gradients.bias, byBias.values, tolerance: tolerance)
  }

  @Test("linear layer")
  func linear() throws {
    let input = Doubles.random(Shape(batch: 3, channels: 4, height: 1, width: 1), seed: 1)
    let weight = Doubles.random(Shape(batch: 2, channels: 4, height: 1, width: 1), seed: 2)
    let bias = [0.5, -1]
    let factors = Doubles.random(Shape(batch: 3, channels: 2, height: 1, width: 1), seed: 3)
    let gradients = try Reference.linearGradients(factors, input: input, weight: weight)
    let byInput = try centralDifferences(input) {
      dot(try Reference.linear($0, weight: weight, bias: bias), factors)
    }
    expectClose(try #require(gradients.input), byInput, tolerance: tolerance)
    let byWeight = try centralDifferences(weight) {
      dot(try Reference.linear(input, weight: $0, bias: bias), factors)
    }
    expectClose(gradients.weight, byWeight, tolerance: tolerance)
    let byBias = try centralDifferences(vector(bias)) {
      dot(try Reference.linear(input, weight: weight, bias: $0.values), factors)
    }
    expectClose(gradients.bias, byBias.values, tolerance: tolerance)
  }

  static let pools: [PoolingOptions] = [
    .init(kernelSize: Extent(2)),
    .init(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1)),
    .init(kernelSize: Extent(height: 2, width: 3), stride: .one, padding: Edges(vertical: 0, horizontal: 2)),
    .init(
      kernelSize: Extent(3), stride: Extent(2), padding: Edges(1), ceilMode: true, countIncludePad: false),
    .init(
      kernelSize: Extent(3), stride: Extent(4), padding: Edges(top: 2, bottom: 0, left: 0, right: 1),
      ceilMode: true),
  ]

  @Test("pooling", arguments: PoolingKind.allCases, pools)
  func pooling(kind: PoolingKind, options: PoolingOptions) throws {
    // Values 0.01 apart and more, in random order: a step of 1e-4 never changes which one is the largest.
    let shape = Shape(batch: 2, channels: 2, height: 5, width: 6)
    var generator = SplitMix64(seed: 1)
    let input = Doubles(shape: shape, values: generator.permutation(shape.count).map { Double($0) / 100 })
    let factors = Doubles.random(try options.outputShape(input: shape), seed: 3)
    let gradient = try Reference.poolingGradient(factors, input: input, kind: kind, options: options)
    let expected = try centralDifferences(input) {
      dot(try Reference.pooling($0, kind: kind, options: options), factors)
    }
    expectClose(gradient, expected, tolerance: tolerance)
  }

  @Test("activations", arguments: Activation.allCases)
  func activations(kind: Activation) throws {
    // Away from 0, where relu has no derivative.
    let input = Doubles.random(Shape(batch: 2, channels: 3, height: 2, width: 2), in: -3...3, seed: 4)
      .map { abs($0) < 0.01 ? 0.5 : $0 }
    let factors = Doubles.random(input.shape, seed: 5)
    let gradient = try Reference.activationGradient(
      factors, output: Reference.activation(input, kind), kind)
    let expected = centralDifferences(input) { dot(Reference.activation($0, kind), factors) }
    expectClose(gradient, expected, tolerance: tolerance)
  }

  @Test("softmax")
  func softmax() throws {
    let input = Doubles.random(Shape(batch: 2, channels: 4, height: 2, width: 1), in: -2...2, seed: 6)
    let factors = Doubles.random(input.shape, seed: 7)
    let gradient = try Reference.softmaxGradient(factors, output: Reference.softmax(input))
    let expected = centralDifferences(input) { dot(Reference.softmax($0), factors) }
    expectClose(gradient, expected, tolerance: tolerance)
  }

  @Test("cross-entropy", arguments: [nil, 7])
  func crossEntropy(divisor: Int?) throws {
    let logits = Doubles.random(Shape(batch: 3, channels: 5, height: 1, width: 1), in: -3...3, seed: 8)
    let labels = [4, 0, 2]
    let gradient = try TensorOps.crossEntropy(logits, labels: labels, divisor: divisor).gradient
    let expected = try centralDifferences(logits) {
      try TensorOps.crossEntropy($0, labels: labels, divisor: divisor).loss
    }
    expectClose(gradient, expected, tolerance: tolerance)
  }

  @Test("addition hands its gradient to every input")
  func addition() throws {
    let a = Doubles.random(Shape(batch: 2, channels: 1, height: 2, width: 2), seed: 1)
    let b = Doubles.random(a.shape, seed: 2)
    let factors = Doubles.random(a.shape, seed: 3)
    let byFirst = try centralDifferences(a) { dot(try add([$0, b]), factors) }
    let bySecond = try centralDifferences(b) { dot(try add([a, $0]), factors) }
    expectClose(factors, byFirst, tolerance: tolerance)
    expectClose(factors, bySecond, tolerance: tolerance)
  }

  @Test("splitting is the backward pass of concatenation")
  func concatenation() throws {
    let a = Doubles.random(Shape(batch: 2, channels: 1, height: 2, width: 2), seed: 1)
    let b = Doubles.random(Shape(batch: 2, channels: 2, height: 2, width: 2), seed: 2)
    let factors = Doubles.random(Shape(batch: 2, channels: 3, height: 2, width: 2), seed: 3)
    let parts = try split(factors, channels: [1, 2])
    let byFirst = try centralDifferences(a) { dot(try concatenate([$0, b]), factors) }
    let bySecond = try centralDifferences(b) { dot(try concatenate([a, $0]), factors) }
    expectClose(parts[0], byFirst, tolerance: tolerance)
    expectClose(parts[1], bySecond, tolerance: tolerance)
  }
}
