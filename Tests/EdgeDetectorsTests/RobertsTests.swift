import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct RobertsTests {
  @Test("both diagonals are measured: worked out by hand")
  func byHand() throws {
    // g1 = 1 - 4, g2 = 6 - 2
    #expect(try filterLaws.apply("roberts:border=valid", [[1, 6], [2, 4]]) == Tensor(rows: [[5]]))
  }

  @Test("the chapter's edges are one pixel wide in both directions")
  func chapter() throws {
    let edge = Float(2).squareRoot()
    let expected = Tensor(rows: Array(repeating: [0, edge, 0, 0, 0, edge, 0], count: 5))
    expectClose(try filterLaws.apply("roberts:border=valid", chapterPicture), expected, tolerance: 1e-6)
    expectClose(
      try filterLaws.filter("roberts:border=valid")(Tensor(rows: chapterPicture).transposed()),
      expected.transposed(),
      tolerance: 1e-6)
  }

  @Test("it keeps the laws of filters")
  func laws() throws {
    try filterLaws.expectFilterLaws("roberts")
    try filterLaws.expectConstant("roberts", gives: 0)
    try filterLaws.expectTransposed("roberts", "roberts")
  }

  @Test("it has no other outputs")
  func errors() throws {
    #expect(
      throws: KernelError.unknownParameter("output", kernel: "roberts", known: ["scale", "border"])
    ) { try filterLaws.filter("roberts:output=x") }
  }
}
