import FilterTestSupport
import TensorCore
import TestSupport
import Testing

@Suite struct ScharrTests {
  @Test("x and y are the sums worked out by hand")
  func byHand() throws {
    let rows: [[Float]] = [[1, 2, 4], [0, 3, 5], [7, 1, 2]]
    #expect(try filterLaws.apply("scharr:output=x:border=valid", rows) == Tensor(rows: [[44]]))
    #expect(try filterLaws.apply("scharr:output=y:border=valid", rows) == Tensor(rows: [[2]]))
  }

  @Test("the chapter's edges are found by x, and by y on the transposed picture")
  func chapter() throws {
    let x = Tensor(rows: Array(repeating: [0, -16, -16, 0, 0, 16, 16, 0], count: 6))
    #expect(try filterLaws.apply("scharr:output=x", chapterPicture) == x)
    let transposed = Tensor(rows: chapterPicture).transposed()
    #expect(try filterLaws.filter("scharr:output=y")(transposed) == x.transposed())
  }

  @Test("it keeps the laws of filters", arguments: ["magnitude", "x", "y"])
  func laws(_ output: String) throws {
    try filterLaws.expectFilterLaws("scharr:output=\(output):scale=0.0625")
    try filterLaws.expectConstant("scharr:output=\(output)", gives: 0, tolerance: 5e-6)
  }

  @Test("x and y are linear, antisymmetric and each other's transpose")
  func linear() throws {
    try filterLaws.expectLinear("scharr:output=x:scale=0.0625")
    try filterLaws.expectMirrored("scharr:output=x", sign: -1)
    try filterLaws.expectTransposed("scharr:output=x", "scharr:output=y")
  }
}
