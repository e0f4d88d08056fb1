import TensorCore
import Testing

@Suite("Shape, extent, edges")
struct ShapeTests {
  @Test("counts are the products of the sizes")
  func counts() {
    let shape = Shape(batch: 2, channels: 3, height: 5, width: 7)
    #expect(shape.count == 210)
    #expect(shape.exampleCount == 105)
    #expect(shape.planeCount == 35)
    #expect(shape.extent == Extent(height: 5, width: 7))
    #expect(shape.with(batch: 9) == Shape(batch: 9, channels: 3, height: 5, width: 7))
  }

  @Test("one example is the default, and sizes of 0 hold nothing")
  func defaults() {
    #expect(Shape(channels: 1, height: 2, width: 3).batch == 1)
    #expect(Shape(batch: 0, channels: 4, height: 5, width: 6).count == 0)
  }

  @Test(
    "a shape is written without the sizes that say nothing",
    arguments: [
      (Shape(channels: 6, height: 28, width: 28), "6x28x28"),
      (Shape(batch: 32, channels: 6, height: 28, width: 28), "32x6x28x28"),
      (Shape(channels: 10, height: 1, width: 1), "10"),
      (Shape(batch: 32, channels: 10, height: 1, width: 1), "32x10"),
      (Shape(channels: 1, height: 1, width: 4), "1x1x4"),
      (Shape(batch: 0, channels: 1, height: 4, width: 1), "0x1x4x1"),
    ])
  func description(shape: Shape, text: String) {
    #expect("\(shape)" == text)
  }

  @Test("an extent is height, then width")
  func extent() {
    #expect(Extent(4) == Extent(height: 4, width: 4))
    #expect("\(Extent(height: 5, width: 3))" == "5x3")
    #expect(Extent(height: 5, width: 3).count == 15)
    #expect(Extent.one == Extent(1))
  }

  @Test(
    "edges are written as short as they allow",
    arguments: [
      (Edges(2), "2"), (Edges(vertical: 2, horizontal: 1), "(2, 1)"), (Edges.zero, "0"),
      (Edges(top: 1, bottom: 2, left: 3, right: 4), "(top 1, bottom 2, left 3, right 4)"),
      (Edges(top: 1, bottom: 1, left: 1, right: 2), "(top 1, bottom 1, left 1, right 2)"),
    ])
  func edges(edges: Edges, text: String) {
    #expect("\(edges)" == text)
  }

  @Test("edges add up along each axis")
  func edgeSums() {
    let edges = Edges(top: 1, bottom: 2, left: 3, right: 5)
    #expect(edges.vertical == 3)
    #expect(edges.horizontal == 8)
    #expect(Edges(vertical: 2, horizontal: 1) == Edges(top: 2, bottom: 2, left: 1, right: 1))
  }
}
