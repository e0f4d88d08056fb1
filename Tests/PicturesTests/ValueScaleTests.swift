import TensorCore
import Testing

@testable import Pictures

@Suite("Scales and ranges")
struct ValueScaleTests {
  @Test("the scales are read, and their texts read back")
  func parsing() throws {
    #expect(try ValueScale("each") == .each)
    #expect(try ValueScale("layer") == .layer)
    #expect(try ValueScale("block") == .block)
    #expect(try ValueScale("all") == .all)
    #expect(try ValueScale("-1, 2.5") == .fixed(-1...2.5))
    for scale in [ValueScale.each, .layer, .block, .all, .fixed(-1e-5...3)] {
      #expect(try ValueScale(scale.description) == scale)
    }
  }

  @Test(
    "other texts are refused",
    arguments: ["", "Layer", "1", "1,", ",1", "2,1", "1,1", "nan,1", "0,inf", "0,1,2", "a,b"])
  func refused(text: String) {
    #expect(throws: PictureError.scale(text)) { try ValueScale(text) }
  }

  @Test("the message says what was got and what is expected")
  func message() {
    #expect(
      PictureError.scale("2,1").description
        == "unknown scale '2,1': expected each, layer, block, all or two numbers such as -1,1 (the lower first)"
    )
  }

  @Test("statistics count what is not finite and leave it out of the extremes")
  func statistics() {
    let statistics = ValueStatistics([1, .nan, -3, .infinity, 2, -.infinity])
    #expect(statistics.minimum == -3)
    #expect(statistics.maximum == 2)
    #expect(statistics.nanCount == 1)
    #expect(statistics.infiniteCount == 2)
    #expect(statistics.notFiniteNote == "1 NaN, 2 inf")
    #expect(statistics.rangeText == "[-3, 2]")
    #expect(statistics.constant == nil)
    #expect(ValueStatistics([.nan]).rangeText == "no finite value")
    #expect(ValueStatistics([0.5, 0.5]).rangeText == "constant 0.5")
    #expect(ValueStatistics([0.5, 0.5, .nan]).constant == nil)
  }

  @Test("bounds that differ little are written with the digits that differ")
  func closeBounds() {
    #expect(ValueRange(0.99981, 0.99992).description == "[0.9998, 0.9999]")
    #expect(ValueStatistics([1, 1.0000001]).rangeText == "[1, 1.0000001]")
    #expect(ValueRange(-1.234, 0.5).description == "[-1.23, 0.5]")
  }

  @Test("merging gives the statistics of all values")
  func merging() {
    let first: [Float] = [1, .nan, 4]
    let second: [Float] = [-2, .infinity]
    var merged = ValueStatistics(first)
    merged.merge(ValueStatistics(second))
    #expect(merged == ValueStatistics(first + second))
    merged.merge(ValueStatistics())
    #expect(merged == ValueStatistics(first + second))
  }

  @Test("a symmetric range reaches the largest magnitude on both sides")
  func symmetric() {
    let statistics = ValueStatistics([-0.5, 2])
    #expect(ValueRange(covering: statistics, symmetric: true) == ValueRange(-2, 2))
    #expect(ValueRange(covering: statistics, symmetric: false) == ValueRange(-0.5, 2))
    #expect(ValueRange(covering: ValueStatistics([3, 3]), symmetric: true) == nil)
    #expect(ValueRange(covering: ValueStatistics([.nan]), symmetric: false) == nil)
  }

  @Test("zero is in the middle of a diverging map under any range")
  func zeroInTheMiddle() {
    for range in [ValueRange(-1, 3), ValueRange(-5, 0.1), ValueRange(0, 2)] {
      #expect(range.position(of: 0, diverging: true) == 0.5)
    }
    #expect(ValueRange(-1, 3).position(of: 3, diverging: true) == 1)
    #expect(ValueRange(-1, 3).position(of: -9, diverging: true) == Float(0.5 - 1.0 / 6))
  }

  @Test("the widest range of floats still has a middle")
  func hugeRange() {
    let range = ValueRange(-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
    #expect(range.position(of: 0, diverging: false) == 0.5)
    #expect(range.position(of: .greatestFiniteMagnitude, diverging: false) == 1)
    #expect(range.position(of: -.greatestFiniteMagnitude, diverging: true) == 0)
  }
}
