import Foundation
import ImageCodecs
import TensorCore
import Testing

extension Fixture: CustomTestStringConvertible {
  var testDescription: String { name }
  var fileBytes: [UInt8] { bytes(file) }
  var expectedPixels: [UInt8] { bytes(pixels) }

  private func bytes(_ base64: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
  }
}

/// A picture of seeded random samples.
func randomImage(width: Int, height: Int, channels: Int, bitDepth: Int, seed: UInt64) -> RasterImage {
  var generator = SplitMix64(seed: seed)
  let count = width * height * channels
  return RasterImage(
    width: width, height: height, channels: channels,
    samples: bitDepth == 8
      ? .uint8((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
      : .uint16((0..<count).map { _ in UInt16.random(in: .min ... .max, using: &generator) }))
}

/// A smooth picture, as JPEG likes them.
func smoothImage(width: Int, height: Int, channels: Int) -> RasterImage {
  var samples: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        let wave = sin(Double(x) / 7 + Double(channel)) + cos(Double(y) / 5)
        samples.append(UInt8(127.5 + wave * 60))
      }
    }
  }
  return RasterImage(width: width, height: height, channels: channels, samples: .uint8(samples))
}

extension RasterImage {
  /// The 8-bit samples; empty for a 16-bit picture.
  var bytes: [UInt8] {
    if case .uint8(let values) = samples { values } else { [] }
  }

  /// The picture as RGBA with its own depth, as the reference pixels of PngSuite are.
  func expandedToRGBA() -> [UInt16] {
    let values: [UInt16] =
      switch samples {
      case .uint8(let values): values.map(UInt16.init)
      case .uint16(let values): values
      }
    return stride(from: 0, to: values.count, by: channels).flatMap { start -> [UInt16] in
      let alpha = hasAlpha ? values[start + channels - 1] : UInt16(maximum)
      let color =
        colorChannels == 3
        ? Array(values[start..<start + 3]) : [UInt16](repeating: values[start], count: 3)
      return color + [alpha]
    }
  }
}

func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  a.count == b.count ? zip(a, b).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) } : .max
}

func meanDifference(_ a: [UInt8], _ b: [UInt8]) -> Double {
  guard a.count == b.count else { return .infinity }
  return Double(zip(a, b).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.count)
}
