import TensorCore
import TestSupport
import Testing

@testable import TensorOps

@Suite("Linear filters")
struct LinearFilterTests {
  private func product(_ rows: [[Float]]) -> LinearFilter.Product? {
    LinearFilter.Product(factoring: Tensor(rows: rows))
  }

  @Test("a kernel is a column times a row where that is exact, and only there")
  func factoring() throws {
    let box = try #require(product([[2, 3], [4, 6]]))
    #expect(zip(box.column, [1, 2]).allSatisfy { $0 == $1 } || box.row.contains(1))
    for (y, down) in box.column.enumerated() {
      #expect(box.row.map { down * $0 } == [[2, 3], [4, 6]][y])
    }
    #expect(product([[0, 0], [0, 5]])?.column == [0, 5])
    #expect(product([[0, 0], [0, 5]])?.row == [0, 1])
    #expect(product([[0, 1, 0], [1, -4, 1], [0, 1, 0]]) == nil)
    #expect(product([[1, 2], [2, 5]]) == nil)
    #expect(product([[0, 0], [0, 0]]) == nil)
    // 0.1 * 3 is not the Float 0.3.
    #expect(product([[0.1, 0.3], [0.3, 0.9]]) == nil)
  }

  @Test("the differences of a gradient have the weights 1 and -1, whatever the scale")
  func differences() throws {
    let s: Float = 0.7
    let x = try #require(product([[-3 * s, 0, 3 * s], [-10 * s, 0, 10 * s], [-3 * s, 0, 3 * s]]))
    #expect(x.row.map(abs) == [1, 0, 1] && x.row.reduce(0, +) == 0)
    let y = try #require(product([[-3 * s, -10 * s, -3 * s], [0, 0, 0], [3 * s, 10 * s, 3 * s]]))
    #expect(y.column.map(abs) == [1, 0, 1] && y.column.reduce(0, +) == 0)
  }

  @Test("kernels take the form that needs the fewest operations")
  func forms() throws {
    func form(_ rows: [[Float]]) throws -> String {
      switch try LinearFilter(kernel: Tensor(rows: rows)).form {
      case .dense: "dense"
      case .sparse: "sparse"
      case .separable: "separable"
      }
    }
    #expect(try form([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) == "separable")
    #expect(try form([[1, 0], [0, -1]]) == "sparse")
    #expect(try form([[1, 1, 1], [1, -8, 1], [1, 1, 1]]) == "dense")
    #expect(try form([[1, 1], [1, 1]]) == "dense")
    #expect(try form([[1, 2, 3, 4, 5]]) == "dense")
    #expect(try form([[0, 0, 0], [0, 0, 0], [0, 0, 1]]) == "sparse")
  }

  @Test("sums of separable kernels equal their definition bit by bit for all instruction sets")
  func products() throws {
    let filters: [[LinearFilter.Product]] = [
      [.init(column: [1, 2, 1], row: [-1, 0, 1])],
      [.init(column: [1, 2, 3, 4], row: [2, -1])],
      [.init(column: [1, 2, 3, 4, 3, 2, 1], row: [1, -2, 1])],
      [.init(column: [0, 1, 2, 0, 0], row: [1, 2, 3]), .init(column: [1, 2, 3, 2, 1], row: [0, -1, 0])],
      [
        .init(column: [0, 0], row: [1, 2]), .init(column: [1, 1], row: [3, 1]),
        .init(column: [2, 1], row: [1, 1]),
      ],
      [.init(column: [3], row: [1, 2, 3]), .init(column: [1], row: [1, 1, 1])],
      [.init(column: [1, 2], row: [4])],
    ]
    for products in filters {
      let filter = LinearFilter(products: products, bias: 2)
      for (height, width) in [(1, 1), (2, 2), (9, 7), (4, 16), (55, 19), (13, 34), (7, 130)] {
        let input = Tensor.integers(Shape(channels: 1, height: height, width: width), seed: UInt64(width))
        for border in BorderMode.allCases + [nil] as [BorderMode?]
        where border != nil || (filter.size.height <= input.shape.height && filter.size.width <= width) {
          let expected = try Reference.filterPlanes(input, filter, border: border)
          for loops in InnerLoops.available {
            #expect(
              try filterPlanes(input, filter, border: border, loops: loops) == expected,
              "\(loops.name): \(filter.size) on \(input.shape), \(border as Any)")
          }
        }
      }
    }
  }

  @Test("the unsharp mask equals its definition bit by bit", arguments: instructionSets)
  func sharpening(set: String) throws {
    for (column, row) in [([1, 2, 1], [1, 1, 1]), ([1, 0, 1, 0, 1, 0, 2], [2]), ([1], [1, 2, 3, 2, 1])]
      as [([Float], [Float])]
    {
      let blur = LinearFilter(products: [.init(column: column, row: row)])
      for (height, width) in [(7, 5), (60, 17), (9, 131)] {
        let input = Tensor.integers(Shape(channels: 2, height: height, width: width), seed: 3)
        for border in BorderMode.allCases + [nil] as [BorderMode?] {
          #expect(
            try sharpenPlanes(
              input, blur: blur, amount: 0.5, threshold: 9, border: border, loops: try loops(set))
              == Reference.sharpenPlanes(input, blur: blur, amount: 0.5, threshold: 9, border: border),
            "\(blur.size) on \(input.shape), \(border as Any)")
        }
      }
    }
  }

  @Test("an empty picture stays empty, and a window that does not fit is refused")
  func sizes() throws {
    let filter = LinearFilter(products: [.init(column: [1, 1], row: [1, 1, 1])])
    let empty = Tensor(shape: Shape(channels: 2, height: 0, width: 4))
    let small = Tensor(shape: Shape(channels: 1, height: 1, width: 9))
    #expect(try filterPlanes(empty, filter, border: .zero) == empty)
    #expect(try gradientPlanes(empty, x: filter, y: filter, part: .length, border: nil) == empty)
    #expect(try sharpenPlanes(empty, blur: filter, amount: 1, threshold: 0, border: nil) == empty)
    #expect(throws: OperationError.self) { try filterPlanes(small, filter, border: nil) }
    #expect(throws: OperationError.self) {
      try gradientPlanes(small, x: filter, y: filter, part: .length, border: nil)
    }
    #expect(throws: OperationError.self) {
      try sharpenPlanes(small, blur: filter, amount: 1, threshold: 0, border: nil)
    }
  }
}
