import FilterTestSupport
import TensorCore
import TestSupport
import Testing

@Suite struct IdentityTests {
  @Test("the picture stays as it is under every border", arguments: FilterLaws.borders)
  func same(_ border: String) throws {
    let picture = Tensor.random(Shape(batch: 2, channels: 3, height: 5, width: 4), seed: 1)
    #expect(try filterLaws.filter("identity:border=\(border)")(picture) == picture)
  }

  @Test("it keeps the laws of filters")
  func laws() throws {
    try filterLaws.expectFilterLaws("identity")
  }
}
