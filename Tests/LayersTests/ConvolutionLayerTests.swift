import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Layers

@Suite("Convolution layer")
struct ConvolutionLayerTests {
  @Test("a 2x2 kernel on a 3x3 input gives the chapter's numbers, plus the bias")
  func handNumbers() throws {
    let input = Tensor(rows: [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    let layer = Convolution2D(weight: Tensor(rows: [[0, 1], [2, 3]]), bias: [100])
    #expect(try layer(input) == Tensor(rows: [[119, 125], [137, 143]]))
    let plain = Convolution2D(weight: Tensor(rows: [[0, 1], [2, 3]]), bias: nil)
    #expect(try plain(input) == Tensor(rows: [[19, 25], [37, 43]]))
  }

  struct Setup: Sendable, CustomTestStringConvertible {
    var kernel = Extent(3)
    var stride = Extent.one
    var padding = Padding.valid
    var dilation = Extent.one
    var groups = 1
    var bias = true
    var testDescription: String { "\(kernel) \(stride) \(padding) \(dilation) \(groups) \(bias)" }

    func layer(seed: UInt64 = 1) -> Convolution2D {
      var generator = SplitMix64(seed: seed)
      return Convolution2D(
        inputChannels: 4, outputChannels: 6, kernelSize: kernel, stride: stride, padding: padding,
        dilation: dilation, groups: groups, bias: bias, using: &generator)
    }
  }

  static let setups = [
    Setup(), Setup(bias: false), Setup(stride: Extent(height: 2, width: 1)), Setup(padding: .same),
    Setup(kernel: Extent(height: 2, width: 4), padding: .same), Setup(dilation: Extent(2)),
    Setup(padding: .explicit(Edges(top: 2, bottom: 0, left: 1, right: 3))), Setup(groups: 2),
    Setup(kernel: .one), Setup(padding: .same, dilation: Extent(height: 1, width: 3)),
  ]

  @Test("forward is the reference, for every setting", arguments: setups)
  func forward(_ setup: Setup) throws {
    var layer = setup.layer()
    if setup.bias { layer.weights[1].values = [1, -2, 3, 0.5, 0, -0.25] }
    let input = Tensor.random(Shape(batch: 2, channels: 4, height: 9, width: 8), seed: 3)
    let expected = try Reference.crossCorrelation(
      input, weight: layer.weight, bias: layer.bias, options: layer.options)
    let output = try layer(input)
    expectClose(output, expected, tolerance: 1e-5)
    #expect(try layer.outputShape(for: input.shape) == output.shape)
  }

  @Test("backward is the central differences, for every setting", arguments: setups)
  func backward(_ setup: Setup) throws {
    let input = Tensor.random(Shape(batch: 2, channels: 4, height: 7, width: 7), seed: 4)
    try expectBackwardMatchesDifferences(setup.layer(), input: input, step: 0.5, tolerance: 2e-5)
  }

  @Test("backward leaves the input's gradient out when nobody needs it")
  func withoutInput() throws {
    let layer = Setup().layer()
    let input = Tensor.random(Shape(channels: 4, height: 5, width: 5), seed: 4)
    let output = try layer(input)
    let all = try layer.backward(output, input: input, output: output, needsInput: true)
    let some = try layer.backward(output, input: input, output: output, needsInput: false)
    #expect(some.input == nil)
    #expect(some.weights == all.weights)
  }

  @Test("same padding keeps the size at stride 1", arguments: [1, 2, 3, 4, 5], [1, 2, 3])
  func samePadding(kernel: Int, dilation: Int) throws {
    let layer = Setup(kernel: Extent(kernel), padding: .same, dilation: Extent(dilation)).layer()
    let shape = try layer.outputShape(for: Shape(channels: 4, height: 11, width: 6))
    #expect(shape == Shape(channels: 6, height: 11, width: 6))
  }

  @Test("the window tells size, stride, padding and dilation")
  func window() {
    let setup = Setup(
      kernel: Extent(height: 3, width: 5), stride: Extent(2),
      padding: .explicit(Edges(top: 1, bottom: 2, left: 3, right: 4)), dilation: Extent(2))
    #expect(
      setup.layer().window
        == .local(
          size: Extent(height: 3, width: 5), stride: Extent(2), offset: Offset(y: -1, x: -3),
          dilation: Extent(2)))
  }

  @Test("weights have PyTorch's names and dimensions, and what is set comes back")
  func weights() throws {
    var layer = Setup(kernel: Extent(height: 2, width: 3), groups: 2).layer()
    #expect(layer.weights.map(\.name) == ["weight", "bias"])
    #expect(layer.weights.map(\.dimensions) == [[6, 2, 2, 3], [6]])
    var arrays = layer.weights
    arrays[0].values = (0..<72).map(Float.init)
    arrays[1].values = [6, 5, 4, 3, 2, 1]
    layer.weights = arrays
    #expect(layer.weights == arrays)
    #expect(layer.weight[1, 0, 1, 2] == 17)
    #expect(layer.bias == [6, 5, 4, 3, 2, 1])
    #expect(Setup(bias: false).layer().weights.map(\.name) == ["weight"])
  }

  @Test("conv1 of LeNet multiplies 117,600 times for one picture, whatever the batch")
  func multiplyAdds() throws {
    var generator = SplitMix64(seed: 1)
    let layer = Convolution2D(
      inputChannels: 1, outputChannels: 6, kernelSize: Extent(5), padding: .same, using: &generator)
    #expect(try layer.multiplyAdds(for: Shape(channels: 1, height: 28, width: 28)) == 117_600)
    #expect(try layer.multiplyAdds(for: Shape(batch: 9, channels: 1, height: 28, width: 28)) == 117_600)
  }

  @Test("channels that do not fit and pictures that are too small are refused")
  func refusals() {
    let layer = Setup().layer()
    #expect(
      throws: OperationError.shape(
        operation: "cross-correlation", got: "3 (shape 3x9x9)", expected: "4 input channels")
    ) { try layer(Tensor(shape: Shape(channels: 3, height: 9, width: 9))) }
    #expect(
      throws: OperationError.windowTooLarge(
        operation: "cross-correlation", window: Extent(3), input: Extent(2), padding: .zero)
    ) { try layer.outputShape(for: Shape(channels: 4, height: 2, width: 2)) }
  }
}
