import KernelAPI
import Layers
import LeNet
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Networks

@Suite("What a unit depends on, by force")
struct RegionTests {
  private static let extent = Extent(height: 9, width: 8)

  /// The outputs of all layers for a picture, and for each of its copies with one pixel changed.
  private struct Perturbed {
    let network: Network
    let shape: Shape
    /// Example 0 is the picture, example 1 + i that with value i changed.
    let outputs: [LayerActivation]

    init(_ network: Network, channels: Int) throws {
      self.network = network
      shape = Shape(channels: channels, height: extent.height, width: extent.width)
      let picture = Tensor.random(shape, in: 0.5...1, seed: 7)
      var batch = Tensor(
        shape: shape.with(batch: shape.count + 1),
        values: (0...shape.count).flatMap { _ in picture.values })
      for i in 0..<shape.count { batch.values[(i + 1) * shape.count + i] += 40 }
      outputs = try network.activations(of: network.layerNames, for: batch)
    }

    /// Which values of the input change a unit.
    func causes(_ unit: UnitPosition, _ output: Tensor) -> Set<UnitPosition> {
      Set(
        (0..<shape.count).filter { i in
          output[i + 1, unit.channel, unit.y, unit.x] != output[0, unit.channel, unit.y, unit.x]
        }.map { UnitPosition(index: $0, of: shape) })
    }

    func forEachUnit(_ body: (String, UnitPosition, MapRegion?, Set<UnitPosition>) throws -> Void) throws {
      for output in outputs {
        let one = output.output.shape.with(batch: 1)
        for index in 0..<one.count {
          let unit = UnitPosition(index: index, of: one)
          let regions = try network.regions(of: unit, in: output.layer, input: shape)
          try body(output.layer, unit, regions[Network.inputName], causes(unit, output.output))
        }
      }
    }
  }

  /// All values of a region.
  private func units(_ region: MapRegion?) -> Set<UnitPosition> {
    guard let region else { return [] }
    var units: Set<UnitPosition> = []
    for c in region.channels {
      for y in region.readRows {
        for x in region.readColumns { units.insert(UnitPosition(channel: c, y: y, x: x)) }
      }
    }
    return units
  }

  /// A random layer whose weights are all positive, so that no two ways cancel.
  private func randomLayer(
    _ shape: Shape, _ generator: inout SplitMix64
  ) -> any Kernel {
    func extent(_ largest: Int) -> Extent {
      Extent(height: 1 + generator.index(below: largest), width: 1 + generator.index(below: largest))
    }
    switch generator.index(below: 4) {
    case 0:
      let size = extent(3)
      let padding = Edges(
        top: generator.index(below: size.height), bottom: generator.index(below: size.height),
        left: generator.index(below: size.width), right: generator.index(below: size.width))
      return Pooling2D(
        .average,
        options: PoolingOptions(
          kernelSize: size, stride: extent(2), padding: padding, ceilMode: generator.index(below: 2) == 0))
    case 1:
      let border = BorderMode.allCases[generator.index(below: BorderMode.allCases.count)]
      let size = extent(4)
      let weights = Tensor.random(
        Shape(channels: 1, height: size.height, width: size.width), in: 0.2...1, seed: 5)
      return MatrixFilter(weights, border: FilterBorder(border))
    default:
      let groups = shape.channels == 2 ? 1 + generator.index(below: 2) : 1
      var layer = Convolution2D(
        inputChannels: shape.channels, outputChannels: 2, kernelSize: extent(3), stride: extent(2),
        padding: .explicit(
          Edges(
            top: generator.index(below: 4), bottom: generator.index(below: 3),
            left: generator.index(below: 3), right: generator.index(below: 3))),
        dilation: extent(2), groups: groups, using: &generator)
      layer.weights[0].values = layer.weights[0].values.map { abs($0) + 0.2 }
      return layer
    }
  }

