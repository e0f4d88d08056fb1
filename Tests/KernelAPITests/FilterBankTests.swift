import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Banks of filters")
struct FilterBankTests {
  /// Filters that move in every way.
  static let banks: [FilterBank] = {
    let sizes = [Extent(height: 3, width: 2), Extent(height: 1, width: 4)]
    var banks: [FilterBank] = []
    for border in [nil] + BorderMode.allCases.map(Optional.some) {
      for (inputs, size) in [(1, sizes[0]), (2, sizes[1])] {
        for (stride, dilation) in [(Extent.one, Extent.one), (Extent(height: 2, width: 1), Extent(2))] {
          let options = CorrelationOptions(
            stride: stride, padding: Edges(top: 2, bottom: 1, left: 0, right: 3), dilation: dilation)
          banks.append(
            FilterBank(
              name: "bank",
              weight: .random(
                Shape(batch: 3, channels: inputs, height: size.height, width: size.width), in: -1...1,
                seed: 7),
              bias: [0.5, 0, -1], options: options, border: FilterBorder(border)))
        }
      }
    }
    return banks
  }()

  @Test("each channel by itself, or all together, as the definition says", arguments: banks.indices)
  func definition(index: Int) throws {
    let bank = Self.banks[index]
    let input = Tensor.random(Shape(batch: 2, channels: 2, height: 7, width: 9), in: 0...1, seed: 1)
    let padded = bank.border.mode.map { input.padded(by: bank.options.padding, border: $0) } ?? input
    let moving = CorrelationOptions(stride: bank.options.stride, dilation: bank.options.dilation)
    func expected(_ picture: Tensor) throws -> Tensor {
      try Reference.crossCorrelation(picture, weight: bank.weight, bias: bank.bias, options: moving)
    }
    let output = try bank(input)
    #expect(output.shape == (try bank.outputShape(for: input.shape)))
    if bank.isPerChannel {
      for c in 0..<2 {
        expectClose(
          output.channels([3 * c, 3 * c + 1, 3 * c + 2]), try expected(padded.channel(c)), tolerance: 1e-5)
      }
    } else {
      expectClose(output, try expected(padded), tolerance: 1e-5)
    }
  }

  @Test("the backward pass is the transpose of the filter: g . F(x) = F'(g) . x", arguments: banks.indices)
  func backward(index: Int) throws {
    let bank = Self.banks[index]
    let input = Tensor.random(Shape(batch: 2, channels: 2, height: 7, width: 9), in: -1...1, seed: 2)
    let output = try bank(input)
    let constant = try bank(Tensor(shape: input.shape))
    let gradient = Tensor.random(output.shape, in: -1...1, seed: 3)
    let back = try bank.backward(gradient, input: input, output: output, needsInput: true)
    let transposed = try #require(back.input)
    #expect(back.weights.isEmpty && transposed.shape == input.shape)
    var forward = 0.0
    for i in gradient.values.indices {
      forward += Double(gradient.values[i]) * Double(output.values[i] - constant.values[i])
    }
    let backward = zip(transposed.values, input.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(forward - backward) < 1e-3 * max(1, abs(forward)))
    #expect(try bank.backward(gradient, input: input, output: output, needsInput: false).input == nil)
  }

  @Test("the window tells stride, dilation and padding")
  func window() {
    let bank = FilterBank(
      name: "bank", weight: Tensor(rows: [[1, 2, 3]]),
      options: CorrelationOptions(
        stride: Extent(2), padding: Edges(vertical: 0, horizontal: 4), dilation: Extent(height: 1, width: 3)),
      border: FilterBorder(.zero))
    #expect(
      bank.window
        == .local(
          size: Extent(height: 1, width: 3), stride: Extent(2), offset: Offset(y: 0, x: -4),
          dilation: Extent(height: 1, width: 3)))
    #expect(
      FilterBank(name: "b", weight: Tensor(rows: [[1, 2]]), border: .valid).window
        == .local(size: Extent(height: 1, width: 2)))
  }

  @Test("pictures that are too small or have other channels are refused")
  func refusals() throws {
    let bank = FilterBank(
      name: "bank", weight: Tensor(shape: Shape(batch: 1, channels: 3, height: 3, width: 3)), border: .valid)
    #expect(throws: OperationError.shape(operation: "bank", got: "1", expected: "a picture of 3 channels")) {
      try bank.outputShape(for: Shape(channels: 1, height: 9, width: 9))
    }
    #expect(throws: OperationError.self) {
      try bank.outputShape(for: Shape(channels: 3, height: 9, width: 2))
    }
  }
}
