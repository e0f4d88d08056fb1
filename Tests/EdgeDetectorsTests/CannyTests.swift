import FilterTestSupport
import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite struct CannyTests {
  /// A step of `height(y)` between columns 5 and 6 of a picture of 9 rows and 12 columns.
  private func step(_ height: (Int) -> Float) -> Tensor {
    Tensor(rows: (0..<9).map { y in (0..<12).map { x in x < 6 ? 0 : height(y) } })
  }

  @Test("a step gives a line at the step, and none elsewhere; its transpose gives the transposed line")
  func line() throws {
    // Both pixels beside an ideal step have equal gradients.
    let exact = try filterLaws.filter("canny:sigma=0:low=0.5:high=1")
    let result = try exact(step { _ in 1 })
    for y in 1..<8 {
      #expect((0..<12).map { result[0, 0, y, $0] } == [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
    }
    #expect(try exact(step { _ in 1 }.transposed()) == result.transposed())
    // After smoothing the last bit decides which of the two is left.
    let smoothed = try filterLaws.filter("canny:sigma=1:low=0.5:high=1")(step { _ in 1 })
    for y in 1..<8 {
      let columns = (0..<12).filter { smoothed[0, 0, y, $0] == 1 }
      #expect(columns == [5] || columns == [6] || columns == [5, 6], "row \(y)")
    }
  }

  @Test("a blurred edge through a pixel gives a line one pixel wide")
  func thin() throws {
    let row: [Float] = [0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1]
    let result = try filterLaws.apply("canny:sigma=1:low=0.1:high=0.2", Array(repeating: row, count: 7))
    #expect((0..<11).map { result[0, 0, 3, $0] } == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
  }

  @Test("weak pixels stay when they are connected to strong ones, and only then")
  func hysteresis() throws {
    // Without smoothing a step of s has a gradient of 4 s where the rows above and below agree.
    let text = "canny:sigma=0:low=1:high=3"
    let weak = try filterLaws.filter(text)(step { _ in 0.5 })
    #expect(weak.values.allSatisfy { $0 == 0 })
    let strongBelow = try filterLaws.filter(text)(step { $0 < 5 ? 0.5 : 1 })
    for y in 1..<8 {
      #expect(strongBelow[0, 0, y, 5] == 1 || strongBelow[0, 0, y, 6] == 1, "row \(y)")
    }
    let allStrong = try filterLaws.filter("canny:sigma=0:low=1:high=2")(step { _ in 0.5 })
    #expect(allStrong[0, 0, 4, 5] == 1)
  }

  @Test("an edge far away may depend on one pixel: the window is global")
  func global() throws {
    let text = "canny:sigma=0:low=1:high=2.4"
    let kernel = try filterLaws.filter(text)
    #expect(kernel.window == .global)
    var picture = step { _ in 0.5 }
    #expect(try kernel(picture)[0, 0, 1, 5] == 0)
    picture[0, 0, 7, 7] = 2
    #expect(try kernel(picture)[0, 0, 1, 5] == 1)
  }

  @Test("channels and examples do not see each other")
  func planes() throws {
    let kernel = try filterLaws.filter("canny:low=0.2:high=0.6")
    let pictures = Tensor.random(Shape(batch: 2, channels: 2, height: 20, width: 18), in: 0...1, seed: 21)
    let together = try kernel(pictures)
    #expect(together.values.contains(1) && together.values.allSatisfy { $0 == 0 || $0 == 1 })
    for n in 0..<2 {
      for c in 0..<2 {
        let plane = Tensor(
          shape: Shape(channels: 1, height: 20, width: 18), values: Array(pictures.plane(c, batch: n)))
        #expect(try kernel(plane).values == Array(together.plane(c, batch: n)))
      }
    }
  }

  @Test("every border keeps the size and gives no edge for a constant picture", arguments: FilterLaws.borders)
  func border(_ border: String) throws {
    let kernel = try filterLaws.filter("canny:border=\(border):high=9:low=8")
    let shape = Shape(channels: 1, height: 20, width: 23)
    let result = try kernel(Tensor(shape: shape, repeating: 0.7))
    let expected =
      border == "valid" ? Shape(channels: 1, height: 20 - 12, width: 23 - 12) : shape
    #expect(result == Tensor(shape: expected))
    #expect(try kernel.outputShape(for: shape) == expected)
  }

  @Test("without a border it gives the middle of what any border gives")
  func valid() throws {
    let picture = Tensor.random(Shape(channels: 1, height: 26, width: 27), in: 0...1, seed: 22)
    // low = high: no edge depends on what is far away.
    let whole = try filterLaws.filter("canny:sigma=1:low=0.5:high=0.5")(picture)
    let middle = try filterLaws.filter("canny:sigma=1:low=0.5:high=0.5:border=valid")(picture)
    for y in 0..<14 {
      for x in 0..<15 { #expect(middle[0, 0, y, x] == whole[0, 0, y + 6, x + 6]) }
    }
    #expect(middle.values.contains(1))
  }

  @Test(
    "no border lets the outside in: a frame of zeros is an edge for zero only", arguments: FilterLaws.borders)
  func frame(_ border: String) throws {
    let picture = Tensor(shape: Shape(channels: 1, height: 20, width: 20), repeating: 1)
    let hasEdges = try filterLaws.filter("canny:sigma=1.5:border=\(border)")(picture).values.contains(1)
    #expect(!hasEdges || border == "zero")
  }

  @Test("l1 adds the absolute parts, which is longer on diagonals")
  func norm() throws {
    let diagonal = (0..<9).map { y in (0..<9).map { x in Float(x + y > 8 ? 1 : 0) } }
    let limits = "sigma=0:low=4.5:high=4.5"
    #expect(try filterLaws.apply("canny:\(limits):norm=l2", diagonal).values.allSatisfy { $0 == 0 })
    #expect(try filterLaws.apply("canny:\(limits):norm=l1", diagonal).values.contains(1))
  }

  @Test("low above high is refused, and a picture too small for no border")
  func errors() throws {
    let error = #expect(throws: KernelError.self) { try filterLaws.filter("canny:low=0.3:high=0.2") }
    #expect("\(try #require(error))".contains("low=0.3 is above high=0.2"))
    #expect(throws: OperationError.self) {
      try filterLaws.filter("canny:border=valid")(Tensor(shape: Shape(channels: 1, height: 12, width: 40)))
    }
  }

  @Test("pictures of one or two pixels have no edges", arguments: [1, 2])
  func tiny(_ side: Int) throws {
    let picture = Tensor.random(Shape(channels: 1, height: side, width: side), seed: 23)
    #expect(try filterLaws.filter("canny")(picture) == Tensor(shape: picture.shape))
  }
}
