import FileAccess
import LeNet
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Networks

/// The fixtures are made by Scripts/make_pytorch_fixtures.py.
@Suite("PyTorch's CustomNet")
struct PyTorchTests {
  private func fixture(_ name: String) throws -> Safetensors {
    try Safetensors(path: joinPath(parentFolder(of: #filePath), "Fixtures/\(name).safetensors"))
  }

  private func network() throws -> Network {
    try makeLeNet(seed: 1).with(weights: try fixture("custom_net").arrays)
  }

  private func input(_ file: Safetensors) throws -> Tensor {
    try #require(try file.array(named: "input").weightTensor)
  }

  @Test("its state dictionary loads straight in")
  func loads() throws {
    let file = try fixture("custom_net")
    let network = try network()
    for array in network.weights { #expect(try file.array(named: array.name) == array) }
    #expect(file.arrays.count == 10)
  }

  @Test("all twelve layers answer as PyTorch's")
  func outputs() throws {
    let file = try fixture("custom_net_pass")
    let network = try network()
    let activations = try network.activations(of: network.layerNames, for: try input(file))
    #expect(activations.count == 12)
    for activation in activations {
      let expected = try file.array(named: "output.\(activation.layer)")
      let shape = activation.output.shape
      #expect(Array(expected.dimensions.prefix(2)) == [1, shape.channels])
      expectClose(activation.output.values, expected.values, tolerance: 3e-6, "\(activation.layer)")
    }
  }

  @Test("the loss and the gradients of cross-entropy are PyTorch's, alone and in a batch of sixteen")
  func gradients() throws {
    let file = try fixture("custom_net_pass")
    let network = try network()
    let picture = try input(file)
    for count in [1, 16] {
      let shape = picture.shape.with(batch: count)
      let batch = Tensor(
        shape: shape, values: Array(repeatElement(picture.values, count: count).joined()))
      var loss = 0.0
      let gradients = try network.gradients(for: batch) { logits in
        let result = try crossEntropy(logits, labels: Array(repeating: 3, count: count))
        loss = result.loss
        return result.gradient
      }
      expectClose([Float(loss)], try file.array(named: "loss").values, tolerance: 2e-6)
      for (array, gradient) in zip(network.weights, gradients) {
        let expected = try file.array(named: "gradient.\(array.name)").values
        // Of fc1's weight the fixture keeps the first rows only.
        expectClose(Array(gradient.prefix(expected.count)), expected, tolerance: 2e-6, "\(array.name)")
        #expect(expected.contains { abs($0) > 1e-4 }, "gradients too small to tell")
      }
    }
  }
}
