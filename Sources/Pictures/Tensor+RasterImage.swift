import ImageCodecs
import TensorCore

/// Which channels a picture has as a tensor.
public enum PictureMode: Sendable, Equatable {
  /// One channel: the luma of colours.
  case gray
  /// Red, green, blue; a grey picture three times.
  case rgb
  /// Red, green, blue and opacity; 1 where the picture has none.
  case rgba
  /// The channels that the picture has.
  case asIs
}

extension NumericTensor where Scalar == Float {
  /// A picture as one example [1, channels, height, width] of values 0...1: v / 255 or v / 65535.
  ///
  /// Grey is the luma of Rec. 601 as PIL and OpenCV compute it, (299 R + 587 G + 114 B) / 1000, but not rounded
  /// to whole levels; PIL's (19595 R + 38470 G + 7471 B + 32768) >> 16 differs by less than 0.51 / 255. A grey
  /// colour (R = G = B) keeps its value exactly.
  ///
  /// - Parameter background: what shows through transparent pixels in the modes `gray` and `rgb`. By default the
  ///   opacity is dropped and the colour stays as stored, as PIL's `convert("RGB")` does.
  public init(image: RasterImage, mode: PictureMode, background: RGBColor? = nil) {
    switch image.samples {
    case .uint8(let samples):
      self.init(PixelReader(image, samples, largest: 255), mode: mode, background: background)
    case .uint16(let samples):
      self.init(PixelReader(image, samples, largest: 65535), mode: mode, background: background)
    }
  }

  private init<Sample: FixedWidthInteger>(
    _ pixels: PixelReader<Sample>, mode: PictureMode, background: RGBColor?
  ) {
    let count = pixels.height * pixels.width
    let channels: Int
    switch mode {
    case .gray: channels = 1
    case .rgb: channels = 3
    case .rgba: channels = 4
    case .asIs: channels = pixels.channels
    }
    self.init(shape: Shape(channels: channels, height: pixels.height, width: pixels.width)) { planes in
      if mode == .asIs || mode != .rgba && channels == pixels.channels {
        pixels.separate(into: planes)
        return
      }
      for i in 0..<count {
        switch mode {
        case .gray: planes[i] = pixels.luma(i, over: background)
        case .rgb:
          for c in 0..<3 { planes[c * count + i] = pixels.color(i, c, over: background) }
        case .rgba:
          for c in 0..<3 { planes[c * count + i] = pixels.color(i, c, over: nil) }
          planes[3 * count + i] = pixels.opacity(i)
        case .asIs: break
        }
      }
    }
  }
}

/// The numbers 0...1 that bytes stand for.
private let byteLevels = (0..<256).map { Float($0) / 255 }

/// The samples of a picture as numbers 0...1.
private struct PixelReader<Sample: FixedWidthInteger> {
  let width: Int
  let height: Int
  let channels: Int
  private let samples: [Sample]
  private let largest: Double

  init(_ image: RasterImage, _ samples: [Sample], largest: Double) {
    width = image.width
    height = image.height
    channels = image.channels
    self.samples = samples
    self.largest = largest
  }

  private var hasOpacity: Bool { channels == 2 || channels == 4 }
  private var hasColor: Bool { channels >= 3 }

  // The quotient in double precision, rounded to a float, is the correctly rounded quotient, as is that of two
  // floats: equal inputs give equal results whichever way they came.
  func stored(_ pixel: Int, _ channel: Int) -> Float {
    Float(Double(samples[pixel * channels + channel]) / largest)
  }

  /// All channels as planes of 0...1.
  func separate(into planes: UnsafeMutableBufferPointer<Float>) {
    switch channels {
    case 1: separate(into: planes, channels: 1)
    case 2: separate(into: planes, channels: 2)
    case 3: separate(into: planes, channels: 3)
    default: separate(into: planes, channels: 4)
    }
  }

  /// With a constant number of channels this is several times faster. A table spares the divisions for 8 bits.
  @inline(__always)
  private func separate(into planes: UnsafeMutableBufferPointer<Float>, channels: Int) {
    let count = width * height
    let divisor = Float(largest)
    samples.withUnsafeBufferPointer { samples in
      byteLevels.withUnsafeBufferPointer { table in
        guard let from = samples.baseAddress, let to = planes.baseAddress else { return }
        // In bounds: there are count * channels samples and values, and a byte is below 256.
        for i in 0..<count {
          for c in 0..<channels {
            let level = Int(truncatingIfNeeded: from[i * channels + c])
            to[c * count + i] = Sample.bitWidth == 8 ? table[level] : Float(level) / divisor
          }
        }
      }
    }
  }

  func opacity(_ pixel: Int) -> Float {
    hasOpacity ? stored(pixel, channels - 1) : 1
  }

  func color(_ pixel: Int, _ channel: Int, over background: RGBColor?) -> Float {
    let own = stored(pixel, hasColor ? channel : 0)
    guard let background, hasOpacity else { return own }
    let behind = channel == 0 ? background.red : channel == 1 ? background.green : background.blue
    let alpha = opacity(pixel)
    return own * alpha + Float(behind) / 255 * (1 - alpha)
  }

  func luma(_ pixel: Int, over background: RGBColor?) -> Float {
    if let background, hasOpacity {
      return 0.299 * color(pixel, 0, over: background) + 0.587 * color(pixel, 1, over: background)
        + 0.114 * color(pixel, 2, over: background)
    }
    guard hasColor else { return stored(pixel, 0) }
    let first = pixel * channels
    let weighted = 299 * Int(samples[first]) + 587 * Int(samples[first + 1]) + 114 * Int(samples[first + 2])
    return Float(Double(weighted) / (1000 * largest))
  }
}
