import BasicLayers
import FileAccess
import KernelAPI
import Layers
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Networks

/// Source of the figures: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural
/// Networks", Distill 2019, the table of its library: field, effective stride and effective padding of TF-Slim's
/// networks for pictures of 224x224. The effective padding is how far the first field reaches over the border.
@Suite("Receptive fields as published")
struct PublishedFieldTests {
  private func expect(_ network: Network, _ layer: String, field: Int, stride: Int, padding: Int) throws {
    let found = try #require(network.receptiveFields()[layer])
    #expect(found.size == Extent(field) && found.jump == Extent(stride) && !found.isGlobal)
    #expect(found.first == Offset(y: -padding, x: -padding))
    #expect(found.start.y == Double(field - 1) / 2 - Double(padding))
  }

  /// A described network with a channel or two: fields do not depend on them.
  private func sample(_ name: String) throws -> Network {
    let path = joinPath(TestData.packageFolder, "Samples/Networks/\(name).json")
    let text = String(decoding: try readFile(path), as: UTF8.self)
      .replacing(/"channels": \d+/, with: "\"channels\": 2")
    #expect(NetworkFile.describesNetwork(text))
    return try NetworkFile(text: text, source: path).network(
      try KernelRegistry([BasicLayersPlugin()]), seed: 1)
  }

  @Test("AlexNet: 195, 32 apart, 64 beyond the border")
  func alexNet() throws {
    let network = try sample("alexnet")
    try expect(network, "pool5", field: 195, stride: 32, padding: 64)
    let sizes = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5"].map {
      network.receptiveFields()[$0]?.size.width
    }
    #expect(sizes == [11, 19, 51, 67, 99, 131, 163])
    let shape = try #require(network.inputShape)
    #expect(try network.shapes(for: shape)["pool5"]?.extent == Extent(5))
  }

  @Test("VGG-16: 212, 32 apart, 90 beyond the border")
  func vgg() throws {
    let network = try sample("vgg-16")
    try expect(network, "pool5", field: 212, stride: 32, padding: 90)
    #expect(network.receptiveFields()["conv5_3"]?.size == Extent(196))
    let shape = try #require(network.inputShape)
    #expect(try network.shapes(for: shape)["pool5"]?.extent == Extent(7))
  }

  @Test("the residual sample sees 13 pixels on its longer way")
  func residual() throws {
    let network = try sample("residual")
    try expect(network, "sum2", field: 13, stride: 2, padding: 6)
    try expect(network, "shortcut", field: 7, stride: 2, padding: 3)
  }

  /// Where a residual network makes its maps smaller: in the first unit of a block (torchvision) or in the last
  /// (TF-Slim).
  enum Variant { case torchvision, slim }

  /// A residual network of one channel. Bottlenecks are 1x1, 3x3 with the stride, 1x1; basic units two 3x3, the
  /// first with the stride.
  private func resNet(_ blocks: [Int], bottleneck: Bool, _ variant: Variant) throws -> Network {
    var generator = SplitMix64(seed: 1)
    var nodes: [Network.Node] = []
    var last = Network.inputName
    func add(_ name: String, _ kernel: any Kernel, _ inputs: [String]? = nil) {
      nodes.append(.init(name, kernel, inputs: inputs ?? [last]))
      last = name
    }
    func convolution(_ size: Int, stride: Int = 1) -> Convolution2D {
      Convolution2D(
        inputChannels: 1, outputChannels: 1, kernelSize: Extent(size), stride: Extent(stride),
        padding: .explicit(Edges(size / 2)), using: &generator)
    }
    add("conv1", convolution(7, stride: 2))
    // TensorFlow's SAME puts the one row and column that are missing behind the map.
    let pooling = PoolingOptions(
      kernelSize: Extent(3), stride: Extent(2), padding: variant == .slim ? .zero : Edges(1),
      ceilMode: variant == .slim)
    add("pool1", Pooling2D(.max, options: pooling))
    for (block, count) in blocks.enumerated() {
      for unit in 0..<count {
        let shrinks =
          variant == .slim
          ? unit == count - 1 && block < blocks.count - 1 : unit == 0 && block > 0
        let name = "\(block + 1).\(unit)"
        let stride = shrinks ? 2 : 1
        let before = last
        if bottleneck { add("reduce\(name)", convolution(1)) }
        add("a\(name)", convolution(3, stride: stride))
        add("b\(name)", convolution(bottleneck ? 1 : 3))
        let sum = last
        add("shortcut\(name)", convolution(1, stride: stride), [before])
        add("sum\(name)", Add(), [sum, "shortcut\(name)"])
      }
    }
    return try Network(
      name: "resnet", inputShape: Shape(channels: 1, height: 224, width: 224), nodes: nodes)
  }

  @Test(
    "TF-Slim's ResNets: 483, 1027 and 1507",
    arguments: [([3, 4, 6, 3], 483, 239), ([3, 4, 23, 3], 1027, 511), ([3, 8, 36, 3], 1507, 751)])
  func slimResNets(blocks: [Int], field: Int, padding: Int) throws {
    let network = try resNet(blocks, bottleneck: true, .slim)
    let last = try #require(network.nodes.last)
    try expect(network, last.name, field: field, stride: 32, padding: padding)
    let shape = try #require(network.inputShape)
    #expect(try network.shapes(for: shape)[last.name]?.extent == Extent(7))
  }

  @Test(
    "torchvision's ResNet-18, 34 and 50 by the same formula: 435, 899 and 427",
    arguments: [([2, 2, 2, 2], false, 435), ([3, 4, 6, 3], false, 899), ([3, 4, 6, 3], true, 427)])
  func torchvisionResNets(blocks: [Int], bottleneck: Bool, field: Int) throws {
    let network = try resNet(blocks, bottleneck: bottleneck, .torchvision)
    // With every window centred on its pixel the first field is centred on the first pixel.
    try expect(
      network, network.nodes[network.nodes.count - 1].name, field: field, stride: 32, padding: field / 2)
  }

  @Test("TF-Slim's MobileNet v1: 315, 32 apart, 126 beyond the border")
  func mobileNet() throws {
    var generator = SplitMix64(seed: 1)
    let strides = [2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
    let chain = strides.enumerated().map { index, stride -> (String, any Kernel) in
      // TensorFlow's SAME at stride 2 on an even size pads behind only.
      let edges = stride == 1 ? Edges(1) : Edges(top: 0, bottom: 1, left: 0, right: 1)
      let layer = Convolution2D(
        inputChannels: 1, outputChannels: 1, kernelSize: Extent(3), stride: Extent(stride),
        padding: .explicit(edges), using: &generator)
      return ("conv\(index)", layer)
    }
    try expect(try Network(name: "m", chain: chain), "conv13", field: 315, stride: 32, padding: 126)
  }
}
