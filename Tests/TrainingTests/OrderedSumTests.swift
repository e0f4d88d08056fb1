import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Training

@Suite("Ordered sums")
struct OrderedSumTests {
  /// Rows of very different sizes, whose sum depends on the order.
  private let rows = (0..<7).map { row in
    Tensor.random(Shape(channels: 1, height: 1, width: 67), in: -1...1, seed: UInt64(row)).values
      .map { $0 * (row % 2 == 0 ? 1e6 : 1e-2) }
  }

  private var expected: [Float] {
    (0..<67).map { i in rows.reduce(Float(0)) { $0 + $1[i] } }
  }

  private func fill(_ row: OrderedSum.Row, _ index: Int) {
    for i in 0..<67 { row.values[i] += rows[index][i] }
  }

  @Test(
    "rows are added in their order, in whatever order they come",
    arguments: [
      [0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [3, 0, 6, 1, 2, 5, 4],
    ])
  func order(arrivals: [Int]) {
    let sum = OrderedSum(count: 67)
    for _ in 0..<2 {
      sum.begin()
      let borrowed = arrivals.map { _ in sum.borrow() }
      for (row, index) in zip(borrowed, arrivals) {
        fill(row, index)
        sum.give(row, index)
      }
      #expect(Array(sum.values) == expected)
    }
  }

  @Test("several threads give the same sum, bit by bit")
  func threads() throws {
    let sum = OrderedSum(count: 67)
    for _ in 0..<50 {
      sum.begin()
      parallelFor(rows.count) { index in
        let row = sum.borrow()
        fill(row, index)
        sum.give(row, index)
      }
      #expect(Array(sum.values) == expected)
    }
  }

  @Test("what a failed sum left waiting is not part of the next, and rows come back as zeros")
  func startsAgain() {
    let sum = OrderedSum(count: 67)
    sum.begin()
    let late = sum.borrow()
    fill(late, 3)
    sum.give(late, 3)
    sum.begin()
    for index in rows.indices {
      let row = sum.borrow()
      #expect(row.values.allSatisfy { $0 == 0 })
      fill(row, index)
      sum.give(row, index)
    }
    #expect(Array(sum.values) == expected)
  }

  @Test("a network without weights has an empty sum")
  func empty() {
    let sum = OrderedSum(count: 0)
    sum.begin()
    sum.give(sum.borrow(), 0)
    #expect(sum.values.isEmpty)
  }
}
