import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct UnsharpTests {
  @Test("the picture plus the difference to the Gauss filter", arguments: FilterLaws.borders)
  func definition(_ border: String) throws {
    let picture = Tensor.random(Shape(channels: 1, height: 11, width: 12), in: 0...1, seed: 51)
    let blurred = try filterLaws.filter("gaussian:sigma=0.8:border=\(border)")(picture)
    let result = try filterLaws.filter("unsharp:sigma=0.8:amount=1.5:border=\(border)")(picture)
    #expect(result.shape == blurred.shape)
    let margin = border == "valid" ? 3 : 0
    for y in 0..<blurred.shape.height {
      for x in 0..<blurred.shape.width {
        let sharp = picture[0, 0, y + margin, x + margin]
        expectClose(
          [result[0, 0, y, x]], [sharp + 1.5 * (sharp - blurred[0, 0, y, x])], tolerance: 1e-6)
      }
    }
  }

  @Test("differences up to the threshold are left alone, larger ones are not")
  func threshold() throws {
    let row: [Float] = [0, 0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 1, 1, 1, 1, 1]
    let rows = Array(repeating: row, count: 3)
    let result = try filterLaws.apply("unsharp:sigma=0.7:threshold=0.1", rows)
    #expect(Array(result.plane(0).prefix(8)) == Array(row.prefix(8)))
    #expect(result[0, 0, 1, 10] < 0 && result[0, 0, 1, 11] > 1.1)
  }

  @Test("it keeps the laws of filters")
  func laws() throws {
    try filterLaws.expectFilterLaws("unsharp:sigma=0.7")
    try filterLaws.expectConstant("unsharp:sigma=0.7", gives: 1)
    try filterLaws.expectLinear("unsharp:sigma=0.7")
    try filterLaws.expectMirrored("unsharp:sigma=0.7", sign: 1)
    try filterLaws.expectTransposed("unsharp:sigma=0.7", "unsharp:sigma=0.7")
  }

  @Test("a negative threshold is refused")
  func errors() throws {
    #expect(throws: KernelError.self) { try filterLaws.filter("unsharp:threshold=-0.1") }
  }
}
