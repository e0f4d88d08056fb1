import TensorCore
import TestSupport
import Testing

@testable import TensorOps

@Suite("Border modes")
struct BorderModeTests {
  /// `a b c d` is 1 2 3 4; ten places beyond each end, written out by hand.
  @Test(
    "a row of four goes on as the mode says, far outside as well",
    arguments: [
      (BorderMode.zero, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      (.replicate, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [4, 4, 4, 4, 4, 4, 4, 4, 4, 4]),
      (.reflect, [3, 4, 3, 2, 1, 2, 3, 4, 3, 2], [3, 2, 1, 2, 3, 4, 3, 2, 1, 2]),
      (.symmetric, [2, 1, 1, 2, 3, 4, 4, 3, 2, 1], [4, 3, 2, 1, 1, 2, 3, 4, 4, 3]),
      (.circular, [3, 4, 1, 2, 3, 4, 1, 2, 3, 4], [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]),
    ] as [(BorderMode, [Float], [Float])])
  func byHand(border: BorderMode, before: [Float], after: [Float]) {
    let row = Tensor(rows: [[1, 2, 3, 4]])
    let padded = row.padded(by: Edges(vertical: 0, horizontal: 10), border: border)
    #expect(padded == Tensor(rows: [before + [1, 2, 3, 4] + after]))
    // Downwards the same.
    let column = row.transposed().padded(by: Edges(vertical: 10, horizontal: 0), border: border)
    #expect(column == padded.transposed())
  }

  @Test("a single value is repeated, or stands among zeros", arguments: BorderMode.allCases)
  func single(border: BorderMode) {
    let padded = Tensor(rows: [[7]]).padded(by: Edges(3), border: border)
    var expected = Tensor(shape: Shape(channels: 1, height: 7, width: 7), repeating: border == .zero ? 0 : 7)
    expected[0, 0, 3, 3] = 7
    #expect(padded == expected)
  }

  @Test(
    "two values",
    arguments: zip(BorderMode.allCases, ["0001200", "1111222", "2121212", "2211221", "2121212"]))
  func two(border: BorderMode, expected: String) {
    let padded = Tensor(rows: [[1, 2]]).padded(
      by: Edges(top: 0, bottom: 0, left: 3, right: 2), border: border)
    let text = padded.values.map { "\(Int($0))" }.joined()
    #expect(text == expected)
  }

  @Test("every edge has its own width, and corners follow both axes")
  func corners() {
    let padded = Tensor(rows: [[1, 2], [3, 4]])
      .padded(by: Edges(top: 1, bottom: 0, left: 2, right: 1), border: .circular)
    #expect(padded == Tensor(rows: [[3, 4, 3, 4, 3], [1, 2, 1, 2, 1], [3, 4, 3, 4, 3]]))
  }

  @Test("planes of several channels and examples are padded by themselves", arguments: BorderMode.allCases)
  func planes(border: BorderMode) {
    let input = Tensor.integers(Shape(batch: 2, channels: 2, height: 2, width: 3), seed: 1)
    let padded = input.padded(by: Edges(2), border: border)
    for n in 0..<2 {
      for c in 0..<2 {
        let alone = input.examples(n..<n + 1).channel(c).padded(by: Edges(2), border: border)
        #expect(Array(padded.plane(c, batch: n)) == alone.values)
      }
    }
  }

  @Test("the rows are those of numpy.pad")
  func numpy() throws {
    struct Row: Decodable {
      let border: String
      let count: Int
      let row: [Float]
    }
    let rows = try fixture("numpy_pad.json", as: [Row].self)
    #expect(rows.count == 20)
    for expected in rows {
      let border = try #require(BorderMode(rawValue: expected.border))
      let input = Tensor(rows: [(1...expected.count).map(Float.init)])
      let padded = input.padded(by: Edges(vertical: 0, horizontal: 9), border: border)
      #expect(padded.values == expected.row, "\(expected.border) of \(expected.count)")
    }
  }

  @Test("places inside stand for themselves", arguments: BorderMode.allCases)
  func inside(border: BorderMode) {
    for count in 1...4 {
      for index in 0..<count { #expect(border.source(index, count: count) == index) }
    }
  }

  @Test("no edges change nothing", arguments: BorderMode.allCases)
  func noEdges(border: BorderMode) {
    let input = Tensor(rows: [[1, 2], [3, 4]])
    #expect(input.padded(by: .zero, border: border) == input)
  }
}
