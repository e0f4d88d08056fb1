import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// Every small combination of size, kernel, stride, padding and dilation, with all kinds of groups and batches.
@Suite("Cross-correlation against the reference")
struct CrossCorrelationProductTests {
  /// The settings along one axis.
  struct Axis {
    var size, kernel, stride, dilation, before, after: Int

    /// Size x kernel x stride x dilation x padding before x padding after, where a window fits.
    static let all: [Axis] = {
      var list: [Axis] = []
      for size in 1...5 {
        for kernel in 1...4 {
          for stride in 1...3 {
            for dilation in 1...2 {
              for before in 0...2 {
                for after in 0...2 where dilation * (kernel - 1) < size + before + after {
                  list.append(
                    Axis(
                      size: size, kernel: kernel, stride: stride, dilation: dilation, before: before,
                      after: after))
                }
              }
            }
          }
        }
      }
      return list
    }()
  }

  /// Inputs of a group, outputs of a group, groups: below, at and above the blocks of four outputs.
  static let channels = [
    (1, 1, 1), (2, 3, 1), (1, 1, 3), (1, 2, 2), (3, 1, 1), (1, 5, 1), (1, 4, 1), (2, 6, 1),
  ]
  static let batches = [1, 3, 8, 16, 17, 33]

  /// One case with what the reference says of three different examples.
  struct Case {
    let options: CorrelationOptions
    let input, weight, output, outputGradient: Tensor
    let bias: [Float]
    let gradients: [CorrelationGradients<Float>]

    init(_ index: Int, vertical: Axis, horizontal: Axis) throws {
      let (inputs, outputs, groups) = channels[index % channels.count]
      options = CorrelationOptions(
        stride: Extent(height: vertical.stride, width: horizontal.stride),
        padding: Edges(
          top: vertical.before, bottom: vertical.after, left: horizontal.before, right: horizontal.after),
        dilation: Extent(height: vertical.dilation, width: horizontal.dilation), groups: groups)
      let seed = UInt64(index)
      let input = Tensor.integers(
        Shape(batch: 3, channels: inputs * groups, height: vertical.size, width: horizontal.size), seed: seed)
      let weight = Tensor.integers(
        Shape(
          batch: outputs * groups, channels: inputs, height: vertical.kernel, width: horizontal.kernel),
        seed: seed + 1_000_000)
      bias = (0..<weight.shape.batch).map { Float($0 + 1) }
      output = try Reference.crossCorrelation(input, weight: weight, bias: bias, options: options)
      let gradient = Tensor.integers(output.shape, seed: seed + 2_000_000)
      let options = options
      gradients = try (0..<3).map {
        try Reference.crossCorrelationGradients(
          gradient.examples($0..<$0 + 1), input: input.examples($0..<$0 + 1), weight: weight,
          options: options)
      }
      (self.input, self.weight, outputGradient) = (input, weight, gradient)
    }

    /// The input's gradient of the three examples.
    var inputGradient: Tensor {
      Tensor(shape: input.shape, values: gradients.flatMap { $0.input?.values ?? [] })
    }

    /// A gradient by weight or bias, summed over `batch` examples.
    func sum(_ batch: Int, _ part: (CorrelationGradients<Float>) -> [Float]) -> [Float] {
      var sum = [Float](repeating: 0, count: part(gradients[0]).count)
      for (n, gradient) in gradients.enumerated() {
        let times = Float((batch + 2 - n) / 3)
        for (i, value) in part(gradient).enumerated() { sum[i] += times * value }
      }
      return sum
    }

    /// What is wrong with the fast operations for a batch of the three examples in turn.
    func problem(batch: Int, _ loops: InnerLoops) throws -> String? {
      let x = input.cycled(to: batch)
      let y = try crossCorrelation(x, weight: weight, bias: bias, options: options, loops: loops)
      if let problem = firstDifference(y.values, output.cycled(to: batch).values) {
        return "output: " + problem
      }
      let fast = try crossCorrelationGradients(
        outputGradient.cycled(to: batch), input: x, weight: weight, options: options, needsInput: true,
        loops: loops)
      let expected = inputGradient.cycled(to: batch).values
      if let problem = firstDifference(fast.input?.values ?? [], expected) { return "input: " + problem }
      if let problem = firstDifference(fast.weight.values, sum(batch) { $0.weight.values }) {
        return "weight: " + problem
      }
      return firstDifference(fast.bias, sum(batch) { $0.bias }).map { "bias: " + $0 }
    }
  }

