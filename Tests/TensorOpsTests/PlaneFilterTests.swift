import TensorCore
import Testing

@testable import TensorOps

@Suite("Filtering planes")
struct PlaneFilterTests {
  private static let borders: [BorderMode?] = BorderMode.allCases + [nil]

  @Test("a blur over an edge by hand, for every border")
  func byHand() throws {
    let input = Tensor(rows: [[1, 2, 4, 8]])
    let kernel = Tensor(rows: [[1, 1, 1]])
    let expected: [(BorderMode?, [Float])] = [
      (.zero, [3, 7, 14, 12]), (.replicate, [4, 7, 14, 20]), (.reflect, [5, 7, 14, 16]),
      (.symmetric, [4, 7, 14, 20]), (.circular, [11, 7, 14, 13]), (nil, [7, 14]),
    ]
    for (border, row) in expected {
      #expect(
        try filterPlanes(input, kernel: kernel, border: border) == Tensor(rows: [row]), "\(border as Any)")
    }
  }

  @Test("an even kernel reaches one place further to the right and down")
  func even() throws {
    let input = Tensor(rows: [[1, 2, 4]])
    #expect(
      try filterPlanes(input, kernel: Tensor(rows: [[-1, 1]]), border: .zero) == Tensor(rows: [[1, 2, -4]]))
  }

  /// Around one and several vectors of every instruction set; the last is wide enough for a strip of its own at
  /// each border.
  private static let widths = [1, 2, 3, 5, 15, 16, 17, 31, 33, 67, 131]

  private func kernel(_ height: Int, _ width: Int, isSparse: Bool) -> Tensor {
    var kernel = Tensor.integers(
      Shape(channels: 1, height: height, width: width), seed: UInt64(height * width))
    if isSparse { for i in kernel.values.indices where i % 3 > 0 { kernel.values[i] = 0 } }
    return kernel
  }

  @Test("equals the reference bit by bit for all kernels, borders and instruction sets")
  func allKernels() throws {
    for (height, width) in [(1, 1), (1, 4), (2, 2), (2, 3), (3, 1), (3, 3), (4, 2), (4, 5), (5, 3), (7, 7)] {
      for isSparse in [false, true] {
        let kernel = kernel(height, width, isSparse: isSparse)
        let filter = try LinearFilter(kernel: kernel, bias: 3)
        for (index, columns) in Self.widths.enumerated() {
          let input = Tensor.integers(
            Shape(batch: 1 + index % 2, channels: 1, height: 1 + index * 5 % 9, width: columns),
            seed: UInt64(index))
          for border in Self.borders
          where border != nil || (height <= input.shape.height && width <= input.shape.width) {
            let expected = try Reference.filterPlanes(input, kernel: kernel, bias: 3, border: border)
            for loops in InnerLoops.available {
              let fast = try filterPlanes(input, filter, border: border, loops: loops)
              #expect(
                fast == expected,
                "\(loops.name): \(height)x\(width) on \(input.shape), border \(border as Any)")
            }
          }
        }
      }
    }
  }

  @Test("a kernel much larger than the picture reads the border again and again", arguments: instructionSets)
  func largerThanPicture(set: String) throws {
    let input = Tensor.integers(Shape(channels: 2, height: 3, width: 5), seed: 1)
    let kernels = [
      kernel(13, 23, isSparse: false), kernel(13, 23, isSparse: true), kernel(40, 1, isSparse: false),
    ]
    for kernel in kernels {
      for border in BorderMode.allCases {
        let fast = try filterPlanes(
          input, LinearFilter(kernel: kernel), border: border, loops: try loops(set))
        #expect(try fast == Reference.filterPlanes(input, kernel: kernel, border: border), "\(border)")
      }
    }
  }

  @Test("bands of rows and strips of columns join without a seam", arguments: instructionSets)
  func seams(set: String) throws {
    // More rows than a band has, more columns than a strip has for so tall a kernel.
    let input = Tensor.integers(Shape(channels: 1, height: 150, width: 1700), seed: 1)
    for kernel in [kernel(3, 3, isSparse: false), kernel(110, 2, isSparse: true)] {
      for border: BorderMode? in [.reflect, nil] {
        let fast = try filterPlanes(
          input, LinearFilter(kernel: kernel), border: border, loops: try loops(set))
        let expected = try crossCorrelation(
          border.map {
            input.padded(by: CorrelationOptions.samePadding(kernel: kernel.shape.extent), border: $0)
          } ?? input, weight: kernel)
        #expect(fast.shape == expected.shape)
        #expect(firstDifference(fast.values, expected.values) == nil, "\(kernel.shape)")
      }
    }
  }

  @Test("results written past the caches are the same, aligned or not", arguments: instructionSets)
  func streaming(set: String) throws {
    let loops = try loops(set)
    let line = (1...9).map { Float($0) }
    let filters =
      try [(1, 1), (2, 2), (3, 3), (4, 5), (5, 4), (7, 7)].map { height, width in
        try LinearFilter(kernel: kernel(height, width, isSparse: false))
      }
      + [3, 5, 9].map { LinearFilter(products: [.init(column: Array(line[..<$0]), row: Array(line[..<$0]))]) }
    // Rows that are whole vectors of every instruction set, of some, of none; less than a vector.
    for (height, width) in [(23, 160), (11, 136), (9, 147), (8, 67), (5, 7)] {
      let input = Tensor.integers(Shape(channels: 2, height: height, width: width), seed: 8)
      for filter in filters {
        for border: BorderMode? in [.reflect, nil]
        where border != nil || (filter.size.height <= height && filter.size.width <= width) {
          #expect(
            try filterPlanes(input, filter, border: border, loops: loops, streams: true)
              == filterPlanes(input, filter, border: border, loops: loops, streams: false),
            "\(filter.size) on \(input.shape), \(border as Any)")
        }
      }
    }
  }

  @Test("a kernel of zeros gives the bias everywhere")
  func zeros() throws {
    let input = Tensor(rows: [[1, 2], [3, 4]])
    let kernel = Tensor(shape: Shape(channels: 1, height: 3, width: 3))
    #expect(
      try filterPlanes(input, kernel: kernel, bias: 5, border: .reflect)
        == Tensor(shape: input.shape, repeating: 5))
  }

  @Test("a picture smaller than the kernel is refused without a border only")
  func tooSmall() throws {
    let input = Tensor(rows: [[1, 2]])
    let kernel = Tensor(shape: Shape(channels: 1, height: 1, width: 3), repeating: 1)
    #expect(
      throws: OperationError.windowTooLarge(
        operation: "cross-correlation", window: Extent(height: 1, width: 3), input: input.shape.extent,
        padding: .zero)
    ) { try filterPlanes(input, kernel: kernel, border: nil) }
    #expect(try filterPlanes(input, kernel: kernel, border: .zero) == Tensor(rows: [[3, 3]]))
  }

  @Test("several kernels are refused")
  func severalKernels() {
    let expected = OperationError.shape(
      operation: "filtering planes", got: "shape 2x1", expected: "one kernel of shape [1, 1, kH, kW]")
    let kernels = Tensor(shape: Shape(batch: 2, channels: 1, height: 1, width: 1))
    let input = Tensor(rows: [[1, 2]])
    #expect(throws: expected) { try filterPlanes(input, kernel: kernels, border: .zero) }
    #expect(throws: expected) { try Reference.filterPlanes(input, kernel: kernels, border: .zero) }
  }
}
