import TensorCore
import Testing

@testable import Pictures

@Suite("Channels chosen, sorted and put together")
struct ChannelChoiceTests {
  /// Means 1, 0, 2, -3; highest 1, 4, 2, -2; energies 1, 16, 4, 10.
  private let layer = Tensor(planes: [[[1, 1]], [[-4, 4]], [[2, 2]], [[-2, -4]]])

  private func numbers(_ choice: ChannelChoice) throws -> [Int] { try choice.maps(of: layer).numbers }

  @Test("each order puts the largest first")
  func orders() throws {
    #expect(try numbers(ChannelChoice(order: .mean)) == [2, 0, 1, 3])
    #expect(try numbers(ChannelChoice(order: .max)) == [1, 2, 0, 3])
    #expect(try numbers(ChannelChoice(order: .energy)) == [1, 3, 2, 0])
    #expect(try numbers(ChannelChoice(order: .energy, count: 2)) == [1, 3])
    #expect(try numbers(ChannelChoice()) == [0, 1, 2, 3])
  }

  @Test("channels as they are listed, their values, and what they are called")
  func listed() throws {
    let chosen = try ChannelChoice(channels: [3, 0]).maps(of: layer)
    #expect(chosen.maps == Tensor(planes: [[[-2, -4]], [[1, 1]]]))
    #expect(chosen.names() == ["ch 3", "ch 0"])
    #expect(chosen.names(["a", "b", "c", "d"]) == ["d", "a"])
    #expect(chosen.names(["a"]) == ["ch 3", "a"])
    #expect(try numbers(ChannelChoice(channels: [0, 3, 2], order: .max, count: 2)) == [2, 0])
  }

  @Test("a channel that is not there is told")
  func missing() {
    #expect(throws: PictureError.channel(4, count: 4)) {
      try ChannelChoice(channels: [1, 4]).maps(of: layer)
    }
    #expect("\(PictureError.channel(4, count: 4))" == "there is no channel 4: the layer has channels 0 to 3")
    #expect("\(PictureError.channel(1, count: 1))" == "there is no channel 1: the layer has one, channel 0")
  }

  @Test("equal channels keep their order, those without a finite value come last")
  func ties() throws {
    let layer = Tensor(planes: [[[.nan, .nan]], [[1, 1]], [[2, 0]], [[5, 5]]])
    #expect(try ChannelChoice(order: .mean).maps(of: layer).numbers == [3, 1, 2, 0])
  }

  @Test("reductions: the mean and the highest value at every place")
  func reductions() throws {
    let mean = try ChannelChoice(reduction: .mean).maps(of: layer)
    #expect(mean.maps == Tensor(rows: [[-0.75, 0.75]]))
    #expect(mean.names() == ["mean of 4 maps"])
    let highest = try ChannelChoice(channels: [0, 1], reduction: .max).maps(of: layer)
    #expect(highest.maps == Tensor(rows: [[1, 4]]))
    #expect(highest.names(["x"]) == ["max of 2 maps"])
  }

  @Test("NaN is seen in a reduction wherever it stands")
  func notANumber() throws {
    for planes in [[[[.nan]], [[1 as Float]]], [[[1]], [[.nan]]]] {
      let layer = Tensor(planes: planes.map { [$0[0] + [0]] })
      for reduction in ChannelReduction.allCases {
        let map = try ChannelChoice(reduction: reduction).maps(of: layer).maps
        #expect(map.values[0].isNaN && map.values[1] == 0, "\(reduction)")
      }
    }
  }

  @Test("vectors are chosen from and sorted, and not put together")
  func vectors() throws {
    let vector = Tensor(shape: Shape(channels: 3, height: 1, width: 1), values: [1, -5, 2])
    let chosen = try ChannelChoice(order: .energy, count: 2, reduction: .mean).maps(of: vector)
    #expect(chosen.maps.values == [-5, 2] && chosen.numbers == [1, 2] && chosen.reduction == nil)
    #expect(chosen.names() == ["1", "2"])
  }
}
