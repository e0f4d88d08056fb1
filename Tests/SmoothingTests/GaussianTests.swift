import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct GaussianTests {
  @Test("three weights worked out by hand: a, 1, a with a = exp(-1/2), divided by their sum")
  func byHand() throws {
    let result = try filterLaws.apply(
      "gaussian:sigma=1:size=3:border=zero", [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    let (side, middle) = (Float(0.27406862), Float(0.45186276))
    let weights = [side, middle, side]
    expectClose(result, Tensor(rows: weights.map { y in weights.map { y * $0 } }), tolerance: 1e-6)
  }

  @Test("the chapter's picture keeps its brightness and loses its edges")
  func chapter() throws {
    let row: [Float] = [1, 1, 0, 0, 0, 0, 1, 1]
    let result = try filterLaws.apply("gaussian:sigma=1:border=symmetric", Array(repeating: row, count: 6))
    expectClose([result.values.reduce(0, +)], [24], tolerance: 1e-4)
    #expect((0.5...0.8).contains(result[0, 0, 3, 1]) && (0.2...0.5).contains(result[0, 0, 3, 2]))
  }

  @Test(
    "the window is cut off where asked",
    arguments: [
      ("sigma=2", 17), ("sigma=2:truncate=3", 13), ("sigma=2:size=5", 5), ("sigma=0.1", 1),
    ])
  func window(_ settings: String, _ size: Int) throws {
    #expect(try filterLaws.filter("gaussian:\(settings)").window == .centered(Extent(size)))
  }

  @Test("it keeps the laws of filters", arguments: ["sigma=0.8", "sigma=1.5:size=7"])
  func laws(_ settings: String) throws {
    let text = "gaussian:\(settings)"
    try filterLaws.expectFilterLaws(text)
    try filterLaws.expectConstant(text, gives: 1)
    try filterLaws.expectLinear(text)
    try filterLaws.expectMirrored(text, sign: 1)
    try filterLaws.expectTransposed(text, text)
  }

  @Test("an even size is refused, and so is a sigma of 0")
  func errors() throws {
    #expect(
      throws: KernelError.parameterValue(
        "4", parameter: "size", kernel: "gaussian", accepted: "0 or an odd number up to 1023")
    ) { try filterLaws.filter("gaussian:size=4") }
    #expect(throws: KernelError.self) { try filterLaws.filter("gaussian:sigma=0") }
  }
}
