import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// Operations on tiles against the reference, bit by bit: the numbers are small and whole, so that sums do not
/// depend on their order. Batches below eight go one by one, others through the lanes.
@Suite("Operations on tiles")
struct TileOperationTests {
  static let batches = [1, 3, 16, 21]

  struct Correlation: CustomTestStringConvertible, Sendable {
    let weight: Shape
    let input: Extent
    let options: CorrelationOptions
    var testDescription: String { "\(weight) on \(input), \(options)" }
  }

  /// Every size of a register block and its rests, strides, dilations, paddings that differ, groups.
  static let correlations: [Correlation] = {
    var list: [Correlation] = []
    for (outputs, inputs, size, width) in [
      (1, 1, 1, 1), (6, 1, 5, 28), (16, 6, 5, 14), (16, 5, 5, 14), (9, 2, 3, 7), (5, 3, 2, 35), (3, 4, 1, 19),
      (13, 1, 7, 17),
    ] {
      list.append(
        Correlation(
          weight: Shape(batch: outputs, channels: inputs, height: size, width: size),
          input: Extent(height: size + 3, width: width), options: .init()))
    }
    let small = Shape(batch: 4, channels: 2, height: 3, width: 2)
    for stride in 1...3 {
      for dilation in 1...2 {
        list.append(
          Correlation(
            weight: small, input: Extent(height: 9, width: 23),
            options: .init(
              stride: Extent(height: stride, width: 4 - stride),
              padding: Edges(top: 1, bottom: 2, left: 3, right: 0),
              dilation: Extent(height: dilation, width: 3 - dilation), groups: 2)))
      }
    }
    return list
  }()

