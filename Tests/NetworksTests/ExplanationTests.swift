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

@Suite("Explanations of single values")
struct ExplanationTests {
  private let registry: KernelRegistry
  init() throws { registry = try KernelRegistry([EdgeDetectorsPlugin(), SmoothingPlugin(), SamplePlugin()]) }

  /// Explains every unit asked for, and expects what is listed to amount to what the network gives.
  @discardableResult
  private func check(
    _ network: Network, _ layer: String, _ input: Tensor, units: some Sequence<UnitPosition>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [Explanation] {
    let output = try network.activations(of: [layer], for: input)[0].output
    return try units.map { unit in
      let explanation = try network.explanation(of: unit, in: layer, for: input)
      #expect(explanation.value == output[unit: unit], sourceLocation: sourceLocation)
      let total = try #require(explanation.total, "\(layer) \(unit) is no formula")
      let difference = abs(total - Double(explanation.value))
      #expect(
        difference <= 2e-5 * max(1, abs(total)), "\(layer) \(unit): \(total), \(explanation.value)",
        sourceLocation: sourceLocation)
      return explanation
    }
  }

  /// About `count` units spread over a map, its corners among them.
  private func units(_ shape: Shape, count: Int = 60) -> [UnitPosition] {
    let step = max(1, shape.count / count)
    let corners = [0, shape.width - 1, shape.planeCount - 1, shape.count - 1]
    return (corners + Array(stride(from: 0, to: shape.count, by: step))).map {
      UnitPosition(index: $0, of: shape)
    }
  }

  @Test("of every layer of LeNet, what is listed adds up to what the network gives")
  func leNet() throws {
    let network = try trainedLeNet().network
    let input = Tensor.random(Shape(channels: 1, height: 28, width: 28), in: 0...1, seed: 3)
    let shapes = try network.shapes(for: input.shape)
    for layer in network.layerNames {
      try check(network, layer, input, units: units(try #require(shapes[layer])))
    }
  }

  @Test("every kind of layer of a branching graph")
  func graph() throws {
    let network = try branchingNetwork()
    let input = Tensor.random(Shape(channels: 1, height: 6, width: 6), seed: 8)
    for layer in network.layerNames {
      let shape = try #require(try network.shapes(for: input.shape)[layer])
      try check(network, layer, input, units: units(shape, count: 200))
    }
    let joined = try network.explanation(of: UnitPosition(channel: 4, y: 1, x: 2), in: "both", for: input)
    guard case .copied(let source) = joined.reason else {
      Issue.record("\(joined.reason)")
      return
    }
    #expect(source.layer == "side" && source.unit == UnitPosition(channel: 1, y: 1, x: 2))
    let sum = try network.explanation(of: UnitPosition(channel: 0), in: "sum", for: input)
    guard case .added(let sources) = sum.reason else {
      Issue.record("\(sum.reason)")
      return
    }
    #expect(sources.map(\.layer) == ["tanh", "body", "tanh"])
  }

  @Test("a convolution's terms are its channels' windows, weights and bias")
  func convolution() throws {
    var generator = SplitMix64(seed: 2)
    let layer = Convolution2D(
      inputChannels: 4, outputChannels: 4, kernelSize: Extent(height: 3, width: 2),
      stride: Extent(height: 2, width: 1), padding: .explicit(Edges(1)),
      dilation: Extent(height: 1, width: 2),
      groups: 2, using: &generator)
    let network = try Network(name: "n", chain: [("conv", layer)])
    let input = Tensor.random(Shape(channels: 4, height: 7, width: 6), seed: 9)
    let shape = try layer.outputShape(for: input.shape)
    try check(network, "conv", input, units: units(shape, count: 1000))
    let corner = try network.explanation(of: UnitPosition(channel: 3), in: "conv", for: input)
    guard case .weightedSums(let sums, .single) = corner.reason else {
      Issue.record("\(corner.reason)")
      return
    }
    // The second group reads channels 2 and 3; the first row and column of the window are padding.
    #expect(sums.count == 1 && sums[0].terms.map(\.channel) == [2, 3] && sums[0].bias == 0)
    let window = sums[0].terms[0].window
    #expect(window.places.map(\.isVirtual) == [true, true, true, false, true, false])
    #expect(window.values == [0, 0, 0, input[0, 2, 0, 1], 0, input[0, 2, 1, 1]])
    #expect(sums[0].terms[1].weights == Array(layer.weight.plane(1, batch: 3)))
    #expect(sums[0].terms[0].products[3] == input[0, 2, 0, 1] * layer.weight[3, 0, 1, 1])
  }

  @Test(
    "pooling tells the winner, or over how many values it is the mean",
    arguments: [PoolingKind.max, .average])
  func pooling(kind: PoolingKind) throws {
    let layer = Pooling2D(
      kind,
      options: PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1), ceilMode: true))
    let input = Tensor.random(Shape(channels: 2, height: 6, width: 7), in: -2...(-1), seed: 4)
    let network = try Network(name: "n", chain: [("pool", layer)])
    let found = try check(
      network, "pool", input, units: units(try layer.outputShape(for: input.shape), count: 1000))
    for explanation in found {
      switch explanation.reason {
      case .largest(let pooled) where kind == .max:
        let place = try #require(pooled.winnerPlace)
        // Padding is 0 and never wins, although all values are below.
        #expect(input[unit: place] == explanation.value)
      case .mean(let pooled) where kind == .average: #expect(pooled.counted >= 4)
      default: Issue.record("\(explanation.reason)")
      }
    }
  }

