import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct DifferenceOfGaussiansTests {
  @Test("one bright pixel gives the difference of both bells in the middle")
  func impulse() throws {
    var picture = Tensor(shape: Shape(channels: 1, height: 31, width: 31))
    picture[0, 0, 15, 15] = 1
    let bells = try filterLaws.filter("difference-of-gaussians:sigma=1.5:ratio=2")(picture)
    // 1 / (2 pi sigma^2) for each, up to what is cut off.
    let expected = 1 / (2 * Float.pi) * (1 / 2.25 - 1 / 9)
    expectClose([bells[0, 0, 15, 15]], [expected], tolerance: 2e-5)
    expectClose([bells.values.reduce(0, +)], [0], tolerance: 1e-6)
  }

  @Test("the chapter's edges are positive on the bright side and negative on the dark one")
  func chapter() throws {
    let result = try filterLaws.apply("difference-of-gaussians:sigma=0.5", chapterPicture)
    for y in 0..<6 {
      #expect(result[0, 0, y, 1] > 0.05 && result[0, 0, y, 2] < -0.05)
      #expect(result[0, 0, y, 5] < -0.05 && result[0, 0, y, 6] > 0.05)
    }
    expectClose(
      try filterLaws.filter("difference-of-gaussians:sigma=0.5")(Tensor(rows: chapterPicture).transposed()),
      result.transposed(), tolerance: 1e-6)
  }

  @Test("it keeps the laws of filters")
  func laws() throws {
    let text = "difference-of-gaussians:sigma=0.7:ratio=1.5"
    try filterLaws.expectFilterLaws(text)
    try filterLaws.expectConstant(text, gives: 0)
    try filterLaws.expectLinear(text)
    try filterLaws.expectMirrored(text, sign: 1)
  }

  @Test("the window is that of the wide Gauss function")
  func window() throws {
    #expect(try filterLaws.filter("difference-of-gaussians:sigma=1:ratio=2").window == .centered(Extent(17)))
  }

  @Test("a ratio that is not above 1 is refused")
  func errors() throws {
    #expect(throws: KernelError.self) { try filterLaws.filter("difference-of-gaussians:ratio=1") }
    #expect(throws: KernelError.self) { try filterLaws.filter("difference-of-gaussians:ratio=0.5") }
  }
}
