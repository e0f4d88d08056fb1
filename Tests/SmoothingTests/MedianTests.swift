import FilterTestSupport
import KernelAPI
import TensorCore
import TensorOps
import TestSupport
import Testing

@testable import Smoothing

@Suite struct MedianTests {
  @Test("the middle of nine values")
  func byHand() throws {
    #expect(
      try filterLaws.apply("median:border=valid", [[1, 9, 4], [0, 3, 5], [7, 100, -4]]) == Tensor(rows: [[4]])
    )
  }

  @Test("a single wrong pixel is gone and the chapter's edges stay")
  func edges() throws {
    let row: [Float] = [1, 1, 0, 0, 0, 0, 1, 1]
    let picture = Tensor(rows: Array(repeating: row, count: 6))
    var wrong = picture
    wrong[0, 0, 2, 3] = 1
    #expect(try filterLaws.filter("median")(wrong) == picture)
    #expect(try filterLaws.filter("median")(wrong.transposed()) == picture.transposed())
  }

  @Test("every size, on many tiles, is what sorting gives", arguments: [3, 5, 7, 9, 21])
  func sorting(_ size: Int) throws {
    let picture = Tensor.random(Shape(channels: 1, height: 75 + size, width: 140 + size), seed: 31)
    // Equal values too: rounded to 21 levels in one half.
    var values = picture.values
    for i in 0..<values.count / 2 { values[i] = (values[i] * 10).rounded() / 10 }
    let mixed = Tensor(shape: picture.shape, values: values)
    let result = try filterLaws.filter("median:size=\(size):border=valid")(mixed)
    try #require(result.shape.extent == Extent(height: 76, width: 141))
    for (y, x) in [(0, 0), (0, 140), (75, 0), (75, 140), (63, 63), (64, 64), (40, 127), (41, 128), (20, 99)] {
      let window = (y..<y + size).flatMap { row in (x..<x + size).map { mixed[0, 0, row, $0] } }
      #expect(result[0, 0, y, x] == window.sorted()[size * size / 2], "(\(y), \(x))")
    }
  }

  @Test("the sorting network and the moving ranks agree everywhere", arguments: [3, 5, 7])
  func algorithms(_ size: Int) throws {
    let picture = Tensor.random(Shape(channels: 1, height: 70, width: 90), seed: 32)
    let network = SelectionNetwork(medianOf: size * size)
    #expect(networkMedian(picture, size: size, network: network) == rankMedian(picture, size: size))
  }

  @Test("the network selects the middle of any order of zeros and ones, and so of any numbers")
  func zeroOnePrinciple() {
    let network = SelectionNetwork(medianOf: 9)
    // All 512 patterns, sixteen side by side.
    for first in stride(from: 0, to: 512, by: 16) {
      var values = (0..<9).map { bit in
        Lanes((0..<16).map { lane in Float((first + lane) >> bit & 1) })
      }
      values.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { network.select(base, vectors: 1) }
      }
      for lane in 0..<16 {
        #expect(values[4][lane] == ((first + lane).nonzeroBitCount >= 5 ? 1 : 0), "pattern \(first + lane)")
      }
    }
  }

  @Test("it keeps the laws of filters", arguments: [3, 5, 9])
  func laws(_ size: Int) throws {
    try filterLaws.expectFilterLaws("median:size=\(size)", isTight: false)
    try filterLaws.expectConstant("median:size=\(size)", gives: 1)
    try filterLaws.expectMirrored("median:size=\(size)", sign: 1)
    try filterLaws.expectTransposed("median:size=\(size)", "median:size=\(size)")
  }

  @Test("the window is the square: a pixel in its corner can be the median")
  func window() throws {
    #expect(try filterLaws.filter("median:size=3").window == .centered(Extent(3)))
    // Five ones of nine; without the corner there are four.
    var picture = Tensor(rows: [[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    #expect(try filterLaws.filter("median:border=valid")(picture).values == [1])
    picture[0, 0, 2, 2] = 0
    #expect(try filterLaws.filter("median:border=valid")(picture).values == [0])
  }

  @Test("negative and large values are in order, whatever the algorithm", arguments: [3, 9])
  func anyValues(_ size: Int) throws {
    let picture = Tensor.random(Shape(channels: 1, height: size, width: size), in: -1e6...1e6, seed: 33)
    let expected = picture.values.sorted()[size * size / 2]
    #expect(try filterLaws.filter("median:size=\(size):border=valid")(picture).values == [expected])
  }

  @Test("even sizes are refused, and pictures smaller than the square without a border")
  func errors() throws {
    #expect(
      throws: KernelError.parameterValue(
        "4", parameter: "size", kernel: "median", accepted: "an odd number from 3 to 101")
    ) { try filterLaws.filter("median:size=4") }
    #expect(throws: KernelError.self) { try filterLaws.filter("median:size=1") }
    #expect(throws: OperationError.self) {
      try filterLaws.apply("median:border=valid", [[1, 2, 3], [4, 5, 6]])
    }
  }
}
