import FeatureMap
import TestSupport
import Testing

@testable import FeatureMapCommands

@Suite("Frames of kernels")
struct KernelFramesTests {
  @Test(
    "a limit is the least of 1, 2, 5 times a power of ten that covers",
    arguments: [
      ([0.3, -0.1], 0.5), ([0.5], 0.5), ([0.51], 1), ([-1], 1), ([1.01], 2), ([3, -8], 10), ([0.012], 0.02),
      ([0], 1), ([.nan, 4], 5),
    ] as [([Float], Float)])
  func limits(values: [Float], expected: Float) {
    #expect(abs(KernelFrames.limit(covering: values) - expected) < 1e-6 * expected)
  }

  private func kernels(_ size: Float) -> Tensor {
    Tensor(
      shape: Shape(batch: 2, channels: 1, height: 3, width: 3), values: (0..<18).map { Float($0) / 17 * size }
    )
  }

  private func scale(_ folder: TemporaryFolder, _ epoch: Int, like tensor: Tensor, limit: Float) throws
    -> Bool
  {
    let expected = KernelGrid(
      title: "conv1  epoch \(epoch)", weights: tensor, scale: .fixed(-limit...limit)
    ).render().image
    return try loadImage(folder("conv1-epoch-000\(epoch).png")) == expected
  }

  @Test("frames share a scale; when it is outgrown, the earlier ones are drawn again")
  func sharing() throws {
    let folder = try TemporaryFolder()
    var frames = KernelFrames(folder: folder.path, layer: "conv1", after: 0)
    try frames.add(kernels(0.4), epoch: 1)
    try frames.add(kernels(0.3), epoch: 2)
    #expect(frames.limit == 0.5)
    #expect(try scale(folder, 1, like: kernels(0.4), limit: 0.5))
    try frames.add(kernels(0.9), epoch: 3)
    #expect(frames.limit == 1)
    #expect(try scale(folder, 1, like: kernels(0.4), limit: 1))
    #expect(try scale(folder, 2, like: kernels(0.3), limit: 1))
    #expect(try scale(folder, 3, like: kernels(0.9), limit: 1))
  }

  @Test("a training that goes on knows the frames of before, and not those that it does again")
  func resumed() throws {
    let folder = try TemporaryFolder()
    var before = KernelFrames(folder: folder.path, layer: "conv1", after: 0)
    for epoch in 1...3 { try before.add(kernels(0.9), epoch: epoch) }
    var after = KernelFrames(folder: folder.path, layer: "conv1", after: 2)
    #expect(after.limit == 1)
    try after.add(kernels(1.5), epoch: 3)
    #expect(try scale(folder, 1, like: kernels(0.9), limit: 2))
    try after.writeAnimation()
    let animation = try readFile(after.animationPath)
    #expect(try decodeImage(animation, name: "a").width > 200)
    #expect(String(decoding: animation, as: UTF8.self).components(of: "fcTL") == 3)
    let fresh = KernelFrames(folder: folder.path, layer: "conv1", after: 0)
    #expect(fresh.limit == 0)
  }
}

extension String {
  /// How often a text stands in it.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
