import TensorCore
import Testing

@testable import Pictures

@Suite("Numbers of a map")
struct MapStatisticsTests {
  @Test("mean, standard deviation, share of zeros and energy of a map computed by hand")
  func byHand() {
    let map = MapStatistics([0, 2, 4, -2, 0, 2, 6, 4] as [Float])
    #expect(map.count == 8 && map.minimum == -2 && map.maximum == 6)
    #expect(map.mean == 2)
    // Squares of the distances from 2: 4, 0, 4, 16, 4, 0, 16, 4.
    #expect(map.standardDeviation == 6.0.squareRoot())
    #expect(map.zeroShare == 0.25)
    #expect(map.energy.map { abs($0 - 10) < 1e-12 } == true)
    #expect(map.notFiniteCount == 0 && !map.isDead)
  }

  @Test("NaN and infinities are counted and left out; a map of them alone has no mean")
  func notFinite() {
    let map = MapStatistics([1, .nan, 3, -.infinity] as [Float])
    #expect(map.mean == 2 && map.standardDeviation == 1 && map.notFiniteCount == 2)
    let nothing = MapStatistics([.nan, .infinity] as [Float])
    #expect(nothing.mean == nil && nothing.standardDeviation == nil && nothing.minimum == nil)
    #expect(nothing.notFiniteCount == 2 && nothing.energy == nil)
    let empty = MapStatistics([] as [Float])
    #expect(empty.mean == nil && empty.zeroShare == 0 && !empty.isDead)
  }

  @Test("a large offset does not eat the spread")
  func offset() throws {
    let map = MapStatistics((0..<1000).map { 100_000 + Float($0 % 2) })
    #expect(abs(try #require(map.standardDeviation) - 0.5) < 1e-9)
  }

  @Test("zeros of either sign are zeros, and a map of them is dead")
  func dead() {
    #expect(MapStatistics([0, -0.0] as [Float]).isDead)
    #expect(!MapStatistics([0.5, 0.5] as [Float]).isDead)
  }

  @Test("each channel is a map; a vector is one")
  func maps() {
    let tensor = Tensor(planes: [[[1, 2]], [[3, 5]]])
    #expect(MapStatistics.maps(of: tensor).map(\.mean) == [1.5, 4])
    let vector = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [1, 2, 6])
    #expect(MapStatistics.maps(of: vector).map(\.mean) == [3])
    let batch = Tensor(shape: Shape(batch: 2, channels: 1, height: 1, width: 2), values: [1, 3, 50, 50])
    #expect(MapStatistics.maps(of: batch).map(\.mean) == [2])
  }
}
