/// The size of a tensor: `batch` examples of `channels` planes of `height` x `width` values (NCHW).
///
/// A vector, such as the output of a linear layer, is `[batch, features, 1, 1]`.
public struct Shape: Hashable, Sendable {
  public var batch: Int
  public var channels: Int
  public var height: Int
  public var width: Int

  /// All sizes must be at least 0; a tensor of size 0 is legal and holds nothing.
  public init(batch: Int = 1, channels: Int, height: Int, width: Int) {
    precondition(
      batch >= 0 && channels >= 0 && height >= 0 && width >= 0,
      "negative size in shape \(batch)x\(channels)x\(height)x\(width)")
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The number of values: `batch * channels * height * width`.
  public var count: Int { batch * channels * height * width }

  /// The number of values of one plane: `height * width`.
  public var planeCount: Int { height * width }

  /// The number of values of one example: `channels * height * width`.
  public var exampleCount: Int { channels * height * width }

  /// Height and width as one value.
  public var extent: Extent { Extent(height: height, width: width) }

  /// The same sizes for another number of examples.
  public func with(batch: Int) -> Shape {
    Shape(batch: batch, channels: channels, height: height, width: width)
  }
}

extension Shape: CustomStringConvertible {
  /// `6x28x28` for one example, `32x6x28x28` for a batch, `10` for a vector.
  public var description: String {
    var sizes = batch == 1 ? [channels] : [batch, channels]
    if height != 1 || width != 1 { sizes += [height, width] }
    return sizes.map(String.init).joined(separator: "x")
  }
}
