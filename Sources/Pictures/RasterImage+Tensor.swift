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
///
/// A few pixels at a time, plane by plane and then side by side, so that the compiler can round with vectors.
private func interleaved<Sample: FixedWidthInteger & UnsignedInteger>(
  _ tensor: Tensor, largest: Float
) -> [Sample] {
  let count = tensor.shape.planeCount
  let channels = tensor.shape.channels
  let chunkSize = 1024
  return [Sample](unsafeUninitializedCapacity: count * channels) { samples, filled in
    tensor.values.withUnsafeBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Sample.self, capacity: chunkSize * channels) { levels in
        guard let from = values.baseAddress, let to = samples.baseAddress, let planes = levels.baseAddress
        else { return }
        // In bounds: first + chunk <= count, and the scratch memory holds a chunk of every channel.
        for first in stride(from: 0, to: count, by: chunkSize) {
          let chunk = min(chunkSize, count - first)
          let target = to + first * channels
          for c in 0..<channels {
            let plane = channels == 1 ? target : planes + c * chunk
            round(from + c * count + first, to: plane, count: chunk, largest: largest)
          }
          switch channels {
          case 1: break
          case 2: interleave(planes, to: target, count: chunk, channels: 2)
          case 3: interleave(planes, to: target, count: chunk, channels: 3)
          default: interleave(planes, to: target, count: chunk, channels: 4)
          }
        }
      }
    }
    filled = count * channels
  }
}

/// Values 0...1 as levels 0...largest; what lies outside is clamped, and NaN is 0.
@inline(__always)
private func round<Sample: FixedWidthInteger & UnsignedInteger>(
  _ values: UnsafePointer<Float>, to levels: UnsafeMutablePointer<Sample>, count: Int, largest: Float
) {
  // From 2^23 on a float has no fraction: adding it rounds (a half to the even side), and leaves the number in
  // the lowest bits. Many times faster than rounded(), and than a conversion with its checks.
  let shift: Float = 8_388_608
  for i in 0..<count {
    let value = values[i]
    // The comparison is false for NaN, which so becomes 0.
    let scaled = (value > 0 ? (value < 1 ? value : 1) : 0) * largest
    let shifted = scaled + shift
    let isHalfBelow: UInt32 = scaled - (shifted - shift) >= 0.5 ? 1 : 0
    levels[i] = Sample(truncatingIfNeeded: (shifted.bitPattern & 0x7f_ffff) &+ isHalfBelow)
  }
}

/// Planes behind each other as pixels; with a constant number of channels that is several times faster.
@inline(__always)
private func interleave<Sample>(
  _ planes: UnsafePointer<Sample>, to pixels: UnsafeMutablePointer<Sample>, count: Int, channels: Int
) {
  for i in 0..<count {
    for c in 0..<channels { pixels[i * channels + c] = planes[c * count + i] }
  }
}