  @Test("in random chains exactly the values of the region count", arguments: 1...12)
  func chains(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var shape = Shape(channels: 2, height: Self.extent.height, width: Self.extent.width)
    var chain: [(String, any Kernel)] = []
    while chain.count < 3 {
      let kernel = randomLayer(shape, &generator)
      guard let next = try? kernel.outputShape(for: shape) else { continue }
      shape = next
      chain.append(("layer\(chain.count)", kernel))
    }
    // Plane by plane: the region of a filter, whose channels nobody knows, holds all.
    let isMixed = chain.allSatisfy { !($0.1 is MatrixFilter) }
    let network = try Network(name: "n", chain: chain)
    try Perturbed(network, channels: 2).forEachUnit { layer, unit, region, causes in
      let read = units(region)
      #expect(causes.isSubset(of: read), "\(layer) \(unit)")
      if isMixed {
        #expect(causes == read, "\(layer) \(unit)")
      } else {
        let places = Set(causes.map { UnitPosition(channel: 0, y: $0.y, x: $0.x) })
        #expect(places == Set(read.map { UnitPosition(channel: 0, y: $0.y, x: $0.x) }), "\(layer) \(unit)")
      }
    }
  }

  @Test(
    "in random graphs only values of the region count, and every row and column of it does", arguments: 1...24
  )
  func graphs(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let input = Shape(channels: 2, height: Self.extent.height, width: Self.extent.width)
    var shapes = [(Network.inputName, input)]
    var nodes: [Network.Node] = []
    while nodes.count < 7 {
      let (name, shape) = shapes[generator.index(below: shapes.count)]
      let partners = shapes.filter { $0.0 != name && $0.1.extent == shape.extent }
      let node: Network.Node
      if let partner = partners.first, generator.index(below: 2) == 0 {
        let joins: any Kernel = partner.1 == shape && generator.index(below: 2) == 0 ? Add() : Concatenate()
        node = .init("join\(nodes.count)", joins, inputs: [name, partner.0])
      } else {
        node = .init("layer\(nodes.count)", randomLayer(shape, &generator), inputs: [name])
      }
      let inputs = node.inputs.compactMap { input in shapes.first { $0.0 == input }?.1 }
      guard let next = try? node.outputShape(inputs), next.channels <= 4 else { continue }
      shapes.append((node.name, next))
      nodes.append(node)
    }
    let network = try Network(name: "n", nodes: nodes)
    try Perturbed(network, channels: 2).forEachUnit { layer, unit, region, causes in
      #expect(causes.isSubset(of: units(region)), "\(layer) \(unit)")
      // Nobody knows that a filter looks at one channel only, which may come from another branch.
      if let region, !nodes.contains(where: { $0.kernel is MatrixFilter }) {
        #expect(Set(causes.map(\.y)) == Set(region.readRows), "\(layer) \(unit)")
        #expect(Set(causes.map(\.x)) == Set(region.readColumns), "\(layer) \(unit)")
      }
    }
  }

  @Test("where maps of different strides are joined, the regions are still right for every unit")
  func differentStrides() throws {
    var generator = SplitMix64(seed: 3)
    func convolution(_ size: Extent, stride: Extent) -> Convolution2D {
      Convolution2D(
        inputChannels: 2, outputChannels: 1, kernelSize: size, stride: stride, using: &generator)
    }
    let network = try Network(
      name: "n",
      nodes: [
        .init(
          "wide", convolution(Extent(height: 5, width: 4), stride: .one), inputs: [Network.inputName]),
        .init(
          "coarse", convolution(Extent(height: 1, width: 1), stride: Extent(2)), inputs: [Network.inputName]),
        .init(
          "part",
          Pooling2D(.average, options: PoolingOptions(kernelSize: Extent(height: 1, width: 2), stride: .one)),
          inputs: ["wide"]),
        .init("sum", Add(), inputs: ["part", "coarse"]),
      ])
    try Perturbed(network, channels: 2).forEachUnit { layer, unit, region, causes in
      #expect(causes.isSubset(of: units(region)), "\(layer) \(unit)")
    }
  }

