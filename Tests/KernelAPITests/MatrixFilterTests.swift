import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Filters made of a matrix")
struct MatrixFilterTests {
  private let picture = Tensor.random(Shape(channels: 2, height: 5, width: 6), seed: 1)

  @Test("every border mode keeps the size", arguments: BorderMode.allCases)
  func keepsSize(mode: BorderMode) throws {
    let filter = MatrixFilter(Tensor(rows: [[1, 2], [3, 4], [5, 6]]), border: FilterBorder(mode))
    #expect(try filter.outputShape(for: picture.shape) == picture.shape)
    #expect(try filter(picture).shape == picture.shape)
    #expect(filter.window == .local(size: Extent(height: 3, width: 2), offset: Offset(y: -1, x: 0)))
  }

  @Test("border valid shrinks the picture by the kernel's size less 1")
  func valid() throws {
    let filter = MatrixFilter(Tensor(rows: [[1, 2], [3, 4], [5, 6]]), border: .valid)
    let shape = Shape(channels: 2, height: 3, width: 5)
    #expect(try filter.outputShape(for: picture.shape) == shape)
    #expect(try filter(picture).shape == shape)
    #expect(filter.window == .local(size: Extent(height: 3, width: 2)))
    let corr2d = MatrixFilter(Tensor(rows: [[0, 1], [2, 3]]), border: .valid)
    #expect(
      try corr2d(Tensor(rows: [[0, 1, 2], [3, 4, 5], [6, 7, 8]])) == Tensor(rows: [[19, 25], [37, 43]]))
  }

  @Test("a picture that is too small is refused without a border, by shape and by call")
  func tooSmall() {
    let filter = MatrixFilter(Tensor(shape: Shape(channels: 1, height: 3, width: 7)), border: .valid)
    let expected = OperationError.windowTooLarge(
      operation: "a filter with border valid", window: Extent(height: 3, width: 7),
      input: Extent(height: 5, width: 6), padding: .zero)
    #expect(throws: expected) { try filter.outputShape(for: picture.shape) }
    #expect(throws: expected) { try filter(picture) }
  }

  @Test("a separable filter equals the product of its row and column", arguments: BorderMode.allCases)
  func separable(mode: BorderMode) throws {
    let border = FilterBorder(mode)
    let parts = MatrixFilter(
      [Tensor(rows: [[1, 2, 1]]), Tensor(rows: [[1], [0], [-1]])], bias: 2, border: border)
    let whole = MatrixFilter(Tensor(rows: [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]), bias: 2, border: border)
    // Sums of six products up to 2, in another order.
    expectClose(try parts(picture), try whole(picture), tolerance: 2e-6)
    #expect(parts.window == whole.window)
  }

  @Test("the bias is added once")
  func bias() throws {
    let filter = MatrixFilter([Tensor(rows: [[2]]), Tensor(rows: [[3]])], bias: 10, border: .valid)
    #expect(try filter(Tensor(rows: [[1, 2]])) == Tensor(rows: [[16, 22]]))
  }

  @Test(
    "the window is where the filter looks: no other pixel changes its result",
    arguments: [
      [Extent(3)], [Extent(2)], [Extent(height: 1, width: 4), Extent(height: 3, width: 1)],
      [Extent(2), Extent(2)], [Extent(4), Extent(2)],
    ], [FilterBorder(.zero), .valid])
  func window(sizes: [Extent], border: FilterBorder) throws {
    let kernels = sizes.map {
      Tensor(shape: Shape(channels: 1, height: $0.height, width: $0.width), repeating: 1)
    }
    let filter = MatrixFilter(kernels, border: border)
    guard case .local(let size, let stride, let offset, let dilation) = filter.window else {
      Issue.record("the window of a filter is local")
      return
    }
    #expect(stride == .one && dilation == .one)
    let shape = Shape(channels: 1, height: 11, width: 11)
    // The output whose window begins at row and column 3: with ones only, every pixel in it counts.
    let place = Offset(y: 3 - offset.y, x: 3 - offset.x)
    for y in 0..<11 {
      for x in 0..<11 {
        var pixel = Tensor(shape: shape)
        pixel[0, 0, y, x] = 1
        let seen = try filter(pixel)[0, 0, place.y, place.x] != 0
        let inside = (3..<3 + size.height).contains(y) && (3..<3 + size.width).contains(x)
        #expect(seen == inside, "pixel \(y), \(x)")
      }
    }
  }

  @Test("products are counted for each output value")
  func multiplyAdds() throws {
    let separable = MatrixFilter(
      [Tensor(rows: [[1, 2, 1]]), Tensor(rows: [[1], [2]])], border: FilterBorder(.zero))
    #expect(try separable.multiplyAdds(for: picture.shape) == 60 * 5)
    let valid = MatrixFilter(Tensor(rows: [[1, 2, 1]]), border: .valid)
    #expect(try valid.multiplyAdds(for: picture.shape) == 2 * 5 * 4 * 3)
  }

  @Test("the border is a parameter with OpenCV's default")
  func parameter() throws {
    let descriptor = KernelDescriptor(name: "box", summary: "for tests", parameters: [FilterBorder.parameter])
    func border(_ text: String?) throws -> FilterBorder {
      FilterBorder(try ParameterValues(text.map { [.init("border", $0)] } ?? [], for: descriptor))
    }
    #expect(try border(nil).mode == .reflect)
    #expect(try border("valid") == .valid)
    for mode in BorderMode.allCases { #expect(try border(mode.rawValue).mode == mode) }
    #expect(
      throws: KernelError.parameterValue(
        "mirror", parameter: "border", kernel: "box",
        accepted: "zero|replicate|reflect|symmetric|circular|valid")
    ) { try border("mirror") }
  }
}
