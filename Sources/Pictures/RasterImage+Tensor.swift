import ImageCodecs
import TensorCore

/// How fine the samples of a picture are.
public enum SampleDepth: Int, Sendable {
  case eight = 8
  case sixteen = 16
}

extension RasterImage {
  /// One example of 1 (grey), 2 (grey, opacity), 3 (RGB) or 4 (RGBA) channels of values 0...1 as a picture.
  ///
  /// Values are rounded to the nearest level; what lies outside 0...1 is clamped, never wrapped, and NaN is 0.
  ///
  /// - Throws: `PictureError.notAPicture` for several examples, another number of channels or no pixels.
  public init(tensor: Tensor, bitDepth: SampleDepth = .eight) throws {
    let shape = tensor.shape
    guard shape.batch == 1, (1...4).contains(shape.channels), shape.planeCount > 0 else {
      throw PictureError.notAPicture(shape: shape.description)
    }
    let samples: Samples
    switch bitDepth {
    case .eight: samples = .uint8(interleaved(tensor, largest: 255))
    case .sixteen: samples = .uint16(interleaved(tensor, largest: 65535))
    }
    self.init(width: shape.width, height: shape.height, channels: shape.channels, samples: samples)
  }
}

private func interleaved<Sample: FixedWidthInteger>(_ tensor: Tensor, largest: Float) -> [Sample] {
  let count = tensor.shape.planeCount
  var samples: [Sample] = []
  samples.reserveCapacity(tensor.values.count)
  for i in 0..<count {
    for c in 0..<tensor.shape.channels {
      let value = tensor.values[c * count + i]
      // max(0, NaN) would depend on the order of its arguments.
      let inside = value.isNaN ? 0 : min(max(value, 0), 1)
      samples.append(Sample((inside * largest).rounded()))
    }
  }
  return samples
}
