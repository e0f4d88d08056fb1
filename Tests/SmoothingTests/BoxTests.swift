import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct BoxTests {
  private let rows: [[Float]] = [[1, 2, 4], [0, 3, 5], [7, 1, 4]]

  @Test("the mean of nine values worked out by hand")
  func byHand() throws {
    expectClose(try filterLaws.apply("box:border=valid", rows), Tensor(rows: [[3]]), tolerance: 1e-6)
    expectClose(
      try filterLaws.apply("box:size=2:border=valid", rows), Tensor(rows: [[1.5, 3.5], [2.75, 3.25]]),
      tolerance: 1e-6)
  }

  @Test(
    "a corner is the mean with what the border puts beyond it",
    arguments: [
      ("zero", 6), ("replicate", 11), ("reflect", 17), ("symmetric", 11), ("circular", 27),
    ] as [(String, Float)])
  func border(_ border: String, _ sum: Float) throws {
    let corner = try filterLaws.apply("box:border=\(border)", rows)[0, 0, 0, 0]
    expectClose([corner], [sum / 9], tolerance: 1e-6)
  }

  @Test("it keeps the laws of filters", arguments: [1, 2, 3, 4, 5])
  func laws(_ size: Int) throws {
    let text = "box:size=\(size)"
    try filterLaws.expectFilterLaws(text)
    try filterLaws.expectConstant(text, gives: 1)
    try filterLaws.expectLinear(text)
    try filterLaws.expectTransposed(text, text)
    if size % 2 == 1 { try filterLaws.expectMirrored(text, sign: 1) }
  }

  @Test("sizes out of range are refused", arguments: ["0", "-3", "256", "2.5"])
  func errors(_ size: String) throws {
    #expect(
      throws: KernelError.parameterValue(
        size, parameter: "size", kernel: "box",
        accepted: size == "2.5" ? "a whole number, 1...255" : "1...255")
    ) { try filterLaws.filter("box:size=\(size)") }
  }
}
