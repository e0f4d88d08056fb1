import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Layers

@Suite("Joins")
struct JoinTests {
  private let a = Tensor(
    shape: Shape(batch: 2, channels: 1, height: 1, width: 2), values: [1, 2, 3, 4])
  private let b = Tensor(
    shape: Shape(batch: 2, channels: 2, height: 1, width: 2), values: [5, 6, 7, 8, 9, 10, 11, 12])

  @Test("add sums element by element, any number of inputs")
  func addition() throws {
    #expect(try Add()([a, a, a]).values == [3, 6, 9, 12])
    #expect(try Add()(a) == a)
    #expect(try Add().outputShape(for: [a.shape, a.shape]) == a.shape)
    #expect(try Add().backward(a, inputs: [a, a]) == [a, a])
    #expect(Add().window == .pointwise)
  }

  @Test("concatenate lays channels behind one another for every example, and backward cuts them apart")
  func concatenation() throws {
    let joined = try Concatenate()([a, b])
    #expect(joined.shape == Shape(batch: 2, channels: 3, height: 1, width: 2))
    #expect(joined.values == [1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12])
    #expect(try Concatenate().outputShape(for: [a.shape, b.shape]) == joined.shape)
    #expect(try Concatenate().backward(joined, inputs: [a, b]) == [a, b])
    #expect(try Concatenate()(b) == b)
  }

  @Test("shapes that do not fit are refused, in the tensors and in the shapes alone")
  func refusals() {
    let addition = OperationError.shape(
      operation: "addition", got: "shape 2x2x1x2", expected: "a tensor of shape 2x1x1x2")
    #expect(throws: addition) { try Add()([a, b]) }
    #expect(throws: addition) { try Add().outputShape(for: [a.shape, b.shape]) }
    let tall = Tensor(shape: Shape(batch: 2, channels: 1, height: 2, width: 2))
    let concatenation = OperationError.shape(
      operation: "concatenation", got: "shape 2x1x2x2", expected: "maps of 1x2 in a batch of 2")
    #expect(throws: concatenation) { try Concatenate()([a, tall]) }
    #expect(throws: concatenation) { try Concatenate().outputShape(for: [a.shape, tall.shape]) }
    #expect(throws: OperationError.setting(operation: "addition", problem: "there is nothing to add")) {
      try Add().outputShape(for: [])
    }
    #expect(
      throws: OperationError.setting(operation: "concatenation", problem: "there is nothing to concatenate")
    ) { try Concatenate()([]) }
  }
}
