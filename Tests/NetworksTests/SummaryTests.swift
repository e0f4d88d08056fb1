import KernelAPI
import Layers
import LeNet
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Networks

@Suite("Summary of a network")
struct SummaryTests {
  struct Row: Sendable {
    let layer, kind, shape: String
    let parameters, multiplyAdds: Int
    /// size, jump and first place of the field; `nil` where it is the whole input.
    let field: [Int]?
  }

  static let leNet = [
    Row(
      layer: "conv1", kind: "conv 5x5 pad 2", shape: "6x28x28", parameters: 156,
      multiplyAdds: 117_600, field: [5, 1, -2]),
    Row(
      layer: "sigmoid1", kind: "sigmoid", shape: "6x28x28", parameters: 0, multiplyAdds: 0, field: [5, 1, -2]),
    Row(
      layer: "pool1", kind: "average pool 2x2", shape: "6x14x14", parameters: 0, multiplyAdds: 0,
      field: [6, 2, -2]),
    Row(
      layer: "conv2", kind: "conv 5x5", shape: "16x10x10", parameters: 2416, multiplyAdds: 240_000,
      field: [14, 2, -2]),
    Row(
      layer: "sigmoid2", kind: "sigmoid", shape: "16x10x10", parameters: 0, multiplyAdds: 0,
      field: [14, 2, -2]),
    Row(
      layer: "pool2", kind: "average pool 2x2", shape: "16x5x5", parameters: 0, multiplyAdds: 0,
      field: [16, 4, -2]),
    Row(layer: "flatten", kind: "flatten", shape: "400", parameters: 0, multiplyAdds: 0, field: nil),
    Row(layer: "fc1", kind: "linear", shape: "120", parameters: 48_120, multiplyAdds: 48_000, field: nil),
    Row(layer: "sigmoid3", kind: "sigmoid", shape: "120", parameters: 0, multiplyAdds: 0, field: nil),
    Row(layer: "fc2", kind: "linear", shape: "84", parameters: 10_164, multiplyAdds: 10_080, field: nil),
    Row(layer: "sigmoid4", kind: "sigmoid", shape: "84", parameters: 0, multiplyAdds: 0, field: nil),
    Row(layer: "fc3", kind: "linear", shape: "10", parameters: 850, multiplyAdds: 840, field: nil),
  ]

  @Test("LeNet: 12 layers, 61,706 parameters and 416,520 multiply-adds, each row as computed by hand")
  func leNetRows() throws {
    let network = try makeLeNet(seed: 3)
    let rows = try network.summary(for: try #require(network.inputShape))
    try #require(rows.count == 12)
    for (row, expected) in zip(rows, Self.leNet) {
      #expect(row.layer == expected.layer)
      #expect(row.kind == expected.kind)
      #expect(row.shape.description == expected.shape)
      #expect(row.parameters == expected.parameters)
      #expect(row.multiplyAdds == expected.multiplyAdds)
      let field = row.receptiveField
      #expect(field.isGlobal == (expected.field == nil))
      if let numbers = expected.field {
        #expect(field.size == Extent(numbers[0]))
        #expect(field.jump == Extent(numbers[1]))
        #expect(field.first == Offset(y: numbers[2], x: numbers[2]))
      }
    }
    #expect(rows.map(\.inputs).prefix(2) == [["input"], ["conv1"]])
    #expect(rows.reduce(0) { $0 + $1.parameters } == 61_706)
    #expect(rows.reduce(0) { $0 + $1.multiplyAdds } == 416_520)
    #expect(network.parameterCount == 61_706)
  }

  @Test("the centre of the first field follows Distill's formula")
  func start() throws {
    let fields = try makeLeNet(seed: 3).receptiveFields()
    // start = start + ((k - 1) / 2 - padding) * jump: 0, 0.5, 4.5, 5.5
    let starts = ["conv1", "pool1", "conv2", "pool2"].map { fields[$0]?.start.y }
    #expect(starts == [0, 0.5, 4.5, 5.5])
  }

  @Test("kinds tell what differs from the default")
  func kinds() throws {
    var generator = SplitMix64(seed: 1)
    let convolution = Convolution2D(
      inputChannels: 2, outputChannels: 2, kernelSize: Extent(height: 3, width: 5),
      stride: Extent(height: 2, width: 1), padding: .explicit(Edges(vertical: 1, horizontal: 2)),
      dilation: Extent(2), groups: 2, using: &generator)
    #expect(
      describe(convolution) == "conv 3x5 stride 2x1 pad (1, 2) dilation 2 groups 2")
    #expect(
      describe(Pooling2D(.max, kernelSize: 3, stride: 2, padding: 1)) == "max pool 3x3 stride 2 pad 1")
    #expect(describe(Doubled()) == "pointwise filter")
    #expect(describe(MatrixFilter(Tensor(rows: [[1, 2]]), border: .valid)) == "filter 1x2")
    #expect(describe(Add()) == "add")
    #expect(describe(Concatenate()) == "concatenate")
    #expect(describe(Softmax()) == "softmax")
  }

  @Test("a picture too small names the layer that refuses it")
  func tooSmall() throws {
    let error = try #require(throws: NetworkError.self) {
      try makeLeNet(seed: 3).summary(for: Shape(channels: 1, height: 8, width: 8))
    }
    guard case .layer("conv2", _) = error else {
      Issue.record("\(error)")
      return
    }
  }
}

