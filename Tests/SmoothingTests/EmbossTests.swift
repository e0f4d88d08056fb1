import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct EmbossTests {
  @Test("the sum worked out by hand")
  func byHand() throws {
    let rows: [[Float]] = [[1, 2, 4], [0, 3, 5], [7, 1, 2]]
    // 3 + (5 + 1 + 2 * 2) - (2 + 0 + 2 * 1)
    #expect(try filterLaws.apply("emboss:border=valid", rows) == Tensor(rows: [[9]]))
    #expect(try filterLaws.apply("emboss:amount=0.5:border=valid", rows) == Tensor(rows: [[6]]))
  }

  @Test("a bright square is lit at its upper left corner and dark beyond its lower right one")
  func light() throws {
    let rows: [[Float]] = [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    let result = try filterLaws.apply("emboss:border=zero", rows)
    #expect(result[0, 0, 0, 0] > 1 && result[0, 0, 3, 3] < -1)
  }

  @Test("it keeps the laws of filters")
  func laws() throws {
    try filterLaws.expectFilterLaws("emboss")
    try filterLaws.expectConstant("emboss", gives: 1)
    try filterLaws.expectLinear("emboss")
    try filterLaws.expectTransposed("emboss", "emboss")
  }

  @Test("an amount out of range is refused")
  func errors() throws {
    #expect(throws: KernelError.self) { try filterLaws.filter("emboss:amount=21") }
  }
}
