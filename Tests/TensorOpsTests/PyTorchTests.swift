import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// What PyTorch (and SciPy for true convolution) answers; Scripts/make_pytorch_fixtures.py wrote the file.
@Suite("Values from PyTorch")
struct PyTorchTests {
  private struct Content: Decodable {
    let correlations: [Correlation]
    let convolutions: [Convolution]
    let poolings: [Pooling]
    let linears: [Linear]
    let activations, softmaxes: [Elementwise]
    let crossEntropies: [Entropy]
  }

  private struct Correlation: Decodable {
    let stride, edges, dilation: [Int]
    let groups: Int
    let input, weight, output, outputGradient, inputGradient, weightGradient: StoredTensor
    let bias, biasGradient: [Double]
  }

  private struct Convolution: Decodable {
    let input, weight, output: StoredTensor
  }

  private struct Pooling: Decodable {
    let kind: String
    let kernel, stride, padding: [Int]
    let ceilMode, countIncludePad: Bool
    let input, output, outputGradient, inputGradient: StoredTensor
  }

  private struct Linear: Decodable {
    let input, weight, output, outputGradient, inputGradient, weightGradient: StoredTensor
    let bias, biasGradient: [Double]
  }

  private struct Elementwise: Decodable {
    let name: String
    let input, output, outputGradient, inputGradient: StoredTensor
  }

  private struct Entropy: Decodable {
    let logits, gradient: StoredTensor
    let labels: [Int]
    let loss: Double
    let correct: Int
  }

  private static let content = Result { try fixture("pytorch.json", as: Content.self) }

  /// The file holds ten digits of numbers up to a few hundred.
  private let exact = 1e-7
  /// Sums of up to some hundred products of numbers up to 2, in Float.
  private let single: Float = 1e-4

  private func extent(_ sizes: [Int]) -> Extent { Extent(height: sizes[0], width: sizes[1]) }

  private func floats(_ values: [Double]) -> [Float] { values.map(Float.init) }

