import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// The worked numbers of Dive into Deep Learning, 6.2 to 6.4, by the reference and the fast operation.
@Suite("Cross-correlation")
struct CrossCorrelationTests {
  static let picture: [[Float]] = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
  static let kernel: [[Float]] = [[0, 1], [2, 3]]
  /// Six rows of eight: white, four black columns in the middle, white.
  static let edges = Tensor(rows: Array(repeating: [1, 1, 0, 0, 0, 0, 1, 1], count: 6))

  /// The result of both implementations, which must agree exactly.
  private func correlate(
    _ input: Tensor, _ weight: Tensor, bias: [Float]? = nil, _ options: CorrelationOptions = .init()
  ) throws -> Tensor {
    let reference = try Reference.crossCorrelation(input, weight: weight, bias: bias, options: options)
    let fast = try crossCorrelation(input, weight: weight, bias: bias, options: options)
    #expect(fast == reference)
    return reference
  }

  @Test("a 3x3 picture with a 2x2 kernel gives the chapter's numbers")
  func firstExample() throws {
    let result = try correlate(Tensor(rows: Self.picture), Tensor(rows: Self.kernel))
    #expect(result == Tensor(rows: [[19, 25], [37, 43]]))
  }

  @Test("[1, -1] finds vertical edges and their direction")
  func verticalEdges() throws {
    let result = try correlate(Self.edges, Tensor(rows: [[1, -1]]))
    #expect(result == Tensor(rows: Array(repeating: [0, 1, 0, 0, 0, -1, 0], count: 6)))
  }

  @Test("[1, -1] sees nothing in the transposed picture")
  func horizontalEdges() throws {
    let result = try correlate(Self.edges.transposed(), Tensor(rows: [[1, -1]]))
    #expect(result == Tensor(shape: Shape(channels: 1, height: 8, width: 5)))
  }

  @Test("[1; -1] sees the edges of the transposed picture")
  func transposedKernel() throws {
    let across = try correlate(Self.edges, Tensor(rows: [[1, -1]]))
    let down = try correlate(Self.edges.transposed(), Tensor(rows: [[1], [-1]]))
    #expect(down == across.transposed())
  }

  /// The chapter's two input channels, X and X + 1.
  private var twoChannels: Tensor {
    Tensor(planes: [Self.picture, Self.picture.map { $0.map { $0 + 1 } }])
  }

  @Test("two input channels are summed")
  func inputChannels() throws {
    let weight = Tensor(planes: [Self.kernel, [[1, 2], [3, 4]]])
    #expect(try correlate(twoChannels, weight) == Tensor(rows: [[56, 72], [104, 120]]))
  }

