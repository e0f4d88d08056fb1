import TensorCore
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
  @Test("gives the numbers of the published algorithm")
  func published() {
    var generator = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("the same seed gives the same numbers, another seed others")
  func seeds() {
    func numbers(_ seed: UInt64) -> [UInt64] {
      var generator = SplitMix64(seed: seed)
      return (0..<10).map { _ in generator.next() }
    }
    #expect(numbers(5) == numbers(5))
    #expect(numbers(5) != numbers(6))
  }

  @Test("unit numbers lie in 0..<1 and spread evenly")
  func unit() {
    var generator = SplitMix64(seed: 1)
    var tenths = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 {
      let value = generator.unitFloat()
      #expect(value >= 0 && value < 1)
      tenths[Int(value * 10)] += 1
    }
    // 1000 are expected in each; the standard deviation is 30.
    #expect(tenths.allSatisfy { (850...1150).contains($0) })
  }

  @Test("uniform numbers lie between the bounds")
  func uniform() {
    var generator = SplitMix64(seed: 2)
    let numbers = (0..<1000).map { _ in generator.uniform(-3...5) }
    #expect(numbers.allSatisfy { (-3...5).contains($0) })
    #expect((numbers.min() ?? 0) < -2.9 && (numbers.max() ?? 0) > 4.9)
    #expect(generator.uniform(2...2) == 2)
  }

  @Test("indices lie below the bound, and all come", arguments: [1, 2, 3, 10])
  func index(bound: Int) {
    var generator = SplitMix64(seed: 3)
    let found = Set((0..<200).map { _ in generator.index(below: bound) })
    #expect(found == Set(0..<bound))
  }

  @Test("a permutation has every number once", arguments: [0, 1, 2, 5, 100])
  func permutation(count: Int) {
    var generator = SplitMix64(seed: 4)
    let order = generator.permutation(count)
    #expect(order.count == count)
    #expect(Set(order) == Set(0..<count))
  }

  @Test("all orders of three come equally often")
  func fairness() {
    var generator = SplitMix64(seed: 5)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[generator.permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    // 1000 are expected of each; the standard deviation is 29.
    #expect(counts.values.allSatisfy { (850...1150).contains($0) })
  }
}
