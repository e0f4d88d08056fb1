import FeatureMap

/// Pictures of a layer's kernels after each epoch, all on one scale, and an animation of them.
///
/// The scale is the least of 1, 2 or 5 times a power of ten that all weights so far are within: it seldom changes, and
/// when it does the earlier frames are drawn again. The weights are kept in a file beside the frames, so that a
/// training that goes on knows those of before.
struct KernelFrames {
  private let folder: String
  private let layer: String
  /// By epoch.
  private var weights: [Int: Tensor] = [:]
  private(set) var limit: Float = 0

  private var weightsPath: String { joinPath(folder, "\(layer)-frames.safetensors") }
  var animationPath: String { joinPath(folder, "\(layer)-animation.png") }

  /// How long a frame of the animation is shown.
  private static let milliseconds = 150

  /// - Parameter epoch: the last one done before; frames of earlier ones are taken up, later ones are of another
  ///   training.
  init(folder: String, layer: String, after epoch: Int) {
    self.folder = folder
    self.layer = layer
    guard epoch > 0, let file = try? Safetensors(path: weightsPath) else { return }
    for array in file.arrays {
      guard let number = Int(array.name.dropFirst("epoch-".count)), number <= epoch,
        let tensor = array.weightTensor
      else { continue }
      weights[number] = tensor
    }
    limit = Self.limit(covering: weights.values.flatMap(\.values))
  }

  /// The least of 1, 2 and 5 times a power of ten that no magnitude is above; 1 where all are 0 or not finite.
  static func limit(covering values: [Float]) -> Float {
    let largest = values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    guard largest > 0 else { return 1 }
    var power: Float = 1
    while power < largest { power *= 10 }
    while power / 10 >= largest, power > 1e-30 { power /= 10 }
    // power / 10 < largest <= power
    return [power / 5, power / 2].first { $0 >= largest } ?? power
  }

  /// Draws the kernels after an epoch.
  mutating func add(_ kernels: Tensor, epoch: Int) throws {
    weights[epoch] = kernels
    let needed = max(limit, Self.limit(covering: kernels.values))
    let isOutgrown = needed > limit
    limit = needed
    for frame in weights where isOutgrown || frame.key == epoch {
      try saveImage(
        image(frame), to: joinPath(folder, "\(layer)-epoch-\(Self.number(frame.key)).png"))
    }
    let arrays = weights.sorted { $0.key < $1.key }.map { epoch, tensor in
      let shape = tensor.shape
      return NamedArray(
        name: "epoch-\(Self.number(epoch))",
        dimensions: [shape.batch, shape.channels, shape.height, shape.width], values: tensor.values)
    }
    try writeFile(try Safetensors(arrays: arrays).encoded(), to: weightsPath)
  }

  /// Draws the frames as an animation.
  func writeAnimation() throws {
    let frames = weights.sorted { $0.key < $1.key }.map(image)
    guard !frames.isEmpty else { return }
    let bytes = try encodeAnimatedPNG(
      paddedToOneSize(frames), milliseconds: Self.milliseconds,
      text: textChunks(title: "\(layer): training", shape: nil, scale: "\(-limit),\(limit)", source: nil),
      name: animationPath)
    try writeFile(bytes, to: animationPath)
  }

  private func image(_ frame: (key: Int, value: Tensor)) -> RasterImage {
    KernelGrid(
      title: "\(layer)  epoch \(frame.key)", weights: frame.value, scale: .fixed(-limit...limit)
    ).render().image
  }

  /// The epoch with four digits, so that names sort as numbers do.
  private static func number(_ epoch: Int) -> String {
    String(repeating: "0", count: max(0, 4 - "\(epoch)".count)) + "\(epoch)"
  }
}