  private func check<Scalar>(
    _ gradients: CorrelationGradients<Scalar>, input: NumericTensor<Scalar>, weight: NumericTensor<Scalar>,
    bias: [Scalar], tolerance: Scalar, _ comment: Comment
  ) throws {
    expectClose(try #require(gradients.input), input, tolerance: tolerance, comment)
    expectClose(gradients.weight, weight, tolerance: tolerance, comment)
    expectClose(gradients.bias, bias, tolerance: tolerance, comment)
  }

  @Test("cross-correlation, forward and backward", arguments: instructionSets)
  func correlations(set: String) throws {
    let all = try loops(set)
    let cases = try Self.content.get().correlations
    #expect(cases.count == 17)
    for (index, item) in cases.enumerated() {
      let comment: Comment = "case \(index)"
      let options = CorrelationOptions(
        stride: extent(item.stride),
        padding: Edges(
          top: item.edges[0], bottom: item.edges[1], left: item.edges[2], right: item.edges[3]),
        dilation: extent(item.dilation), groups: item.groups)
      let output = try Reference.crossCorrelation(
        item.input.exact, weight: item.weight.exact, bias: item.bias, options: options)
      expectClose(output, item.output.exact, tolerance: exact, comment)
      let gradients = try Reference.crossCorrelationGradients(
        item.outputGradient.exact, input: item.input.exact, weight: item.weight.exact, options: options)
      try check(
        gradients, input: item.inputGradient.exact, weight: item.weightGradient.exact,
        bias: item.biasGradient, tolerance: exact, comment)

      let (x, w, dy) = (item.input.single, item.weight.single, item.outputGradient.single)
      let plain = try Reference.crossCorrelation(x, weight: w, bias: floats(item.bias), options: options)
      expectClose(plain, item.output.single, tolerance: single, comment)
      let fast = try crossCorrelation(x, weight: w, bias: floats(item.bias), options: options, loops: all)
      expectClose(fast, item.output.single, tolerance: single, comment)
      let back = try crossCorrelationGradients(
        dy, input: x, weight: w, options: options, needsInput: true, loops: all)
      try check(
        back, input: item.inputGradient.single, weight: item.weightGradient.single,
        bias: floats(item.biasGradient), tolerance: single, comment)
    }
  }

  @Test("true convolution is scipy.signal.convolve2d")
  func convolutions() throws {
    let cases = try Self.content.get().convolutions
    #expect(cases.count == 2)
    for item in cases {
      let result = try Reference.convolution(item.input.exact, weight: item.weight.exact)
      expectClose(result, item.output.exact, tolerance: exact)
      let fast = try convolution(item.input.single, weight: item.weight.single)
      expectClose(fast, item.output.single, tolerance: single)
    }
  }

  @Test("pooling, forward and backward", arguments: instructionSets)
  func poolings(set: String) throws {
    let all = try loops(set)
    let cases = try Self.content.get().poolings
    #expect(cases.count == 24)
    for (index, item) in cases.enumerated() {
      let comment: Comment = "case \(index)"
      let kind = try #require(PoolingKind(rawValue: item.kind))
      let options = PoolingOptions(
        kernelSize: extent(item.kernel), stride: extent(item.stride),
        padding: Edges(vertical: item.padding[0], horizontal: item.padding[1]), ceilMode: item.ceilMode,
        countIncludePad: item.countIncludePad)
      let output = try Reference.pooling(item.input.exact, kind: kind, options: options)
      expectClose(output, item.output.exact, tolerance: exact, comment)
      let gradient = try Reference.poolingGradient(
        item.outputGradient.exact, input: item.input.exact, kind: kind, options: options)
      expectClose(gradient, item.inputGradient.exact, tolerance: exact, comment)

      let fast = try pooling(item.input.single, kind: kind, options: options, loops: all)
      expectClose(fast, item.output.single, tolerance: single, comment)
      let back = try poolingGradient(
        item.outputGradient.single, input: item.input.single, kind: kind, options: options, loops: all)
      expectClose(back, item.inputGradient.single, tolerance: single, comment)
    }
  }

  @Test("linear layers, forward and backward", arguments: instructionSets)
  func linears(set: String) throws {
    let all = try loops(set)
    let cases = try Self.content.get().linears
    #expect(cases.count == 3)
    for item in cases {
      let output = try Reference.linear(item.input.exact, weight: item.weight.exact, bias: item.bias)
      expectClose(output, item.output.exact, tolerance: exact)
      let gradients = try Reference.linearGradients(
        item.outputGradient.exact, input: item.input.exact, weight: item.weight.exact)
      try check(
        gradients, input: item.inputGradient.exact, weight: item.weightGradient.exact,
        bias: item.biasGradient, tolerance: exact, "reference")

      let (x, w) = (item.input.single, item.weight.single)
      let fast = try linear(x, weight: w, bias: floats(item.bias), loops: all)
      expectClose(fast, item.output.single, tolerance: single)
      let back = try linearGradients(
        item.outputGradient.single, input: x, weight: w, needsInput: true, loops: all)
      try check(
        back, input: item.inputGradient.single, weight: item.weightGradient.single,
        bias: floats(item.biasGradient), tolerance: single, "fast")
    }
  }

  @Test("activations, forward and backward", arguments: instructionSets)
  func activations(set: String) throws {
    let all = try loops(set)
    let cases = try Self.content.get().activations
    #expect(cases.map(\.name) == ["sigmoid", "tanh", "relu"])
    for item in cases {
      let kind = try #require(Activation(rawValue: item.name))
      let output = Reference.activation(item.input.exact, kind)
      expectClose(output, item.output.exact, tolerance: 1e-9)
      expectClose(
        try Reference.activationGradient(item.outputGradient.exact, output: output, kind),
        item.inputGradient.exact, tolerance: 1e-9)
      let fast = activation(item.input.single, kind, loops: all)
      expectClose(fast, item.output.single, tolerance: 1e-6)
      expectClose(
        try activationGradient(item.outputGradient.single, output: fast, kind, loops: all),
        item.inputGradient.single, tolerance: 1e-6)
    }
  }

  @Test("softmax, forward and backward")
  func softmaxes() throws {
    let cases = try Self.content.get().softmaxes
    #expect(cases.count == 2)
    for item in cases {
      let output = Reference.softmax(item.input.exact)
      expectClose(output, item.output.exact, tolerance: 1e-9)
      expectClose(
        try Reference.softmaxGradient(item.outputGradient.exact, output: output),
        item.inputGradient.exact, tolerance: 1e-9)
      // Logits up to 40 in Float err by 2e-6, and with them the logarithm of a probability.
      expectClose(softmax(item.input.single), item.output.single, tolerance: 4e-6)
    }
  }

  @Test("cross-entropy: loss, gradient and right answers")
  func crossEntropies() throws {
    let cases = try Self.content.get().crossEntropies
    #expect(cases.count == 3)
    for item in cases {
      let result = try crossEntropy(item.logits.exact, labels: item.labels)
      #expect(abs(result.loss - item.loss) < 1e-9)
      #expect(result.correct == item.correct)
      expectClose(result.gradient, item.gradient.exact, tolerance: 1e-9)
      let fast = try crossEntropy(item.logits.single, labels: item.labels)
      #expect(abs(fast.loss - item.loss) < 1e-5)
      #expect(fast.correct == item.correct)
      expectClose(fast.gradient, item.gradient.single, tolerance: 4e-6)
    }
  }
}