  @Test("Sobel's length, parts and direction, with every border", arguments: BorderMode.allCases)
  func sobel(border: BorderMode) throws {
    let input = Tensor.random(Shape(channels: 3, height: 5, width: 6), in: 0...1, seed: 6)
    for output in ["magnitude", "x", "y", "direction"] {
      let network = try Network(
        chain: "sobel:output=\(output):border=\(border.rawValue)", registry: registry)
      let found = try check(network, "sobel", input, units: units(input.shape, count: 1000))
      guard case .weightedSums(let sums, let combination) = found[0].reason else {
        Issue.record("\(found[0].reason)")
        return
      }
      #expect(sums.map(\.name) == (output == "x" || output == "y" ? [nil] : ["x", "y"]))
      #expect(combination == (output == "magnitude" ? .length : output == "direction" ? .angle : .single))
      #expect(sums[0].terms.map(\.channel) == [0] && sums[0].terms[0].window.places[0].isVirtual)
    }
  }

  @Test(
    "linear filters of all kinds by their weights",
    arguments: [
      "gaussian:sigma=1", "box:size=4", "laplacian", "laplacian-of-gaussian:sigma=1", "emboss", "sharpen",
      "unsharp:sigma=0.5", "mean:size=3:border=circular", "difference:border=valid", "identity", "roberts",
    ])
  func linear(chain: String) throws {
    let input = Tensor.random(Shape(channels: 2, height: 12, width: 11), in: 0...1, seed: 6)
    let network = try Network(chain: chain, registry: registry)
    let layer = network.layerNames[0]
    let shape = try #require(try network.shapes(for: input.shape)[layer])
    try check(network, layer, input, units: units(shape))
  }

  @Test("a median is no weighted sum: only the value in the middle counts")
  func median() throws {
    let input = Tensor(rows: (0..<5).map { y in (0..<5).map { x in Float((y * 7 + x * 3) % 25) / 25 } })
    let network = try Network(chain: "median", registry: registry)
    let explanation = try network.explanation(
      of: UnitPosition(channel: 0, y: 2, x: 2), in: "median", for: input)
    #expect(explanation.total == nil)
    guard case .sensitivity(let found) = explanation.reason else {
      Issue.record("\(explanation.reason)")
      return
    }
    #expect(found.parts.count == 1 && !found.isPartial)
    let part = found.parts[0]
    for (value, derivative) in zip(part.window.values, part.derivatives) {
      #expect(abs(derivative - (value == explanation.value ? 1 : 0)) < 2e-3)
    }
  }

  @Test("a kernel that sees everything shows its neighbourhood and says so")
  func global() throws {
    let input = Tensor.random(Shape(channels: 1, height: 12, width: 12), in: 0...1, seed: 6)
    let network = try Network(chain: "canny", registry: registry)
    let explanation = try network.explanation(
      of: UnitPosition(channel: 0, y: 5, x: 6), in: "canny", for: input)
    guard case .sensitivity(let found) = explanation.reason else {
      Issue.record("\(explanation.reason)")
      return
    }
    #expect(found.isPartial && found.parts[0].window.extent == Extent(5))
    #expect(found.parts[0].window.values[12] == input[0, 0, 5, 6])
    let wide = try Network(chain: "median:size=35", registry: registry)
    let middle = try wide.explanation(
      of: UnitPosition(channel: 0, y: 5, x: 6), in: "median", for: input)
    guard case .sensitivity(let part) = middle.reason else {
      Issue.record("\(middle.reason)")
      return
    }
    #expect(part.isPartial && part.parts[0].window.values[12] == input[0, 0, 5, 6])
  }

