import TensorCore
import TestSupport
import Testing

@testable import TensorOps

@Suite("Laws of cross-correlation")
struct CrossCorrelationPropertyTests {
  private let input = Tensor.integers(Shape(batch: 2, channels: 2, height: 6, width: 7), seed: 11)
  private let weight = Tensor.integers(Shape(batch: 3, channels: 2, height: 3, width: 2), seed: 12)

  @Test("the sum of two inputs gives the sum of the results, a multiple the multiple")
  func linearInInput() throws {
    let other = Tensor.integers(input.shape, seed: 13)
    let together = try crossCorrelation(try add([input, other.map { 3 * $0 }]), weight: weight)
    let apart = try add([
      crossCorrelation(input, weight: weight), crossCorrelation(other, weight: weight).map { 3 * $0 },
    ])
    #expect(together == apart)
  }

  @Test("the sum of two weights gives the sum of the results")
  func linearInWeight() throws {
    let other = Tensor.integers(weight.shape, seed: 14)
    #expect(
      try crossCorrelation(input, weight: try add([weight, other]))
        == add([crossCorrelation(input, weight: weight), crossCorrelation(input, weight: other)]))
  }

  @Test("a shifted picture gives the shifted result", arguments: [1, 2], [1, 3])
  func shift(down: Int, right: Int) throws {
    // Shifted by cutting rows and columns off: no border comes into play.
    func cut(_ tensor: Tensor) -> Tensor {
      let shape = Shape(
        batch: tensor.shape.batch, channels: tensor.shape.channels, height: tensor.shape.height - down,
        width: tensor.shape.width - right)
      var result = Tensor(shape: shape)
      for n in 0..<shape.batch {
        for c in 0..<shape.channels {
          for y in 0..<shape.height {
            for x in 0..<shape.width { result[n, c, y, x] = tensor[n, c, y + down, x + right] }
          }
        }
      }
      return result
    }
    #expect(
      try crossCorrelation(cut(input), weight: weight) == cut(crossCorrelation(input, weight: weight)))
  }

  @Test("a single 1 in the middle with same padding gives the picture back", arguments: [1, 3, 5])
  func identity(size: Int) throws {
    var kernel = Tensor(shape: Shape(channels: 1, height: size, width: size))
    kernel[0, 0, size / 2, size / 2] = 1
    let options = CorrelationOptions(padding: CorrelationOptions.samePadding(kernel: Extent(size)))
    let plane = input.channel(0)
    #expect(try crossCorrelation(plane, weight: kernel, options: options) == plane)
  }

  @Test("true convolution is cross-correlation with the kernel turned by 180 degrees")
  func flip() throws {
    let kernel = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
    let turned = Tensor(rows: [[6, 5, 4], [3, 2, 1]])
    let plane = input.channel(1)
    #expect(kernel.rotated180() == turned)
    #expect(try convolution(plane, weight: kernel) == crossCorrelation(plane, weight: turned))
    #expect(try Reference.convolution(plane, weight: kernel) == convolution(plane, weight: kernel))
    #expect(try convolution(plane, weight: kernel) != crossCorrelation(plane, weight: kernel))
  }

  @Test("convolving one pixel paints the kernel, cross-correlating paints it turned")
  func impulse() throws {
    var pixel = Tensor(shape: Shape(channels: 1, height: 5, width: 5))
    pixel[0, 0, 2, 2] = 1
    let kernel = Tensor(rows: [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    #expect(try convolution(pixel, weight: kernel) == kernel)
    #expect(try crossCorrelation(pixel, weight: kernel) == kernel.rotated180())
  }

  @Test("convolution commutes: picture and kernel may change places")
  func commutes() throws {
    let a = Tensor.integers(Shape(channels: 1, height: 3, width: 4), seed: 3)
    let b = Tensor.integers(Shape(channels: 1, height: 2, width: 3), seed: 4)
    func full(_ x: Tensor, _ w: Tensor) throws -> Tensor {
      let edges = Edges(vertical: w.shape.height - 1, horizontal: w.shape.width - 1)
      return try convolution(x, weight: w, options: .init(padding: edges))
    }
    #expect(try full(a, b) == full(b, a))
  }

  @Test("every group of a grouped correlation is a correlation by itself")
  func groupsAreIndependent() throws {
    let grouped = Tensor.integers(Shape(batch: 4, channels: 1, height: 2, width: 2), seed: 8)
    let result = try crossCorrelation(input, weight: grouped, options: .init(groups: 2))
    for group in 0..<2 {
      let part = Tensor(
        shape: grouped.shape.with(batch: 2), values: Array(grouped.values[group * 8..<group * 8 + 8]))
      #expect(
        try crossCorrelation(input.channel(group), weight: part)
          == result.channels([group * 2, group * 2 + 1]))
    }
  }
}
