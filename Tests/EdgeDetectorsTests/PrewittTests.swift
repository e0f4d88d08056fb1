import FilterTestSupport
import TensorCore
import TestSupport
import Testing

@Suite struct PrewittTests {
  @Test("x and y are the sums worked out by hand")
  func byHand() throws {
    let rows: [[Float]] = [[1, 2, 4], [0, 3, 5], [7, 1, 2]]
    #expect(try filterLaws.apply("prewitt:output=x:border=valid", rows) == Tensor(rows: [[3]]))
    #expect(try filterLaws.apply("prewitt:output=y:border=valid", rows) == Tensor(rows: [[3]]))
    expectClose(
      try filterLaws.apply("prewitt:border=valid", rows), Tensor(rows: [[Float(18).squareRoot()]]),
      tolerance: 1e-6)
  }

  @Test("the chapter's edges are found by x, and by y on the transposed picture")
  func chapter() throws {
    let x = Tensor(rows: Array(repeating: [0, -3, -3, 0, 0, 3, 3, 0], count: 6))
    #expect(try filterLaws.apply("prewitt:output=x", chapterPicture) == x)
    let transposed = Tensor(rows: chapterPicture).transposed()
    #expect(try filterLaws.filter("prewitt:output=y")(transposed) == x.transposed())
  }

  @Test("it keeps the laws of filters", arguments: ["magnitude", "x", "y"])
  func laws(_ output: String) throws {
    try filterLaws.expectFilterLaws("prewitt:output=\(output)")
    try filterLaws.expectConstant("prewitt:output=\(output)", gives: 0)
  }

  @Test("x and y are linear, antisymmetric and each other's transpose")
  func linear() throws {
    try filterLaws.expectLinear("prewitt:output=x")
    try filterLaws.expectMirrored("prewitt:output=x", sign: -1)
    try filterLaws.expectTransposed("prewitt:output=x", "prewitt:output=y")
  }
}
