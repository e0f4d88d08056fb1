import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct LaplacianTests {
  private let rows: [[Float]] = [[1, 2, 4], [0, 3, 5], [7, 1, 2]]

  @Test("four and eight neighbours give the sums worked out by hand")
  func byHand() throws {
    #expect(try filterLaws.apply("laplacian:border=valid", rows) == Tensor(rows: [[8 - 12]]))
    #expect(try filterLaws.apply("laplacian:neighbours=8:border=valid", rows) == Tensor(rows: [[22 - 24]]))
  }

  @Test("the chapter's edges are positive on the dark side and negative on the bright one")
  func chapter() throws {
    let expected = Tensor(rows: Array(repeating: [0, -1, 1, 0, 0, 1, -1, 0], count: 6))
    #expect(try filterLaws.apply("laplacian", chapterPicture) == expected)
    #expect(
      try filterLaws.filter("laplacian")(Tensor(rows: chapterPicture).transposed()) == expected.transposed())
  }

  @Test("an even slope gives 0")
  func slope() throws {
    let slope = (0..<5).map { y in (0..<6).map { x in Float(2 * x - 3 * y) } }
    #expect(try filterLaws.apply("laplacian:border=valid", slope).values.allSatisfy { $0 == 0 })
  }

  @Test("it keeps the laws of filters", arguments: ["4", "8"])
  func laws(_ neighbours: String) throws {
    let text = "laplacian:neighbours=\(neighbours)"
    try filterLaws.expectFilterLaws(text)
    try filterLaws.expectConstant(text, gives: 0)
    try filterLaws.expectLinear(text)
    try filterLaws.expectMirrored(text, sign: 1)
    try filterLaws.expectTransposed(text, text)
  }

  @Test("other numbers of neighbours are refused")
  func errors() throws {
    #expect(
      throws: KernelError.parameterValue("6", parameter: "neighbours", kernel: "laplacian", accepted: "4|8")
    ) { try filterLaws.filter("laplacian:neighbours=6") }
  }
}
