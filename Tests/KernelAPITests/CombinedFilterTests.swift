import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Filters whose maps are combined")
struct CombinedFilterTests {
  private func filter(
    _ combination: MapCombination, inputs: Int = 1, _ operations: [MapOperation] = []
  ) -> CombinedFilter {
    let weight = Tensor(
      shape: Shape(batch: 2, channels: inputs, height: 1, width: 2),
      values: inputs == 1 ? [1, 0, 0, 1] : [1, 0, 1, 0, 0, 1, 0, 1])
    return CombinedFilter(
      FilterBank(name: "pair", weight: weight, border: .valid), names: ["here", "right"],
      combination: combination, operations: operations)
  }

  private let picture = Tensor(planes: [[[3, -4, 12]], [[0, 8, 6]]])

  @Test("each colour by itself: root of squares, sum, largest")
  func eachColour() throws {
    #expect(try filter(.magnitude)(picture).values == [5, Float(160).squareRoot(), 8, 10])
    #expect(try filter(.sum)(picture).values == [-1, 8, 8, 14])
    #expect(try filter(.max)(picture).values == [3, 12, 8, 8])
    #expect(try filter(.none)(picture).values == [3, -4, -4, 12, 0, 8, 8, 6])
    #expect(try filter(.sum).outputShape(for: picture.shape).channels == 2)
  }

  @Test("filters that see all channels give one map")
  func across() throws {
    // 3 + 0 and -4 + 8; -4 + 8 and 12 + 6
    let output = try filter(.sum, inputs: 2)(picture)
    #expect(output.values == [7, 22] && output.shape.channels == 1)
    #expect(try filter(.max, inputs: 2)(picture).values == [4, 18])
  }

  @Test("operations follow in their order")
  func operations() throws {
    #expect(try filter(.sum, [.abs])(picture).values == [1, 8, 8, 14])
    #expect(try filter(.sum, [.clamp(0...10)])(picture).values == [0, 8, 8, 10])
    #expect(try filter(.sum, [.threshold(8)])(picture).values == [0, 0, 0, 1])
    #expect(try filter(.sum, [.abs, .threshold(0.5)])(picture).values == [1, 1, 1, 1])
    #expect(try filter(.sum, [.threshold(0.5), .abs])(picture).values == [0, 1, 1, 1])
    #expect(try filter(.none, [.abs])(picture).values == [3, 4, 4, 12, 0, 8, 8, 6])
  }

  @Test(
    "the backward pass agrees with central differences", arguments: MapCombination.allCases, [1, 2])
  func backward(combination: MapCombination, inputs: Int) throws {
    let bank = FilterBank(
      name: "bank",
      weight: .random(Shape(batch: 3, channels: inputs, height: 2, width: 3), in: -1...1, seed: 4),
      bias: [0.1, 0.2, 0.3], border: FilterBorder(.symmetric))
    let kernel = CombinedFilter(
      bank, names: ["a", "b", "c"], combination: combination, operations: [.clamp(-0.9...1.1), .abs])
    let input = Tensor.random(Shape(channels: 2, height: 4, width: 5), in: -1...1, seed: 5)
    let output = try kernel(input)
    let gradient = Tensor.random(output.shape, in: -1...1, seed: 6)
    let found = try #require(
      try kernel.backward(gradient, input: input, output: output, needsInput: true).input)
    func loss(_ picture: Tensor) throws -> Double {
      try zip(kernel(picture).values, gradient.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    // A kink within the step makes single differences wrong; the seeds avoid most of them.
    var wrong = 0
    for i in input.values.indices {
      var (up, down) = (input, input)
      up.values[i] += 1e-3
      down.values[i] -= 1e-3
      let expected = try (loss(up) - loss(down)) / Double(up.values[i] - down.values[i])
      if abs(expected - Double(found.values[i])) > 5e-3 { wrong += 1 }
    }
    #expect(wrong <= 2)
  }

  @Test("each filter of a combination is shown by its name")
  func visible() {
    #expect(filter(.magnitude).visibleWeights.map(\.name) == ["here", "right"])
    #expect(filter(.magnitude).visibleWeights.map(\.dimensions) == [[1, 1, 1, 2], [1, 1, 1, 2]])
    #expect(filter(.sum, inputs: 2).visibleWeights.map(\.dimensions) == [[2, 2, 1, 2]])
  }
}
