import TensorCore
import TestSupport
import Testing

@testable import TensorOps

/// The worked numbers of Dive into Deep Learning, 6.5, and every small combination against the reference.
@Suite("Pooling")
struct PoolingTests {
  private func pool(_ input: Tensor, _ kind: PoolingKind, _ options: PoolingOptions) throws -> Tensor {
    let reference = try Reference.pooling(input, kind: kind, options: options)
    #expect(try pooling(input, kind: kind, options: options) == reference)
    return reference
  }

  /// 0...15 in a 4x4 plane, `plus` added.
  private func sixteen(plus: Float = 0) -> [[Float]] {
    (0..<4).map { y in (0..<4).map { Float(y * 4 + $0) + plus } }
  }

  @Test("2x2 windows over 3x3: the largest values and the means of the chapter")
  func chapter() throws {
    let input = Tensor(rows: [[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    let options = PoolingOptions(kernelSize: Extent(2), stride: .one)
    #expect(try pool(input, .max, options) == Tensor(rows: [[4, 5], [7, 8]]))
    #expect(try pool(input, .average, options) == Tensor(rows: [[2, 3], [5, 6]]))
  }

  @Test("the stride is the window's size unless set: one 3x3 window in 4x4 gives 10")
  func defaultStride() throws {
    let options = PoolingOptions(kernelSize: Extent(3))
    #expect(options.stride == Extent(3))
    #expect(try pool(Tensor(rows: sixteen()), .max, options) == Tensor(rows: [[10]]))
  }

  @Test("padding and stride, square and not, give [[5, 7], [13, 15]]")
  func paddingAndStride() throws {
    let square = PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1))
    let oblong = PoolingOptions(
      kernelSize: Extent(height: 2, width: 3), stride: Extent(height: 2, width: 3),
      padding: Edges(vertical: 0, horizontal: 1))
    for options in [square, oblong] {
      #expect(try pool(Tensor(rows: sixteen()), .max, options) == Tensor(rows: [[5, 7], [13, 15]]))
    }
  }

  @Test("channels and examples are pooled by themselves")
  func channels() throws {
    let options = PoolingOptions(kernelSize: Extent(3), stride: Extent(2), padding: Edges(1))
    let planes = Tensor(planes: [sixteen(), sixteen(plus: 4)])
    let expected = Tensor(planes: [[[5, 7], [13, 15]], [[9, 11], [17, 19]]])
    #expect(try pool(planes, .max, options) == expected)
    let batch = planes.reshaped(Shape(batch: 2, channels: 1, height: 4, width: 4))
    #expect(
      try pool(batch, .max, options)
        == expected.reshaped(Shape(batch: 2, channels: 1, height: 2, width: 2)))
  }

  @Test("the padding counts as zeros in an average only when asked")
  func divisor() throws {
    let input = Tensor(rows: [[4, 8], [12, 16]])
    var options = PoolingOptions(kernelSize: Extent(2), stride: Extent(2), padding: Edges(1))
    #expect(try pool(input, .average, options) == Tensor(rows: [[1, 2], [3, 4]]))
    options.countIncludePad = false
    #expect(try pool(input, .average, options) == Tensor(rows: [[4, 8], [12, 16]]))
  }

  @Test("negative values win against the padding, NaN against all")
  func winners() throws {
    let options = PoolingOptions(kernelSize: Extent(2), stride: Extent(2), padding: Edges(1))
    let input = Tensor(rows: [[-4, -8], [-12, -16]])
    #expect(try pool(input, .max, options) == input)
    let window = PoolingOptions(kernelSize: Extent(2))
    for place in 0..<4 {
      var values: [Float] = [1, 2, 3, .infinity]
      values[place] = .nan
      let plane = Tensor(shape: Shape(channels: 1, height: 2, width: 2), values: values)
      #expect(try pooling(plane, kind: .max, options: window).values[0].isNaN)
      #expect(try Reference.pooling(plane, kind: .max, options: window).values[0].isNaN)
    }
  }

  @Test("the first of equal largest values gets the whole gradient")
  func ties() throws {
    let input = Tensor(rows: [[1, 5, 5], [5, 0, 5]])
    let options = PoolingOptions(kernelSize: Extent(height: 2, width: 3))
    let gradient = Tensor(rows: [[7]])
    let expected = Tensor(rows: [[0, 7, 0], [0, 0, 0]])
    #expect(try poolingGradient(gradient, input: input, kind: .max, options: options) == expected)
    #expect(try Reference.poolingGradient(gradient, input: input, kind: .max, options: options) == expected)
  }

  /// Every size, window, stride and padding along one axis that is legal.
  private static let axes: [(size: Int, kernel: Int, stride: Int, before: Int, after: Int)] = {
    var list: [(Int, Int, Int, Int, Int)] = []
    for size in 1...6 {
      for kernel in 1...3 {
        for stride in 1...4 {
          for before in 0..<kernel {
            for after in 0..<kernel where kernel <= size + before + after {
              list.append((size, kernel, stride, before, after))
            }
          }
        }
      }
    }
    return list
  }()

