import KernelAPI
import TensorCore
import Testing

@Suite("Receptive fields")
struct ReceptiveFieldTests {
  private func square(_ size: Int, stride: Int = 1, offset: Int = 0, dilation: Int = 1) -> Window {
    .local(
      size: Extent(size), stride: Extent(stride), offset: Offset(y: offset, x: offset),
      dilation: Extent(dilation))
  }

  @Test("LeNet's layers see 5, 6, 14 and 16 pixels, 1, 2, 2 and 4 apart")
  func leNet() {
    let conv1 = ReceptiveField.input.behind(square(5, offset: -2))
    let pool1 = conv1.behind(.pointwise).behind(square(2, stride: 2))
    let conv2 = pool1.behind(square(5))
    let pool2 = conv2.behind(.pointwise).behind(square(2, stride: 2))
    let fields = [conv1, pool1, conv2, pool2]
    #expect(fields.map(\.size) == [Extent(5), Extent(6), Extent(14), Extent(16)])
    #expect(fields.map(\.jump) == [Extent(1), Extent(2), Extent(2), Extent(4)])
    #expect(fields.map(\.first.y) == [-2, -2, -2, -2])
    // start = first + (size - 1) / 2: the centre of the first value's field.
    #expect(fields.map(\.start.y) == [0, 0.5, 4.5, 5.5])
    #expect(fields.map(\.start.x) == [0, 0.5, 4.5, 5.5])
    #expect(fields.allSatisfy { !$0.isGlobal })
  }

  @Test("the chapter's two 2x2 kernels see all nine values of 3x3")
  func chapter() {
    let field = ReceptiveField.input.behind(square(2)).behind(square(2))
    #expect(field.size == Extent(3))
    #expect(field.jump == .one)
  }

  @Test("dilation widens the field without more weights")
  func dilation() {
    let field = ReceptiveField.input.behind(square(3, offset: -2, dilation: 2))
      .behind(square(3, offset: -4, dilation: 4))
    #expect(field.size == Extent(13))
    #expect(field.first == Offset(y: -6, x: -6))
  }

  @Test("the two axes are independent")
  func axes() {
    let window = Window.local(
      size: Extent(height: 3, width: 5), stride: Extent(height: 1, width: 2), offset: Offset(y: -1, x: 0),
      dilation: Extent(height: 2, width: 1))
    let field = ReceptiveField.input.behind(window).behind(window)
    #expect(field.size == Extent(height: 9, width: 13))
    #expect(field.jump == Extent(height: 1, width: 4))
    #expect(field.first == Offset(y: -2, x: 0))
  }

  @Test("behind a global kernel every value sees everything, for good")
  func global() {
    let field = ReceptiveField.input.behind(.global).behind(square(3)).behind(.pointwise)
    #expect(field.isGlobal)
  }

  @Test("what joined inputs see is the smallest field that holds both")
  func union() {
    let small = ReceptiveField.input.behind(square(1))
    let large = ReceptiveField.input.behind(square(3, offset: -1)).behind(square(3, offset: -1))
    #expect(small.union(large) == large)
    let left = ReceptiveField(size: Extent(2), jump: .one, first: Offset(y: 0, x: -3), isGlobal: false)
    let right = ReceptiveField(size: Extent(3), jump: .one, first: Offset(y: -1, x: 2), isGlobal: true)
    let both = ReceptiveField(
      size: Extent(height: 3, width: 8), jump: .one, first: Offset(y: -1, x: -3), isGlobal: true)
    #expect(left.union(right) == both)
    #expect(right.union(left) == both)
  }

  @Test("a centred window reaches further to the bottom and right when its size is even")
  func centered() {
    #expect(Window.centered(Extent(3)) == square(3, offset: -1))
    #expect(Window.centered(Extent(4)) == square(4, offset: -1))
    #expect(Window.centered(Extent(1)) == square(1))
  }
}
