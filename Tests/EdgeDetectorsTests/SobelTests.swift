import FilterTestSupport
import KernelAPI
import TensorCore
import TestSupport
import Testing

@Suite struct SobelTests {
  private let rows: [[Float]] = [[1, 2, 4], [0, 3, 5], [7, 1, 2]]

  @Test("x and y are the sums worked out by hand")
  func byHand() throws {
    // x: (4 - 1) + 2 (5 - 0) + (2 - 7);  y: (7 - 1) + 2 (1 - 2) + (2 - 4)
    #expect(try filterLaws.apply("sobel:output=x:border=valid", rows) == Tensor(rows: [[8]]))
    #expect(try filterLaws.apply("sobel:output=y:border=valid", rows) == Tensor(rows: [[2]]))
    expectClose(
      try filterLaws.apply("sobel:border=valid", rows), Tensor(rows: [[Float(68).squareRoot()]]),
      tolerance: 1e-5)
    expectClose(
      try filterLaws.apply("sobel:output=direction:border=valid", rows), Tensor(rows: [[0.2449787]]),
      tolerance: 1e-6)
  }

  @Test("the chapter's edges give 4 where it gets brighter to the right and -4 where darker")
  func chapter() throws {
    let x = Tensor(rows: Array(repeating: [0, -4, -4, 0, 0, 4, 4, 0], count: 6))
    #expect(try filterLaws.apply("sobel-x", chapterPicture) == x)
    #expect(try filterLaws.apply("sobel-y", chapterPicture) == Tensor(shape: x.shape))
    #expect(try filterLaws.apply("sobel", chapterPicture) == x.map(abs))
    #expect(try filterLaws.filter("sobel-y")(Tensor(rows: chapterPicture).transposed()) == x.transposed())
  }

  @Test("the direction points to where it gets brighter, and is 0 where nothing changes")
  func direction() throws {
    let right = try filterLaws.apply("sobel:output=direction", [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]])
    expectClose(Array(right.values[4..<8]), [0, 0, 0, 0], tolerance: 0)
    let left = try filterLaws.apply("sobel:output=direction", [[1, 0], [1, 0]])
    #expect(left.values == [0, 0, 0, 0])
    let columns: [[Float]] = [[1, 0.5, 0], [1, 0.5, 0], [1, 0.5, 0]]
    expectClose(
      try filterLaws.apply("sobel:output=direction:border=valid", columns).values, [Float.pi], tolerance: 1e-6
    )
    let downwards = try filterLaws.filter("sobel:output=direction:border=valid")(
      Tensor(rows: columns).transposed().map { 1 - $0 })
    expectClose(downwards.values, [Float.pi / 2], tolerance: 1e-6)
  }

  @Test("the names sobel-x and sobel-y are parts of sobel", arguments: ["x", "y"], FilterLaws.borders)
  func aliases(_ part: String, _ border: String) throws {
    let picture = Tensor.random(Shape(channels: 3, height: 6, width: 7), seed: 11)
    #expect(
      try filterLaws.filter("sobel-\(part):border=\(border)")(picture)
        == filterLaws.filter("sobel:output=\(part):border=\(border)")(picture))
  }

  @Test("it keeps the laws of filters", arguments: ["magnitude", "x", "y"])
  func laws(_ output: String) throws {
    try filterLaws.expectFilterLaws("sobel:output=\(output)")
    try filterLaws.expectConstant("sobel:output=\(output)", gives: 0)
  }

  @Test("x and y are linear, antisymmetric and each other's transpose")
  func linear() throws {
    try filterLaws.expectLinear("sobel-x")
    try filterLaws.expectLinear("sobel-y")
    try filterLaws.expectMirrored("sobel-x", sign: -1)
    try filterLaws.expectMirrored("sobel-y", sign: 1)
    try filterLaws.expectMirrored("sobel", sign: 1)
    try filterLaws.expectTransposed("sobel-x", "sobel-y")
    try filterLaws.expectTransposed("sobel", "sobel")
  }

  @Test("scale multiplies all outputs but the direction")
  func scale() throws {
    #expect(try filterLaws.apply("sobel-x:scale=0.25:border=valid", rows) == Tensor(rows: [[2]]))
    #expect(
      try filterLaws.apply("sobel:output=direction:scale=4:border=valid", rows)
        == filterLaws.apply("sobel:output=direction:border=valid", rows))
  }

  @Test("products are counted once for each kernel used")
  func cost() throws {
    let shape = Shape(channels: 3, height: 10, width: 10)
    let both = try #require(try filterLaws.filter("sobel").kernel as? any CountedKernel)
    let one = try #require(try filterLaws.filter("sobel-x").kernel as? any CountedKernel)
    #expect(try both.multiplyAdds(for: shape) == 3 * 100 * 18)
    #expect(try one.multiplyAdds(for: shape) == 3 * 100 * 9)
  }

  @Test("unknown outputs are refused with what is accepted")
  func errors() throws {
    #expect(
      throws: KernelError.parameterValue(
        "z", parameter: "output", kernel: "sobel", accepted: "magnitude|x|y|direction")
    ) { try filterLaws.filter("sobel:output=z") }
    #expect(throws: KernelError.self) { try filterLaws.filter("sobel:scale=0") }
    #expect(throws: KernelError.self) { try filterLaws.filter("sobel:border=mirror") }
  }
}