  @Test("equals the reference bit by bit for all settings", arguments: PoolingKind.allCases, [false, true])
  func allSettings(kind: PoolingKind, ceilMode: Bool) throws {
    let all = try InnerLoops.available.map { try loops($0.name) }
    var generator = SplitMix64(seed: 3)
    let partners = generator.permutation(Self.axes.count)
    for (index, y) in Self.axes.enumerated() {
      let x = Self.axes[partners[index]]
      let options = PoolingOptions(
        kernelSize: Extent(height: y.kernel, width: x.kernel),
        stride: Extent(height: y.stride, width: x.stride),
        padding: Edges(top: y.before, bottom: y.after, left: x.before, right: x.after), ceilMode: ceilMode,
        countIncludePad: index % 2 == 0)
      let input = Tensor.integers(
        Shape(batch: 1 + index % 2, channels: 1 + index % 3, height: y.size, width: x.size),
        seed: UInt64(index))
      let output = try Reference.pooling(input, kind: kind, options: options)
      // Multiples of all divisors 1...9: an average's shares are whole numbers, and their sums exact.
      let arriving = Tensor.integers(output.shape, multipleOf: 2520, seed: UInt64(index) + 99)
      let gradient = try Reference.poolingGradient(arriving, input: input, kind: kind, options: options)
      for loops in all {
        let fast = try pooling(input, kind: kind, options: options, loops: loops)
        let back = try poolingGradient(arriving, input: input, kind: kind, options: options, loops: loops)
        let problem =
          firstDifference(fast.values, output.values) ?? firstDifference(back.values, gradient.values)
        #expect(problem == nil, "\(loops.name) \(options) on \(input.shape)")
        #expect(fast.shape == output.shape)
      }
    }
  }

  @Test("planes above the size for threads equal the reference")
  func largePlanes() throws {
    // 2^20 values are where threads come in; most of the batch repeats, to spare the reference.
    let few = Tensor.integers(Shape(batch: 2, channels: 1, height: 16, width: 16), seed: 4)
    let input = few.cycled(to: 4097)
    let options = PoolingOptions(kernelSize: Extent(2))
    for kind in PoolingKind.allCases {
      let output = try Reference.pooling(few, kind: kind, options: options)
      let all = try pooling(input, kind: kind, options: options)
      #expect(all.values == output.cycled(to: 4097).values)
      let gradient = try Reference.poolingGradient(output, input: few, kind: kind, options: options)
      let back = try poolingGradient(all, input: input, kind: kind, options: options)
      #expect(back.values == gradient.cycled(to: 4097).values)
    }
  }

  @Test("padding as large as the window is refused")
  func padding() {
    let input = Tensor(rows: sixteen())
    let options = PoolingOptions(
      kernelSize: Extent(2), padding: Edges(top: 0, bottom: 2, left: 0, right: 0))
    let expected = OperationError.setting(
      operation: "pooling",
      problem: "padding (top 0, bottom 2, left 0, right 0) must be at least 0 and smaller than the window 2x2"
    )
    #expect(throws: expected) { try pooling(input, kind: .max, options: options) }
    #expect(throws: expected) { try Reference.pooling(input, kind: .max, options: options) }
    #expect(throws: OperationError.self) {
      try pooling(input, kind: .max, options: .init(kernelSize: Extent(2), padding: Edges(-1)))
    }
  }

  @Test("sizes below 1, too large windows and empty planes are refused")
  func badSizes() {
    let input = Tensor(rows: sixteen())
    #expect(
      throws: OperationError.setting(
        operation: "pooling", problem: "window 2x2 and stride 0x1 must be at least 1")
    ) {
      try pooling(
        input, kind: .max, options: .init(kernelSize: Extent(2), stride: Extent(height: 0, width: 1)))
    }
    #expect(
      throws: OperationError.windowTooLarge(
        operation: "pooling", window: Extent(5), input: Extent(4), padding: .zero)
    ) { try pooling(input, kind: .average, options: .init(kernelSize: Extent(5), ceilMode: true)) }
    let empty = Tensor(shape: Shape(channels: 1, height: 0, width: 4))
    let options = PoolingOptions(kernelSize: Extent(3), padding: Edges(2))
    #expect(
      throws: OperationError.windowTooLarge(
        operation: "pooling", window: Extent(3), input: empty.shape.extent, padding: Edges(2))
    ) { try pooling(empty, kind: .max, options: options) }
  }

  @Test("the backward pass refuses a gradient that has not the output's shape")
  func wrongGradient() {
    let input = Tensor(rows: sixteen())
    let options = PoolingOptions(kernelSize: Extent(2))
    let expected = OperationError.shape(
      operation: "the backward pass of pooling", got: "shape 1x4x4", expected: "a tensor of shape 1x2x2")
    #expect(throws: expected) { try poolingGradient(input, input: input, kind: .max, options: options) }
    #expect(throws: expected) {
      try Reference.poolingGradient(input, input: input, kind: .max, options: options)
    }
  }
}
