import TensorCore
import Testing

@testable import TensorOps

@Suite("Adding and concatenating")
struct JoiningTests {
  private let a = Tensor.integers(Shape(batch: 2, channels: 1, height: 2, width: 3), seed: 1)
  private let b = Tensor.integers(Shape(batch: 2, channels: 2, height: 2, width: 3), seed: 2)

  @Test("addition is element by element")
  func addition() throws {
    let sum = try add([Tensor(rows: [[1, 2]]), Tensor(rows: [[10, 20]]), Tensor(rows: [[100, 200]])])
    #expect(sum == Tensor(rows: [[111, 222]]))
    #expect(try add([a]) == a)
  }

  @Test("concatenation lays the channels of each example behind one another")
  func concatenation() throws {
    let joined = try concatenate([a, b, a])
    #expect(joined.shape == Shape(batch: 2, channels: 4, height: 2, width: 3))
    for n in 0..<2 {
      #expect(Array(joined.plane(0, batch: n)) == Array(a.plane(0, batch: n)))
      #expect(Array(joined.plane(1, batch: n)) == Array(b.plane(0, batch: n)))
      #expect(Array(joined.plane(2, batch: n)) == Array(b.plane(1, batch: n)))
      #expect(Array(joined.plane(3, batch: n)) == Array(a.plane(0, batch: n)))
    }
  }

  @Test("splitting undoes concatenation")
  func splitting() throws {
    #expect(try split(concatenate([a, b, a]), channels: [1, 2, 1]) == [a, b, a])
  }

  @Test("flattening keeps the order of the values")
  func flattening() {
    #expect(flatten(b).shape == Shape(batch: 2, channels: 12, height: 1, width: 1))
    #expect(flatten(b).values == b.values)
  }

  @Test("nothing to join, unequal sizes and wrong counts are refused")
  func errors() {
    #expect(throws: OperationError.setting(operation: "addition", problem: "there is nothing to add")) {
      try add([Tensor]())
    }
    #expect(
      throws: OperationError.setting(operation: "concatenation", problem: "there is nothing to concatenate")
    ) { try concatenate([Tensor]()) }
    #expect(
      throws: OperationError.shape(
        operation: "addition", got: "shape 2x2x2x3", expected: "a tensor of shape 2x1x2x3")
    ) { try add([a, b]) }
    #expect(
      throws: OperationError.shape(
        operation: "concatenation", got: "shape 1x2x2", expected: "maps of 2x3 in a batch of 2")
    ) { try concatenate([a, Tensor(rows: [[1, 2], [3, 4]])]) }
    #expect(
      throws: OperationError.shape(
        operation: "the backward pass of concatenation", got: "shape 2x2x2x3", expected: "3 channels")
    ) { try split(b, channels: [1, 2]) }
  }
}
