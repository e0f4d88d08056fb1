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

  @Test("equals the reference bit by bit for all kernels and borders", arguments: instructionSets)
  func allKernels(set: String) throws {
    let all = try loops(set)
    let widths = [1, 2, 3, 5, 16, 17, 67]
    for height in 1...4 {
      for width in 1...4 {
        // Sparse: zeros are left out by the fast filter.
        var kernel = Tensor.integers(
          Shape(channels: 1, height: height, width: width), seed: UInt64(height * width))
        if height * width > 2 { kernel.values[1] = 0 }
        for (index, columns) in widths.enumerated() {
          let input = Tensor.integers(
            Shape(batch: 1 + index % 2, channels: 2, height: 1 + index % 5, width: columns),
            seed: UInt64(index))
          for border in Self.borders
          where border != nil || (height <= input.shape.height && width <= input.shape.width) {
            let expected = try Reference.filterPlanes(input, kernel: kernel, bias: 3, border: border)
            let fast = try filterPlanes(input, kernel: kernel, bias: 3, border: border, loops: all)
            #expect(fast == expected, "\(height)x\(width) on \(input.shape), border \(border as Any)")
          }
        }
      }
    }
  }

  @Test("a picture of several bands equals the same picture cut into pieces", arguments: instructionSets)
  func bands(set: String) throws {
    // Bands hold 2^16 values: 700 rows of 200 are three bands.
    let input = Tensor.integers(Shape(channels: 1, height: 700, width: 200), seed: 1)
    let kernel = Tensor.integers(Shape(channels: 1, height: 3, width: 3), seed: 2)
    let whole = try filterPlanes(input, kernel: kernel, bias: 0, border: nil, loops: try loops(set))
    #expect(whole.shape == Shape(channels: 1, height: 698, width: 198))
    for first in [0, 325, 326, 327, 328, 653, 654, 655, 656, 695] {
      let rows = Tensor(
        shape: Shape(channels: 1, height: 5, width: 200),
        values: Array(input.values[first * 200..<(first + 5) * 200]))
      let expected = try Reference.filterPlanes(rows, kernel: kernel, border: nil)
      #expect(Array(whole.values[first * 198..<(first + 3) * 198]) == expected.values, "row \(first)")
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
