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

  @Test("with ReLU and max pooling, outputs and gradients are PyTorch's")
  func withReLU() throws {
    let expected = try fixture("custom_net_relu")
    let network = try makeLeNetReLU(seed: 1).with(weights: try fixture("custom_net").arrays)
    let picture = try input(try fixture("custom_net_pass"))
    for activation in try network.activations(of: ["pool1", "relu2", "pool2", "fc3"], for: picture) {
      let values = try expected.array(named: "output.\(activation.layer)").values
      expectClose(activation.output.values, values, tolerance: 3e-6, "\(activation.layer)")
    }
    let gradients = try network.gradients(for: picture) { try crossEntropy($0, labels: [3]).gradient }
    var compared = 0
    for (array, gradient) in zip(network.weights, gradients) {
      guard let values = try? expected.array(named: "gradient.\(array.name)").values else { continue }
      compared += 1
      expectClose(gradient, values, tolerance: 2e-6, "\(array.name)")
      #expect(values.contains { abs($0) > 1e-4 }, "gradients too small to tell")
    }
    #expect(compared == 5)
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
