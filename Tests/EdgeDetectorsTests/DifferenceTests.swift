import FilterTestSupport
import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite struct DifferenceTests {
  @Test("without a border it gives the chapter's 6x7 picture of both edges")
  func chapter() throws {
    let expected = Tensor(rows: Array(repeating: [0, 1, 0, 0, 0, -1, 0], count: 6))
    #expect(try filterLaws.apply("difference:border=valid", chapterPicture) == expected)
  }

  @Test("on the transposed picture it finds nothing, its transpose finds both edges")
  func transposedChapter() throws {
    let picture = Tensor(rows: chapterPicture).transposed()
    let nothing = try filterLaws.filter("difference:border=valid")(picture)
    #expect(nothing == Tensor(shape: Shape(channels: 1, height: 8, width: 5)))
    let edges = try filterLaws.filter("difference:direction=vertical:border=valid")(picture)
    #expect(edges == Tensor(rows: Array(repeating: [0, 1, 0, 0, 0, -1, 0], count: 6)).transposed())
  }

  @Test(
    "the last column is compared with what the border puts beyond it",
    arguments: [("zero", 4), ("replicate", 0), ("reflect", 2), ("symmetric", 0), ("circular", 3)]
      as [(
        String, Float
      )])
  func border(_ border: String, _ last: Float) throws {
    #expect(
      try filterLaws.apply("difference:border=\(border)", [[1, 2, 4]]) == Tensor(rows: [[-1, -2, last]]))
  }

  @Test("it keeps the laws of filters", arguments: ["horizontal", "vertical"])
  func laws(_ direction: String) throws {
    try filterLaws.expectFilterLaws("difference:direction=\(direction)")
    try filterLaws.expectConstant("difference:direction=\(direction)", gives: 0)
    try filterLaws.expectLinear("difference:direction=\(direction)")
    try filterLaws.expectTransposed("difference", "difference:direction=vertical")
  }

  @Test("scale multiplies the result")
  func scale() throws {
    #expect(
      try filterLaws.apply("difference:scale=10:border=valid", [[1, 2, 4]]) == Tensor(rows: [[-10, -20]]))
  }

  @Test("unknown settings and values are refused, too small pictures too")
  func errors() throws {
    #expect(
      throws: KernelError.parameterValue(
        "diagonal", parameter: "direction", kernel: "difference", accepted: "horizontal|vertical")
    ) { try filterLaws.filter("difference:direction=diagonal") }
    #expect(throws: KernelError.self) { try filterLaws.filter("difference:sigma=1") }
    #expect(throws: OperationError.self) { try filterLaws.apply("difference:border=valid", [[1], [2]]) }
  }
}