  @Test("the box is the table's field moved by the jump, also over the border")
  func boxes() throws {
    let network = try makeLeNet(seed: 3)
    let input = try #require(network.inputShape)
    let fields = network.receptiveFields()
    let shapes = try network.shapes(for: input)
    for layer in ["conv1", "sigmoid1", "pool1", "conv2", "sigmoid2", "pool2"] {
      let shape = try #require(shapes[layer])
      let field = try #require(fields[layer])
      for y in 0..<shape.height {
        let unit = UnitPosition(channel: 0, y: y, x: shape.width - 1)
        let region = try #require(
          try network.regions(of: unit, in: layer, input: input)[Network.inputName])
        let top = field.first.y + y * field.jump.height
        #expect(region.rows == top..<top + field.size.height)
        #expect(region.readRows == Array(max(0, top)..<min(28, top + field.size.height)))
      }
    }
    let corner = try #require(
      try network.regions(of: UnitPosition(channel: 0), in: "conv1", input: input)[Network.inputName])
    #expect(corner.rows == -2..<3 && corner.columns == -2..<3)
    #expect(corner.readRows == [0, 1, 2] && corner.readColumns == [0, 1, 2])
  }

  @Test("flatten moves single values; linear layers see everything")
  func vectors() throws {
    let network = try makeLeNet(seed: 3)
    let input = try #require(network.inputShape)
    // 37 = channel 1, row 2, column 2 of 16x5x5.
    let regions = try network.regions(of: UnitPosition(channel: 37), in: "flatten", input: input)
    #expect(regions["pool2"] == MapRegion(UnitPosition(channel: 1, y: 2, x: 2)))
    #expect(regions[Network.inputName]?.rows == 6..<22)
    let all = try network.regions(of: UnitPosition(channel: 3), in: "fc1", input: input)
    #expect(all["flatten"]?.channels == 0..<400)
    // The whole picture, and the padding of two pixels that conv1 adds.
    #expect(all[Network.inputName]?.rows == -2..<30 && all[Network.inputName]?.columns == -2..<30)
    #expect(all[Network.inputName]?.readRows == Array(0..<28))
    #expect(all["fc1"] == nil)
  }

  @Test("a layer or unit that is not there is told, with what there is")
  func errors() throws {
    let network = try makeLeNet(seed: 3)
    let input = try #require(network.inputShape)
    #expect(throws: KernelError.self) {
      try network.regions(of: UnitPosition(channel: 0), in: "conv3", input: input)
    }
    for unit in [
      UnitPosition(channel: 6), UnitPosition(channel: 0, y: 28), UnitPosition(channel: 0, x: -1),
    ] {
      let error = try #require(throws: NetworkError.self) {
        try network.regions(of: unit, in: "conv1", input: input)
      }
      #expect(
        "\(error)"
          == "layer 'conv1' has no unit \(unit): its shape is 6x28x28, so channel 0...5, row 0...27, column 0...27"
      )
    }
    let error = try #require(throws: NetworkError.self) {
      try network.windows(of: UnitPosition(channel: 10), in: "fc3", input: input)
    }
    #expect("\(error)" == "layer 'fc3' has no unit 10: its shape is 10, so unit 0...9")
  }

  @Test("the window of the layer before")
  func windows() throws {
    let network = try makeLeNet(seed: 3)
    let input = try #require(network.inputShape)
    let unit = UnitPosition(channel: 5, y: 2, x: 3)
    let conv2 = try #require(try network.windows(of: unit, in: "conv2", input: input)[0])
    #expect(conv2.channels == 0..<6 && conv2.rows == 2..<7 && conv2.columns == 3..<8)
    let pool2 = try #require(try network.windows(of: unit, in: "pool2", input: input)[0])
    #expect(pool2.channels == 5..<6 && pool2.rows == 4..<6 && pool2.columns == 6..<8)
  }

  @Test("the peak is the first of the largest values, never NaN")
  func peak() {
    let maps = Tensor(planes: [[[1, .nan], [3, 0]], [[3, -1], [2, 3]]])
    #expect(maps.peak() == UnitPosition(channel: 0, y: 1, x: 0))
    #expect(maps.peak(channel: 1) == UnitPosition(channel: 1, y: 0, x: 0))
    #expect(Tensor(planes: [[[.nan]]]).peak() == nil)
    #expect(Tensor(planes: [[[-.infinity, .nan]]]).peak() == UnitPosition(channel: 0))
  }
}