  @Test("cross-correlation", arguments: correlations)
  func correlation(example: Correlation) throws {
    let weight = Tensor.integers(example.weight, multipleOf: WinogradTests.unit, seed: 1)
    let bias = Tensor.integers(Shape(channels: example.weight.batch, height: 1, width: 1), seed: 2).values
    for batch in Self.batches {
      let shape = Shape(
        batch: batch, channels: example.weight.channels * example.options.groups,
        height: example.input.height, width: example.input.width)
      let input = Tensor.integers(shape, seed: 3)
      let operation = try CorrelationOperation(
        weight: example.weight, options: example.options, input: shape)
      let expected = try Reference.crossCorrelation(
        input, weight: weight, bias: bias, options: example.options)
      let dy = Tensor.integers(expected.shape, multipleOf: WinogradTests.unit, seed: 4)
      let gradients = try Reference.crossCorrelationGradients(
        dy, input: input, weight: weight, options: example.options)
      for set in instructionSets {
        let loops = try loops(set)
        let actual = try operation(input, weight: weight.values, bias: bias, loops: loops)
        #expect(firstDifference(actual.values, expected.values) == nil, "\(set), batch \(batch)")
        let fast = try operation.gradients(
          dy, input: input, weight: weight.values, bias: bias, loops: loops)
        #expect(
          firstDifference(fast.weight, gradients.weight.values) == nil, "\(set), weight, batch \(batch)")
        #expect(firstDifference(fast.bias, gradients.bias) == nil, "\(set), bias, batch \(batch)")
        #expect(
          firstDifference(fast.input?.values ?? [], gradients.input?.values ?? []) == nil,
          "\(set), input, batch \(batch)")
      }
    }
  }

  @Test(
    "an activation done with a cross-correlation or a linear layer equals one done behind it",
    arguments: instructionSets, Activation.allCases)
  func fusion(set: String, kind: Activation) throws {
    let loops = try loops(set)
    let weight = Tensor.random(Shape(batch: 5, channels: 2, height: 3, width: 3), seed: 1)
    let flat = Tensor.random(Shape(batch: 7, channels: 2 * 8 * 21, height: 1, width: 1), seed: 2)
    for batch in [1, 18] {
      let input = Tensor.random(Shape(batch: batch, channels: 2, height: 8, width: 21), seed: 3)
      let vectors = flatten(input)
      let pairs: [(any TileOperation, Tensor, Tensor)] = [
        (try CorrelationOperation(weight: weight.shape, options: .init(), input: input.shape), input, weight),
        (LinearOperation(weight: flat.shape), vectors, flat),
      ]
      for (operation, input, weight) in pairs {
        let both = try #require(operation.followed(by: kind))
        #expect(both.followed(by: kind) == nil, "a second activation is another one")
        let plain = try operation(input, weight: weight.values, bias: nil, loops: loops)
        let output = activation(plain, kind, loops: loops)
        let fused = try both(input, weight: weight.values, bias: nil, loops: loops)
        #expect(firstDifference(fused.values, output.values) == nil)

        let dy = Tensor.random(output.shape, seed: 4)
        let behind = try activationGradient(dy, output: output, kind, loops: loops)
        let expected = try operation.gradients(
          behind, input: input, weight: weight.values, bias: nil, loops: loops)
        let actual = try both.gradients(dy, input: input, weight: weight.values, bias: nil, loops: loops)
        // One example goes forward by itself above, and in a lane here: sums in another order.
        expectClose(actual.weight, expected.weight, tolerance: 1e-4)
        expectClose(actual.input?.values ?? [], expected.input?.values ?? [], tolerance: 1e-5)
      }
    }
  }

  @Test(
    "cross-correlation, activation and averages of 2x2 in one equal one behind the other",
    arguments: instructionSets, [nil] + Activation.allCases.map(Optional.some))
  func averagesBehind(set: String, kind: Activation?) throws {
    let loops = try loops(set)
    // By tiles of eight points; of eight and six; without tiles; in groups.
    let shapes: [(weight: Shape, input: Shape, options: CorrelationOptions)] = [
      (
        Shape(batch: 6, channels: 1, height: 5, width: 5),
        Shape(batch: 17, channels: 1, height: 10, width: 12), .init()
      ),
      (
        Shape(batch: 7, channels: 2, height: 5, width: 5),
        Shape(batch: 16, channels: 2, height: 14, width: 14), .init()
      ),
      (
        Shape(batch: 5, channels: 2, height: 3, width: 3), Shape(batch: 3, channels: 2, height: 8, width: 10),
        .init()
      ),
      (
        Shape(batch: 8, channels: 1, height: 5, width: 5),
        Shape(batch: 16, channels: 2, height: 6, width: 10),
        .init(padding: Edges(1), groups: 2)
      ),
    ]
    for (weightShape, inputShape, options) in shapes {
      let input = Tensor.random(inputShape, seed: 1)
      let weight = Tensor.random(weightShape, seed: 2)
      let bias = (0..<weightShape.batch).map { Float($0) / 8 }
      var first: any TileOperation = try CorrelationOperation(
        weight: weightShape, options: options, input: inputShape)
      if let kind { first = try #require(first.followed(by: kind)) }
      let pooling = try PoolingOperation(
        .average, options: PoolingOptions(kernelSize: Extent(2)), input: first.outputShape)
      let both = try #require(first.followed(by: pooling))
      let between = try first(input, weight: weight.values, bias: bias, loops: loops)
      let expected = try pooling(between, weight: [], bias: nil, loops: loops)
      let actual = try both(input, weight: weight.values, bias: bias, loops: loops)
      expectClose(actual.values, expected.values, tolerance: 1e-5, "\(weightShape)")

      let dy = Tensor.random(expected.shape, seed: 3)
      let behind = try #require(
        try pooling.gradients(dy, input: between, weight: [], bias: nil, loops: loops).input)
      for needsInput in [true, false] {
        let gradients = try first.gradients(
          behind, input: input, weight: weight.values, bias: bias, needsInput: needsInput, loops: loops)
        let fast = try both.gradients(
          dy, input: input, weight: weight.values, bias: bias, needsInput: needsInput, loops: loops)
        expectClose(fast.weight, gradients.weight, tolerance: 2e-4, "\(weightShape), weight")
        expectClose(fast.bias, gradients.bias, tolerance: 2e-4, "\(weightShape), bias")
        expectClose(
          fast.input?.values ?? [], gradients.input?.values ?? [], tolerance: 1e-5, "\(weightShape), input")
      }
    }
  }

  @Test("bytes become their 255ths, correctly rounded, in every lane", arguments: instructionSets)
  func bytes(set: String) throws {
    for (examples, count) in [(16, 256), (16, 275), (3, 256)] {
      let bytes = (0..<examples).map { n in (0..<count).map { UInt8(truncatingIfNeeded: $0 * 3 + n * 17) } }
      var lanes = [Float](repeating: .nan, count: count * 16)
      let loops = try loops(set)
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: examples * count) { memory in
        _ = memory.initialize(from: bytes.joined())
        guard let base = memory.baseAddress else { return }
        packLanes(
          (0..<examples).map { UnsafePointer(base + $0 * count) }, count: count, &lanes, loops: loops)
      }
      for i in 0..<count {
        for lane in 0..<16 {
          let expected = lane < examples ? Float(bytes[lane][i]) / 255 : 0
          #expect(lanes[i * 16 + lane] == expected, "pixel \(i) of example \(lane)")
        }
      }
    }
  }

  @Test("linear layers of every size of a register block")
  func linearLayers() throws {
    for outputs in Array(1...18) + [33, 84, 120] {
      for inputs in [1, 7, 40, 84] {
        let weight = Tensor.integers(
          Shape(batch: outputs, channels: inputs, height: 1, width: 1), seed: UInt64(outputs))
        let bias = (0..<outputs).map { Float($0 % 5) }
        let operation = LinearOperation(weight: weight.shape)
        for batch in Self.batches {
          let input = Tensor.integers(Shape(batch: batch, channels: inputs, height: 1, width: 1), seed: 3)
          let expected = try Reference.linear(input, weight: weight, bias: bias)
          let dy = Tensor.integers(expected.shape, seed: 4)
          let gradients = try Reference.linearGradients(dy, input: input, weight: weight)
          for set in instructionSets {
            let loops = try loops(set)
            let example = "\(set), \(outputs)x\(inputs), batch \(batch)"
            let actual = try operation(input, weight: weight.values, bias: bias, loops: loops)
            #expect(firstDifference(actual.values, expected.values) == nil, "\(example)")
            let fast = try operation.gradients(
              dy, input: input, weight: weight.values, bias: bias, loops: loops)
            #expect(firstDifference(fast.weight, gradients.weight.values) == nil, "\(example)")
            #expect(firstDifference(fast.bias, gradients.bias) == nil, "\(example)")
            #expect(fast.input == gradients.input, "\(example)")
          }
        }
      }
    }
  }

  @Test("a large linear layer uses several threads and gives the same")
  func largeLinear() throws {
    let weight = Tensor.integers(Shape(batch: 1030, channels: 1024, height: 1, width: 1), seed: 1)
    let input = Tensor.integers(Shape(channels: 1024, height: 1, width: 1), seed: 2)
    let expected = try Reference.linear(input, weight: weight)
    let actual = try LinearOperation(weight: weight.shape)(
      input, weight: weight.values, bias: nil, loops: .best)
    #expect(firstDifference(actual.values, expected.values) == nil)
  }

  static let poolings: [PoolingOptions] = [
    PoolingOptions(kernelSize: Extent(2)), PoolingOptions(kernelSize: Extent(3), stride: Extent(2)),
    PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1)),
    PoolingOptions(kernelSize: Extent(height: 1, width: 3), stride: .one),
    PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1), ceilMode: true),
    PoolingOptions(kernelSize: Extent(4), padding: Edges(2), countIncludePad: false),
  ]

  @Test("pooling", arguments: instructionSets, poolings)
  func pooling(set: String, options: PoolingOptions) throws {
    for kind in PoolingKind.allCases {
      for batch in Self.batches {
        for size in [Extent(8), Extent(height: 7, width: 9)] {
          let shape = Shape(batch: batch, channels: 3, height: size.height, width: size.width)
          // Many equal values: the first of them must win.
          let input = Tensor.integers(shape, multipleOf: 144, seed: 3)
          let operation = try PoolingOperation(kind, options: options, input: shape)
          let expected = try Reference.pooling(input, kind: kind, options: options)
          let actual = try operation(input, weight: [], bias: nil, loops: try loops(set))
          expectClose(actual.values, expected.values, tolerance: 1e-5, "\(kind), \(size), \(batch)")
          let dy = Tensor.integers(expected.shape, multipleOf: 144, seed: 4)
          let gradient = try Reference.poolingGradient(dy, input: input, kind: kind, options: options)
          let fast = try operation.gradients(dy, input: input, weight: [], bias: nil, loops: try loops(set))
          expectClose(
            fast.input?.values ?? [], gradient.values, tolerance: 1e-5, "\(kind), \(size), \(batch), gradient"
          )
        }
      }
    }
  }

  @Test("a NaN wins the maximum of its window only, in its example only", arguments: instructionSets)
  func nan(set: String) throws {
    let shape = Shape(batch: 16, channels: 1, height: 2, width: 4)
    var input = Tensor.integers(shape, seed: 1)
    input[5, 0, 1, 0] = .nan
    let options = PoolingOptions(kernelSize: Extent(2))
    let output = try PoolingOperation(.max, options: options, input: shape)(
      input, weight: [], bias: nil, loops: try loops(set))
    for n in 0..<16 {
      #expect(output[n, 0, 0, 0].isNaN == (n == 5))
      #expect(!output[n, 0, 0, 1].isNaN)
    }
  }

  @Test("activations and softmax, forward and backward", arguments: instructionSets)
  func pointwise(set: String) throws {
    for batch in Self.batches {
      let shape = Shape(batch: batch, channels: 5, height: 3, width: 2)
      let input = Tensor.random(shape, in: -4...4, seed: 1)
      let dy = Tensor.random(shape, seed: 2)
      for kind in Activation.allCases {
        let operation = ActivationOperation(kind, shape: shape)
        let output = Reference.activation(input, kind)
        expectClose(
          try operation(input, weight: [], bias: nil, loops: try loops(set)).values, output.values,
          tolerance: 1e-6)
        let expected = try Reference.activationGradient(dy, output: output, kind)
        let gradient = try operation.gradients(dy, input: input, weight: [], bias: nil, loops: try loops(set))
        expectClose(gradient.input?.values ?? [], expected.values, tolerance: 1e-6)
      }
      let operation = SoftmaxOperation(shape: shape)
      let output = Reference.softmax(input)
      expectClose(
        try operation(input, weight: [], bias: nil, loops: try loops(set)).values, output.values,
        tolerance: 1e-6)
      let expected = try Reference.softmaxGradient(dy, output: output)
      let gradient = try operation.gradients(dy, input: input, weight: [], bias: nil, loops: try loops(set))
      expectClose(gradient.input?.values ?? [], expected.values, tolerance: 1e-6)
    }
  }
}

