import BasicLayers
import EdgeDetectors
import KernelAPI
import Layers
import LeNet
import Smoothing
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Networks

@Suite("Effective receptive fields")
struct EffectiveFieldTests {
  @Test("gradients by the picture agree with central differences, through branches too")
  func gradients() throws {
    let network = try branchingNetwork()
    let input = Tensor.random(Shape(channels: 1, height: 6, width: 6), seed: 8)
    let units = [UnitPosition(channel: 0), UnitPosition(channel: 4, y: 2, x: 1)]
    let gradients = try network.inputGradients(of: units, in: "pool", for: input)
    #expect(gradients.shape == Shape(batch: 2, channels: 1, height: 6, width: 6))
    for (example, unit) in units.enumerated() {
      let probe = try Perturbation(window: .global, input: input, value: 0, unit: unit, step: 1e-2) {
        try network.activations(of: ["pool"], for: $0)[0].output
      }
      for y in 0..<6 {
        for x in 0..<6 {
          let expected = try probe.derivative(channel: 0, Offset(y: y, x: x))
          #expect(abs(gradients[example, 0, y, x] - expected) < 2e-3, "\(unit) at \(y),\(x)")
        }
      }
    }
  }

  @Test("of one convolution the sizes of its weights, nothing beyond the border")
  func convolution() throws {
    let network = try trainedLeNet().network
    let layer = try #require(try network.node(named: "conv1").kernel as? Convolution2D)
    let input = Tensor.random(Shape(channels: 1, height: 28, width: 28), in: 0...1, seed: 3)
    let inside = try network.effectiveField(
      of: UnitPosition(channel: 3, y: 9, x: 8), in: "conv1", for: input)
    expectClose(inside.sizes.values, layer.weight.plane(0, batch: 3).map(abs), tolerance: 1e-5)
    #expect(!inside.isMeasured && inside.units == 1 && inside.evenShare == 9.0 / 25)
    let corner = try network.effectiveField(of: UnitPosition(channel: 3), in: "conv1", for: input)
    #expect(corner.region.rows == -2..<3)
    #expect(Array(corner.sizes.values.prefix(10)) == [Float](repeating: 0, count: 10))
    #expect(abs(corner.sizes[0, 0, 2, 2] - abs(layer.weight[3, 0, 2, 2])) < 1e-5)
    let mean = try network.meanEffectiveField(in: "conv1", for: input, limit: 100_000)
    // Of 28x28 units 24x24 lie within the picture.
    #expect(mean.units == 6 * 24 * 24)
    let weights = (0..<25).map { i in (0..<6).reduce(0) { $0 + abs(layer.weight.values[$1 * 25 + i]) } / 6 }
    expectClose(mean.sizes.values, weights, tolerance: 1e-3)
  }

  @Test("of filters by small changes: the weights, on a crop and beside the border")
  func filters() throws {
    let registry = try KernelRegistry([SmoothingPlugin(), EdgeDetectorsPlugin()])
    let network = try Network(chain: "box:size=3,sobel-x", registry: registry)
    let input = Tensor.random(Shape(channels: 1, height: 40, width: 30), in: 0...1, seed: 3)
    let field = try network.effectiveField(
      of: UnitPosition(channel: 0, y: 20, x: 15), in: "sobel-x", for: input)
    #expect(field.isMeasured && field.sizes.shape.extent == Extent(5))
    // 1 2 1 smoothed by 1 1 1, times -1 0 1 smoothed by 1 1 1, by 9.
    let column: [Float] = [1, 3, 4, 3, 1]
    let row: [Float] = [1, 1, 0, 1, 1]
    expectClose(field.sizes.values, column.flatMap { c in row.map { c * $0 / 9 } }, tolerance: 2e-3)
    let mean = try network.meanEffectiveField(in: "sobel-x", for: input)
    #expect(mean.isMeasured && mean.units == 16)
    expectClose(mean.sizes.values, field.sizes.values, tolerance: 2e-3)
  }

  @Test("a filter that sees too much is refused, and says why")
  func tooLarge() throws {
    let network = try Network(chain: "gaussian:sigma=10", registry: try KernelRegistry([SmoothingPlugin()]))
    let error = try #require(throws: KernelError.self) {
      try network.effectiveField(
        of: UnitPosition(channel: 0, y: 50, x: 50), in: "gaussian",
        for: Tensor(shape: Shape(channels: 1, height: 100, width: 100)))
    }
    #expect("\(error)".contains("6561 values"))
  }
}
