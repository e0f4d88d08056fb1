import EdgeDetectors
import KernelAPI
import KernelFiles
import Networks
import Smoothing
import TensorCore
import TensorOps
import TestSupport
import Testing

@Suite("Kernels of files do all that kernels do")
struct FileKernelUseTests {
  private func network(_ chain: String) throws -> Network {
    let folder = TestData.packageFolder + "/Samples/Kernels/compass"
    let registry = try KernelRegistry([
      try KernelFolderPlugin(folder: folder), EdgeDetectorsPlugin(), SmoothingPlugin(),
    ])
    return try Network(chain: chain, registry: registry)
  }

  @Test(
    "pictures are filtered in bands where that is exact",
    arguments: ["kirsch", "frei-chen", "lines", "crisp"])
  func bands(name: String) throws {
    for border in ["reflect", "zero", "replicate"] {
      #expect(BandedNetwork(try network("\(name):border=\(border),gaussian"), channels: 3)?.reach == 5)
    }
    #expect(BandedNetwork(try network("\(name):border=circular"), channels: 1) == nil)
    #expect(BandedNetwork(try network("\(name):stride=2"), channels: 1) == nil)
  }

  @Test("receptive fields follow stride and dilation")
  func fields() throws {
    let fields = try network("frei-chen:stride=2:dilation=3,kirsch").receptiveFields()
    #expect(fields["frei-chen"]?.size == Extent(7) && fields["frei-chen"]?.jump == Extent(2))
    #expect(fields["kirsch"]?.size == Extent(11) && fields["kirsch"]?.first == Offset(y: -5, x: -5))
  }

  @Test("two kernels and their length are explained by both sums")
  func explanation() throws {
    let input = Tensor.random(Shape(channels: 1, height: 7, width: 7), in: 0...1, seed: 1)
    let explained = try network("frei-chen").explanation(
      of: UnitPosition(channel: 0, y: 0, x: 3), in: "frei-chen", for: input)
    guard case .weightedSums(let sums, .length) = explained.reason else {
      Issue.record("\(explained.reason)")
      return
    }
    #expect(sums.map(\.name) == ["x", "y"])
    let length = (sums[0].total * sums[0].total + sums[1].total * sums[1].total).squareRoot()
    #expect(abs(length - Double(explained.value)) < 1e-6)
  }

  @Test("a sum of filters is explained as the one that it is")
  func linear() throws {
    let input = Tensor.random(Shape(channels: 1, height: 7, width: 7), in: 0...1, seed: 1)
    let explained = try network("frei-chen:combine=sum").explanation(
      of: UnitPosition(channel: 0, y: 3, x: 3), in: "frei-chen", for: input)
    guard case .weightedSums(let sums, .single) = explained.reason else {
      Issue.record("\(explained.reason)")
      return
    }
    #expect(abs(sums[0].total - Double(explained.value)) < 1e-5)
  }
}