@Suite("Cross-entropy of tiles")
struct CrossEntropyTileTests {
  @Test("equals the plain function, with empty lanes at 0", arguments: instructionSets, [1, 11, 16])
  func plain(set: String, examples: Int) throws {
    let classes = 10
    let logits = Tensor.random(
      Shape(batch: examples, channels: classes, height: 1, width: 1), in: -90...90, seed: 7)
    let labels = (0..<examples).map { UInt8($0 * 7 % classes) }
    let expected = try crossEntropy(logits, labels: labels.map(Int.init), divisor: 100)
    var lanes = [Float](repeating: 0, count: classes * 16)
    for n in 0..<examples {
      for c in 0..<classes { lanes[c * 16 + n] = logits[n, c, 0, 0] }
    }
    var gradient = [Float](repeating: .nan, count: classes * 16)
    let result = try labels.withUnsafeBufferPointer { labels in
      crossEntropy(
        logits: lanes, classes: classes, labels: labels, scale: 0.01, gradient: &gradient,
        loops: try loops(set))
    }
    #expect(abs(result.loss - expected.loss) < 1e-5 * max(1, expected.loss))
    #expect(result.correct == expected.correct)
    for lane in 0..<16 {
      for c in 0..<classes {
        let value = gradient[c * 16 + lane]
        #expect(abs(value - (lane < examples ? expected.gradient[lane, c, 0, 0] : 0)) < 1e-8)
      }
    }
  }
}