  /// A plugin's kernel that says nothing of itself but its window: the square of the right neighbour.
  private struct Squared: Kernel {
    let window = Window.local(size: Extent(height: 1, width: 2), stride: Extent(2))
    func outputShape(for input: Shape) throws -> Shape {
      Shape(channels: input.channels, height: (input.height + 1) / 2, width: input.width / 2)
    }
    func callAsFunction(_ input: Tensor) throws -> Tensor {
      var output = Tensor(shape: try outputShape(for: input.shape))
      for c in 0..<output.shape.channels {
        for y in 0..<output.shape.height {
          for x in 0..<output.shape.width {
            let value = input[0, c, 2 * y, 2 * x + 1]
            output[0, c, y, x] = value * value
          }
        }
      }
      return output
    }
  }

  @Test("an unknown kernel with a stride: the derivative of its square")
  func unknown() throws {
    let input = Tensor.random(Shape(channels: 2, height: 40, width: 40), in: 1...2, seed: 6)
    let network = try Network(name: "n", chain: [("squared", Squared())])
    for unit in [UnitPosition(channel: 1, y: 9, x: 12), UnitPosition(channel: 0)] {
      let explanation = try network.explanation(of: unit, in: "squared", for: input)
      guard case .sensitivity(let found) = explanation.reason else {
        Issue.record("\(explanation.reason)")
        return
      }
      #expect(found.parts.map(\.channel) == [unit.channel])
      let value = input[0, unit.channel, 2 * unit.y, 2 * unit.x + 1]
      expectClose(found.parts[0].derivatives, [0, 2 * value], tolerance: 1e-2)
    }
  }

  @Test("softmax: the shares of the logits")
  func softmax() throws {
    let network = try Network(name: "n", chain: [("softmax", Softmax())])
    let input = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [100, 99, -50])
    let found = try check(network, "softmax", input, units: units(input.shape))
    #expect(abs(try #require(found[0].total) - 0.731_058_578) < 1e-6)
    #expect(softmaxShares([1000, 1000]) == [0.5, 0.5])
  }

  @Test("linear: strongest first, with the place before flatten")
  func features() throws {
    let network = try trainedLeNet().network
    let input = Tensor.random(Shape(channels: 1, height: 28, width: 28), in: 0...1, seed: 3)
    let explanation = try network.explanation(of: UnitPosition(channel: 7), in: "fc1", for: input)
    guard case .features(let sum) = explanation.reason else {
      Issue.record("\(explanation.reason)")
      return
    }
    #expect(sum.terms.count == 400)
    let products = sum.strongest.map { abs($0.product) }
    #expect(products == products.sorted(by: >))
    #expect(sum.terms[37].origin?.layer == "pool2")
    #expect(sum.terms[37].origin?.unit == UnitPosition(channel: 1, y: 2, x: 2))
  }

  @Test("JSON holds what is listed")
  func json() throws {
    let network = try Network(
      name: "n", chain: [("mean", MatrixFilter(Tensor(rows: [[1, 2]]), border: FilterBorder(.replicate)))])
    let explanation = try network.explanation(
      of: UnitPosition(channel: 0, y: 0, x: 2), in: "mean", for: Tensor(rows: [[3, 4, 5]]))
    #expect(
      try encodedJSON(explanation)
        == #"{"combination":"single","inputs":["input"],"kind":"filter 1x2","layer":"mean","reason":"weighted-sums","#
        + #""sums":[{"terms":[{"channel":0,"first":[0,2],"products":[[5,10]],"sum":15,"values":[[5,5]],"#
        + #""virtual":[[0,3]],"weights":[[1,2]]}],"total":15}],"total":15,"unit":[0,0,2],"value":15}"#)
  }

  @Test("a unit that is not there is refused")
  func errors() throws {
    let network = try trainedLeNet().network
    let input = Tensor(shape: Shape(channels: 1, height: 28, width: 28))
    #expect(throws: NetworkError.self) {
      try network.explanation(of: UnitPosition(channel: 6), in: "conv1", for: input)
    }
    #expect(throws: KernelError.self) {
      try network.explanation(of: UnitPosition(channel: 0), in: "conv9", for: input)
    }
  }
}
