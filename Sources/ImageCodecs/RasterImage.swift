/// A picture as files hold it: rows from the top, channels interleaved (HWC), integers.
public struct RasterImage: Sendable, Equatable {
  /// The samples, [height, width, channels]: sample c of the pixel in row y and column x is at
  /// `(y * width + x) * channels + c`.
  public enum Samples: Sendable, Equatable {
    /// 8 bits a sample, 0...255.
    case uint8([UInt8])
    /// 16 bits a sample, 0...65535.
    case uint16([UInt16])

    /// The number of samples.
    public var count: Int {
      switch self {
      case .uint8(let values): values.count
      case .uint16(let values): values.count
      }
    }
  }

  /// The number of columns, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha is not premultiplied.
  public let channels: Int
  /// `width * height * channels` numbers.
  public let samples: Samples

  /// A picture of the given samples.
  ///
  /// - Precondition: all sizes are in range and there are `width * height * channels` samples.
  public init(width: Int, height: Int, channels: Int, samples: Samples) {
    precondition(width > 0 && height > 0, "a picture of \(width) x \(height) pixels")
    precondition((1...4).contains(channels), "a picture of \(channels) channels; expected 1 to 4")
    precondition(
      samples.count == width * height * channels,
      "\(samples.count) samples for \(width) x \(height) pixels of \(channels) channels")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// Whether the last channel is alpha, that is opacity.
  public var hasAlpha: Bool { channels == 2 || channels == 4 }

  /// The number of channels without alpha: 1 grey or 3 RGB.
  public var colorChannels: Int { hasAlpha ? channels - 1 : channels }

  /// The number of bits of a sample, 8 or 16.
  public var bitDepth: Int {
    switch samples {
    case .uint8: 8
    case .uint16: 16
    }
  }

  /// The number that stands for full brightness or opacity: 255 or 65535.
  public var maximum: Int { (1 << bitDepth) - 1 }

  /// The same picture with 8 bits a sample: 16-bit samples are scaled by 255 / 65535 and rounded.
  public func reducedTo8Bits() -> RasterImage {
    RasterImage(width: width, height: height, channels: channels, samples: .uint8(samples.reducedTo8Bits()))
  }
}

extension RasterImage.Samples {
  /// The samples with 8 bits each: 16-bit samples are scaled by 255 / 65535 and rounded.
  func reducedTo8Bits() -> [UInt8] {
    switch self {
    case .uint8(let values): values
    case .uint16(let values): values.map { UInt8((UInt32($0) * 255 + 32767) / 65535) }
    }
  }
}
