import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// Along rows the gradient of the input is scattered block by block, for kernel widths of their own.
@Suite("Gradients scattered along rows")
struct ScatteredGradientTests {
  @Test(
    "rows of one block, of several and of a block and a rest give the reference's sums exactly",
    arguments: [1, 2, 3, 5, 7, 8])
  func rows(kernel: Int) throws {
    var seed: UInt64 = 1
    for width in [1, 10, 14, 16, 33] {
      // Kernels 5 wide go Winograd's way where there are more outputs, which is not exact to the last bit.
      for (inputs, outputs) in [(1, 1), (2, kernel == 5 && width % 2 == 0 ? 3 : 21)] {
        let padding = Edges(
          top: 1, bottom: 0, left: seed % 3 == 0 ? 0 : min(2, kernel - 1), right: kernel / 2)
        let options = CorrelationOptions(
          stride: Extent(height: 1 + Int(seed % 2), width: 1), padding: padding,
          dilation: Extent(height: 1 + Int(seed % 3), width: 1))
        let shape = Shape(
          batch: 8, channels: inputs, height: 5, width: width + kernel - 1 - padding.horizontal)
        guard shape.width > 0 else { continue }
        let weightShape = Shape(batch: outputs, channels: inputs, height: 2, width: kernel)
        let weight = Tensor.integers(weightShape, seed: seed)
        let output = try options.outputShape(input: shape, weight: weight.shape)
        #expect(output.width == width)
        let gradient = Tensor.integers(output, seed: seed + 1)
        let input = Tensor(shape: shape)
        let expected = try Reference.crossCorrelationGradients(
          gradient, input: input, weight: weight, options: options)
        for set in instructionSets {
          let result = try crossCorrelationGradients(
            gradient, input: input, weight: weight, options: options, needsInput: true, loops: try loops(set))
          #expect(
            result.input == expected.input,
            "\(set), \(width) wide, \(inputs) to \(outputs) channels, \(options)")
        }
        seed += 1
      }
    }
  }
}
