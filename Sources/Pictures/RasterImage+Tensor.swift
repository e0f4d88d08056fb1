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

/// Planes of 0...1 as pixels: rounded to the nearest level, halves upwards.
private func interleaved<Sample: FixedWidthInteger & UnsignedInteger>(
  _ tensor: Tensor, largest: Float
) -> [Sample] {
  let count = tensor.shape.planeCount
  let channels = tensor.shape.channels
  return [Sample](unsafeUninitializedCapacity: count * channels) { samples, filled in
    tensor.values.withUnsafeBufferPointer { values in
      for c in 0..<channels {
        for i in 0..<count {
          let value = values[c * count + i]
          // The comparison is false for NaN, which so becomes 0.
          let scaled = value > 0 ? min(value, 1) * largest : 0
          // Truncating and looking at the rest is many times faster than rounded() and gives the same.
          let below = Int32(scaled)
          let level = below + (scaled - Float(below) >= 0.5 ? 1 : 0)
          samples[i * channels + c] = Sample(truncatingIfNeeded: level)
        }
      }
    }
    filled = count * channels
  }
}
