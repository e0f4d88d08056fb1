import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct LaplacianOfGaussianTests {
  @Test("one bright pixel gives the Mexican hat upside down, with the formula's depth")
  func impulse() throws {
    var picture = Tensor(shape: Shape(channels: 1, height: 25, width: 25))
    picture[0, 0, 12, 12] = 1
    let hat = try filterLaws.filter("laplacian-of-gaussian:sigma=2")(picture)
    // -1 / (pi sigma^4) in the middle, 0 at a distance of sqrt(2) sigma.
    expectClose([hat[0, 0, 12, 12]], [-1 / (Float.pi * 16)], tolerance: 1e-5)
    expectClose([hat[0, 0, 14, 14]], [0], tolerance: 1e-5)
    #expect(hat[0, 0, 12, 16] > 0)
    expectClose([hat.values.reduce(0, +)], [0], tolerance: 1e-6)
  }

  @Test("the chapter's edges change the sign between their two pixels")
  func chapter() throws {
    let result = try filterLaws.apply("laplacian-of-gaussian:sigma=0.5", chapterPicture)
    for y in 0..<6 {
      #expect(result[0, 0, y, 1] < -0.1 && result[0, 0, y, 2] > 0.1)
      #expect(result[0, 0, y, 5] > 0.1 && result[0, 0, y, 6] < -0.1)
    }
    expectClose(
      try filterLaws.filter("laplacian-of-gaussian:sigma=0.5")(Tensor(rows: chapterPicture).transposed()),
      result.transposed(), tolerance: 1e-6)
  }

  @Test("it keeps the laws of filters")
  func laws() throws {
    let text = "laplacian-of-gaussian:sigma=0.9"
    try filterLaws.expectFilterLaws(text)
    try filterLaws.expectConstant(text, gives: 0)
    try filterLaws.expectConstant("laplacian-of-gaussian:sigma=0.3", gives: 0, tolerance: 1e-5)
    try filterLaws.expectLinear(text)
    try filterLaws.expectMirrored(text, sign: 1)
  }

  @Test("the window reaches four standard deviations")
  func window() throws {
    #expect(try filterLaws.filter("laplacian-of-gaussian:sigma=2").window == .centered(Extent(17)))
  }

  @Test("sigma out of range is refused", arguments: ["0", "-1", "51", "nan", "x"])
  func errors(_ sigma: String) throws {
    #expect(
      throws: KernelError.parameterValue(
        sigma, parameter: "sigma", kernel: "laplacian-of-gaussian", accepted: "0.3...50")
    ) { try filterLaws.filter("laplacian-of-gaussian:sigma=\(sigma)") }
  }
}