  @Test("outputs and gradients are equal bit by bit for all sizes, kernels, strides, paddings, dilations")
  func allSettings() throws {
    let all = try InnerLoops.available.map { try loops($0.name) }
    // Every setting comes once as the vertical and once as the horizontal one, beside a random other.
    var generator = SplitMix64(seed: 7)
    let partners = generator.permutation(Axis.all.count)
    for (index, vertical) in Axis.all.enumerated() {
      let horizontal = Axis.all[partners[index]]
      let item = try Case(index, vertical: vertical, horizontal: horizontal)
      // A small batch, which takes the matrix product, and a large one, which takes the vector lanes.
      for batch in [[1, 3, 3][index % 3], [8, 16, 17][index % 3]] {
        for loops in all {
          if let problem = try item.problem(batch: batch, loops) {
            Issue.record("\(loops.name), batch \(batch), \(vertical) by \(horizontal): \(problem)")
          }
        }
      }
    }
  }

  @Test("every batch size goes with every kind of groups", arguments: instructionSets)
  func batches(set: String) throws {
    let all = try loops(set)
    for index in Self.channels.indices {
      for (vertical, horizontal) in [
        (
          Axis(size: 4, kernel: 3, stride: 1, dilation: 1, before: 1, after: 1),
          Axis(size: 5, kernel: 2, stride: 2, dilation: 1, before: 0, after: 1)
        ),
        (
          Axis(size: 5, kernel: 2, stride: 2, dilation: 2, before: 2, after: 0),
          Axis(size: 7, kernel: 3, stride: 1, dilation: 1, before: 0, after: 2)
        ),
      ] {
        let item = try Case(index, vertical: vertical, horizontal: horizontal)
        for batch in Self.batches {
          let problem = try item.problem(batch: batch, all)
          #expect(problem == nil, "batch \(batch), channels \(Self.channels[index])")
        }
      }
    }
  }

  @Test("kernels and rows wider than every register block are exact", arguments: instructionSets)
  func wideRows(set: String) throws {
    let all = try loops(set)
    for width in [13, 16, 31, 47, 79, 80, 81, 103] {
      for kernel in [1, 6, 7, 13] {
        let item = try Case(
          width + kernel, vertical: Axis(size: 2, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0),
          horizontal: Axis(size: width, kernel: kernel, stride: 1, dilation: 1, before: 2, after: 1))
        for batch in [1, 8] {
          let problem = try item.problem(batch: batch, all)
          #expect(problem == nil, "width \(width), kernel \(kernel), batch \(batch)")
        }
      }
    }
  }

  @Test("a picture of several bands equals the reference", arguments: instructionSets)
  func severalBands(set: String) throws {
    // 300 columns of 49 * 3 products are more than the budget of one band holds.
    let input = Tensor.integers(Shape(channels: 3, height: 12, width: 300), seed: 5)
    let weight = Tensor.integers(Shape(batch: 1, channels: 3, height: 7, width: 7), seed: 6)
    let options = CorrelationOptions(padding: Edges(3))
    let fast = try crossCorrelation(
      input, weight: weight, bias: nil, options: options, loops: try loops(set))
    // The reference of one row of windows: rows 5..<12 see output row 8.
    let rows = (0..<3).map { c in (5..<12).map { y in (0..<300).map { input[0, c, y, $0] } } }
    let expected = try Reference.crossCorrelation(
      Tensor(planes: rows), weight: weight, options: .init(padding: Edges(vertical: 0, horizontal: 3)))
    #expect(Array(fast.values[8 * 300..<9 * 300]) == expected.values)
    #expect(fast.shape == Shape(channels: 1, height: 12, width: 300))
  }

  @Test("empty batches give empty results and zero gradients", arguments: instructionSets)
  func emptyBatch(set: String) throws {
    let input = Tensor(shape: Shape(batch: 0, channels: 2, height: 3, width: 3))
    let weight = Tensor.integers(Shape(batch: 4, channels: 2, height: 2, width: 2), seed: 6)
    let all = try loops(set)
    let output = try crossCorrelation(input, weight: weight, bias: nil, options: .init(), loops: all)
    #expect(output.shape == Shape(batch: 0, channels: 4, height: 2, width: 2))
    let gradients = try crossCorrelationGradients(
      output, input: input, weight: weight, options: .init(), needsInput: true, loops: all)
    #expect(gradients.input == input)
    #expect(gradients.weight == Tensor(shape: weight.shape))
    #expect(gradients.bias == [0, 0, 0, 0])
  }

  @Test("the gradient by the input is left out when it is not needed")
  func withoutInput() throws {
    let input = Tensor.integers(Shape(channels: 1, height: 3, width: 3), seed: 1)
    let weight = Tensor.integers(Shape(batch: 1, channels: 1, height: 2, width: 2), seed: 2)
    let output = try crossCorrelation(input, weight: weight)
    let both = try crossCorrelationGradients(output, input: input, weight: weight)
    let one = try crossCorrelationGradients(output, input: input, weight: weight, needsInput: false)
    #expect(one.input == nil)
    #expect(both.input != nil)
    #expect(one.weight == both.weight)
  }
}