  @Test("three output channels have a filter each")
  func outputChannels() throws {
    let filter: [Float] = [0, 1, 2, 3, 1, 2, 3, 4]
    let weight = Tensor(
      shape: Shape(batch: 3, channels: 2, height: 2, width: 2),
      values: filter + filter.map { $0 + 1 } + filter.map { $0 + 2 })
    #expect(
      try correlate(twoChannels, weight)
        == Tensor(planes: [
          [[56, 72], [104, 120]], [[76, 100], [148, 172]], [[96, 128], [192, 224]],
        ]))
  }

  @Test("a 1x1 kernel is a matrix product over the channels")
  func pointwise() throws {
    let input = Tensor.integers(Shape(channels: 3, height: 3, width: 3), seed: 1)
    let weight = Tensor.integers(Shape(batch: 2, channels: 3, height: 1, width: 1), seed: 2)
    let result = try correlate(input, weight)
    for o in 0..<2 {
      for place in 0..<9 {
        let sum = (0..<3).reduce(Float(0)) { $0 + weight[o, $1, 0, 0] * input.values[$1 * 9 + place] }
        #expect(result.values[o * 9 + place] == sum)
      }
    }
  }

  @Test("zero padding of 1 makes 4x4 of 3x3 and a 2x2 kernel, beginning with 0")
  func padding() throws {
    let result = try correlate(
      Tensor(rows: Self.picture), Tensor(rows: Self.kernel), .init(padding: Edges(1)))
    #expect(
      result == Tensor(rows: [[0, 3, 8, 4], [9, 19, 25, 10], [21, 37, 43, 16], [6, 7, 8, 0]]))
  }

  @Test("stride 3 down and 2 across gives the chapter's 8 and 6")
  func stride() throws {
    let result = try correlate(
      Tensor(rows: Self.picture), Tensor(rows: Self.kernel),
      .init(stride: Extent(height: 3, width: 2), padding: Edges(1)))
    #expect(result == Tensor(rows: [[0, 8], [6, 8]]))
  }

  @Test("the bias is added to its own output channel")
  func bias() throws {
    let weight = Tensor(shape: Shape(batch: 2, channels: 1, height: 1, width: 1), values: [1, 10])
    let result = try correlate(Tensor(rows: [[1, 2]]), weight, bias: [0.5, -3])
    #expect(result == Tensor(planes: [[[1.5, 2.5]], [[7, 17]]]))
  }

  @Test("dilation 2 leaves a gap between the weights")
  func dilation() throws {
    let result = try correlate(
      Tensor(rows: [[1, 2, 4, 8, 16]]), Tensor(rows: [[1, 1]]),
      .init(dilation: Extent(height: 1, width: 2)))
    #expect(result == Tensor(rows: [[5, 10, 20]]))
  }

  @Test("groups do not see each other's channels")
  func groups() throws {
    let input = Tensor(planes: [[[1]], [[2]], [[4]], [[8]]])
    let weight = Tensor(
      shape: Shape(batch: 2, channels: 2, height: 1, width: 1), values: [1, 10, 100, 1000])
    #expect(try correlate(input, weight, .init(groups: 2)).values == [21, 8400])
  }

  /// The losses of plain gradient descent on the squared error, and the kernel found.
  private func learn(from start: [Float], epochs: Int) throws -> (losses: [Float], kernel: [Float]) {
    let goal = try crossCorrelation(Self.edges, weight: Tensor(rows: [[1, -1]]))
    var weight = Tensor(rows: [start])
    var losses: [Float] = []
    for _ in 0..<epochs {
      let output = try crossCorrelation(Self.edges, weight: weight)
      var gradient = output
      for i in gradient.values.indices { gradient.values[i] = 2 * (output.values[i] - goal.values[i]) }
      losses.append(gradient.values.reduce(0) { $0 + $1 * $1 / 4 })
      let step = try crossCorrelationGradients(gradient, input: Self.edges, weight: weight)
      for i in 0..<2 { weight.values[i] -= 3e-2 * step.weight.values[i] }
    }
    return (losses, weight.values)
  }

  @Test("gradient descent goes down by the losses that the chapter prints")
  func chapterLosses() throws {
    // With the rate 0.03 the error along (1, 1) is multiplied by -0.8 in every step and that along (1, -1) by
    // 0.64, so the loss after t steps is A * 0.64^t + B * 0.4096^t. The five losses printed, to four digits,
    // give A = 1.662 and B = 7.460, hence this start (the chapter does not print its own).
    let losses = try learn(from: [0.3779, -0.0451], epochs: 10).losses
    let printed: [Float] = [4.1193, 0.9483, 0.2644, 0.0875, 0.0324]
    expectClose([1, 3, 5, 7, 9].map { losses[$0] }, printed, tolerance: 1e-3)
  }

  @Test("gradient descent finds [1, -1] from any start", arguments: [[Float(3), 2], [-0.5, 0.5], [0, 0]])
  func learning(start: [Float]) throws {
    expectClose(try learn(from: start, epochs: 100).kernel, [1, -1], tolerance: 1e-5)
  }
}
