import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// The number of threads is the process's, so these tests run one after the other and put it back.
@Suite("Threads", .serialized)
struct ThreadTests {
  private func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = count
    return try body()
  }

  /// The results of `body` with one, two and three threads.
  private func results<Result>(_ body: () throws -> Result) rethrows -> [Result] {
    try [1, 2, 3].map { try withThreads($0, body) }
  }

  @Test("there is always at least one thread")
  func atLeastOne() {
    #expect(Threads.count >= 1)
    #expect(withThreads(0) { Threads.count } == 1)
    #expect(withThreads(-3) { Threads.count } == 1)
    #expect(withThreads(5) { Threads.count } == 5)
  }

  @Test("every index is visited once", arguments: [0, 1, 2, 7, 100])
  func everyIndex(count: Int) {
    let visits = results {
      var list = [Int](repeating: 0, count: count)
      list.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let shared = Shared(base)
        parallelFor(count) { shared.base[$0] += 1 }
      }
      return list
    }
    #expect(visits == Array(repeating: [Int](repeating: 1, count: count), count: 3))
  }

  @Test("correlations and their gradients have the same bits", arguments: [1, 3, 70], instructionSets)
  func correlation(batch: Int, set: String) throws {
    let all = try loops(set)
    let input = Tensor.random(Shape(batch: batch, channels: 4, height: 9, width: 11), seed: 1)
    let weight = Tensor.random(Shape(batch: 6, channels: 2, height: 3, width: 3), seed: 2)
    let options = CorrelationOptions(stride: Extent(height: 2, width: 1), padding: Edges(1), groups: 2)
    let outputs = try results {
      try crossCorrelation(input, weight: weight, bias: nil, options: options, loops: all)
    }
    #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
    let gradients = try results {
      try crossCorrelationGradients(
        outputs[0], input: input, weight: weight, options: options, needsInput: true, loops: all)
    }
    for other in gradients[1...] {
      #expect(other.input == gradients[0].input)
      #expect(other.weight == gradients[0].weight)
      #expect(other.bias == gradients[0].bias)
    }
  }

  @Test("a wide picture in several bands has the same bits", arguments: instructionSets)
  func bands(set: String) throws {
    let all = try loops(set)
    let input = Tensor.random(Shape(channels: 3, height: 40, width: 400), seed: 3)
    let weight = Tensor.random(Shape(batch: 2, channels: 3, height: 5, width: 5), seed: 4)
    let outputs = try results {
      try crossCorrelation(
        input, weight: weight, bias: [1, 2], options: .init(padding: Edges(2)), loops: all)
    }
    #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
  }

  @Test("filters have the same bits", arguments: instructionSets)
  func filters(set: String) throws {
    let all = try loops(set)
    let input = Tensor.random(Shape(channels: 3, height: 300, width: 301), seed: 5)
    let line: [Float] = [0.1, 0.3, 0.7, -0.2, 0.4, 0.1, 0.6]
    let dense = try LinearFilter(
      kernel: Tensor.random(Shape(channels: 1, height: 5, width: 5), seed: 6), bias: 0.5)
    let separable = LinearFilter(products: [.init(column: line, row: line)])
    let x = try LinearFilter(kernel: Tensor(rows: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]))
    let y = try LinearFilter(kernel: Tensor(rows: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]))
    let operations: [() throws -> Tensor] = [
      { try filterPlanes(input, dense, border: .reflect, loops: all) },
      { try filterPlanes(input, separable, border: .circular, loops: all) },
      { try gradientPlanes(input, x: x, y: y, part: .length, border: .replicate, loops: all) },
      { try sharpenPlanes(input, blur: separable, amount: 2, threshold: 0.1, border: nil, loops: all) },
    ]
    for (index, operation) in operations.enumerated() {
      let outputs = try results(operation)
      #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0], "operation \(index)")
    }
  }

  @Test("pooling of large planes has the same bits", arguments: PoolingKind.allCases)
  func pools(kind: PoolingKind) throws {
    let input = Tensor.random(Shape(channels: 4, height: 512, width: 513), seed: 7)
    let options = PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1))
    let outputs = try results { try pooling(input, kind: kind, options: options) }
    #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
    let gradients = try results {
      try poolingGradient(outputs[0], input: input, kind: kind, options: options)
    }
    #expect(gradients[1] == gradients[0] && gradients[2] == gradients[0])
  }
}
