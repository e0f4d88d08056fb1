/// What a picture is like before there is any pixel of it.
public struct PixelLayout: Sendable, Equatable {
  /// The number of columns, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  public let channels: Int
  /// 8 or 16.
  public let bitDepth: Int

  /// - Precondition: all sizes are in range.
  public init(width: Int, height: Int, channels: Int, bitDepth: Int) {
    precondition(width > 0 && height > 0, "a picture of \(width) x \(height) pixels")
    precondition((1...4).contains(channels), "a picture of \(channels) channels; expected 1 to 4")
    precondition(bitDepth == 8 || bitDepth == 16, "\(bitDepth) bits a sample; expected 8 or 16")
    self.width = width
    self.height = height
    self.channels = channels
    self.bitDepth = bitDepth
  }

  /// Whether the last channel is alpha, that is opacity.
  public var hasAlpha: Bool { channels == 2 || channels == 4 }

  /// The number of channels without alpha: 1 grey or 3 RGB.
  public var colorChannels: Int { hasAlpha ? channels - 1 : channels }
}

extension ImageReader {
  /// Sizes, channels and depth of the upright picture.
  public var layout: PixelLayout {
    PixelLayout(
      width: orientation.swapsAxes ? height : width, height: orientation.swapsAxes ? width : height,
      channels: channels, bitDepth: bitDepth)
  }
}

extension RasterImage {
  /// Sizes, channels and depth.
  public var layout: PixelLayout {
    PixelLayout(width: width, height: height, channels: channels, bitDepth: bitDepth)
  }
}