@Suite("Receptive fields, by force")
struct ReceptiveFieldTests {
  /// Changes each input pixel in turn and expects exactly the outputs to change whose field holds it.
  private func check(_ network: Network, _ extent: Extent, channels: Int = 1) throws {
    let fields = network.receptiveFields()
    let shape = Shape(channels: channels, height: extent.height, width: extent.width)
    let input = Tensor.random(shape, in: 0.5...1, seed: 31)
    let before = try network.activations(of: network.layerNames, for: input)
    for y in 0..<extent.height {
      for x in 0..<extent.width {
        var changed = input
        changed[0, 0, y, x] += 40
        let after = try network.activations(of: network.layerNames, for: changed)
        for (old, new) in zip(before, after) {
          let field = try #require(fields[old.layer])
          let wrong = wrongPlaces(old.output, new.output, field, Offset(y: y, x: x), extent)
          #expect(wrong.isEmpty, "\(old.layer) at \(wrong) for the pixel (\(y), \(x))")
        }
      }
    }
  }

  /// Places that changed outside their field, or did not although the pixel is in it.
  private func wrongPlaces(
    _ old: Tensor, _ new: Tensor, _ field: ReceptiveField, _ pixel: Offset, _ extent: Extent
  ) -> [Offset] {
    var wrong: [Offset] = []
    for y in 0..<old.shape.height {
      for x in 0..<old.shape.width {
        let changed = (0..<old.shape.channels).contains { old[0, $0, y, x] != new[0, $0, y, x] }
        let top = field.first.y + y * field.jump.height
        let left = field.first.x + x * field.jump.width
        let inside =
          field.isGlobal
          || ((top..<top + field.size.height).contains(pixel.y)
            && (left..<left + field.size.width).contains(pixel.x))
        if changed && !inside { wrong.append(Offset(y: y, x: x)) }
        // The corners of a field count, so that it is not too large either; where it reaches into the
        // padding, the way to a corner may be cut off.
        let bottom = top + field.size.height - 1
        let right = left + field.size.width - 1
        let isCorner = (pixel.y == top || pixel.y == bottom) && (pixel.x == left || pixel.x == right)
        let isWhole = top >= 0 && left >= 0 && bottom < extent.height && right < extent.width
        if !changed && !field.isGlobal && isCorner && isWhole { wrong.append(Offset(y: y, x: x)) }
      }
    }
    return wrong
  }

  @Test("random chains of convolutions, pooling, strides and dilations", arguments: 1...6)
  func chains(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var chain: [(String, any Kernel)] = []
    for index in 0..<3 {
      let size = Extent(height: 1 + generator.index(below: 3), width: 1 + generator.index(below: 3))
      let stride = Extent(height: 1 + generator.index(below: 2), width: 1 + generator.index(below: 2))
      if generator.index(below: 3) == 0 {
        chain.append(
          ("pool\(index)", Pooling2D(.average, options: PoolingOptions(kernelSize: size, stride: stride))))
      } else {
        var layer = Convolution2D(
          inputChannels: 1, outputChannels: 1, kernelSize: size, stride: stride,
          padding: .explicit(Edges(top: generator.index(below: 3), bottom: 1, left: 0, right: 2)),
          dilation: Extent(height: 1 + generator.index(below: 2), width: 1 + generator.index(below: 3)),
          using: &generator)
        // Positive weights, so that no two ways cancel.
        layer.weights[0].values = layer.weights[0].values.map { abs($0) + 0.2 }
        chain.append(("conv\(index)", layer))
      }
    }
    try check(try Network(name: "n", chain: chain), Extent(height: 15, width: 16))
  }

  @Test("a branching graph sees what its widest branches see")
  func branching() throws {
    let network = try branchingNetwork()
    #expect(network.receptiveFields()["both"]?.size == Extent(5))
    try check(network, Extent(6))
  }
}
