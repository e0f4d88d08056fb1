import ImageCodecs
import TensorCore

/// A picture at the size at which garments are looked for: small enough to be quick, large beside 28x28.
struct ReducedPicture {
  let extent: Extent
  /// Row by row: red, green, blue in 0...1, laid on white where transparent, and opacity.
  let pixels: [SIMD4<Float>]

  /// The longest edge at most.
  static let longestEdge = 160

  init(_ image: RasterImage) {
    let blocks = Self.blockMeans(image)
    let longest = max(blocks.shape.height, blocks.shape.width)
    func scaled(_ size: Int) -> Int {
      longest <= Self.longestEdge
        ? size : max(1, Int((Double(size * Self.longestEdge) / Double(longest)).rounded()))
    }
    let extent = Extent(height: scaled(blocks.shape.height), width: scaled(blocks.shape.width))
    let small = extent == blocks.shape.extent ? blocks : resized(blocks, to: extent)
    self.extent = extent
    pixels = (0..<extent.count).map { i in
      func channel(_ c: Int) -> Float { small.values[c * extent.count + i] }
      let opacity = min(channel(3), 1)
      let color = SIMD4(channel(0), channel(1), channel(2), 0) + (1 - opacity)
      var pixel = color.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 1))
      pixel.w = opacity
      return pixel
    }
  }

  /// Rec. 601 luma of every pixel.
  var luma: [Float] { pixels.map { 0.299 * $0.x + 0.587 * $0.y + 0.114 * $0.z } }

  /// Shape [1, 3, height, width].
  var colors: Tensor {
    Tensor(
      shape: Shape(channels: 3, height: extent.height, width: extent.width),
      values: (0..<3).flatMap { c in pixels.map { $0[c] } })
  }

  /// Red, green, blue, each times opacity, and opacity, of blocks of pixels, so many that twice the longest edge
  /// is left; of large blocks some pixels stand for all.
  private static func blockMeans(_ image: RasterImage) -> Tensor {
    let side = max(1, max(image.height, image.width) / (2 * longestEdge))
    let extent = Extent(height: max(1, image.height / side), width: max(1, image.width / side))
    var means = Tensor(shape: Shape(channels: 4, height: extent.height, width: extent.width))
    switch image.samples {
    case .uint8(let samples): fill(&means, image, samples, side: side)
    case .uint16(let samples): fill(&means, image, samples, side: side)
    }
    return means
  }

  private static func fill<Sample: FixedWidthInteger>(
    _ means: inout Tensor, _ image: RasterImage, _ samples: [Sample], side: Int
  ) {
    let extent = means.shape.extent
    let step = max(1, side / 4)
    let scale = 1 / Float(image.maximum)
    samples.withUnsafeBufferPointer { samples in
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          var sum = SIMD4<Float>.zero
          var count: Float = 0
          for row in stride(from: y * side, to: min((y + 1) * side, image.height), by: step) {
            for column in stride(from: x * side, to: min((x + 1) * side, image.width), by: step) {
              let first = (row * image.width + column) * image.channels
              sum += premultiplied(samples, first, image, scale)
              count += 1
            }
          }
          for c in 0..<4 { means.values[c * extent.count + y * extent.width + x] = sum[c] / count }
        }
      }
    }
  }

  @inline(__always)
  private static func premultiplied<Sample: FixedWidthInteger>(
    _ samples: UnsafeBufferPointer<Sample>, _ first: Int, _ image: RasterImage, _ scale: Float
  ) -> SIMD4<Float> {
    let isColor = image.channels >= 3
    let opacity = image.hasAlpha ? Float(samples[first + image.channels - 1]) * scale : 1
    let red = Float(samples[first]) * scale
    let green = isColor ? Float(samples[first + 1]) * scale : red
    let blue = isColor ? Float(samples[first + 2]) * scale : red
    return SIMD4(red * opacity, green * opacity, blue * opacity, opacity)
  }
}
