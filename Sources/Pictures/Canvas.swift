import ImageCodecs

/// A picture of 8-bit RGB pixels to draw on; whatever lies outside it is left out.
package struct Canvas: Sendable {
  package let width: Int
  package let height: Int
  private var samples: [UInt8]

  package init(width: Int, height: Int, background: RGBColor) {
    precondition(width > 0 && height > 0, "no canvas of \(width)x\(height)")
    self.width = width
    self.height = height
    samples = Array(repeating: 0, count: width * height * 3)
    fill(bounds, background)
  }

  package var bounds: PixelRect { PixelRect(x: 0, y: 0, width: width, height: height) }

  package var image: RasterImage {
    RasterImage(width: width, height: height, channels: 3, samples: .uint8(samples))
  }

  package subscript(x: Int, y: Int) -> RGBColor {
    get {
      let i = (y * width + x) * 3
      return RGBColor(samples[i], samples[i + 1], samples[i + 2])
    }
    set {
      guard x >= 0, y >= 0, x < width, y < height else { return }
      let i = (y * width + x) * 3
      samples[i] = newValue.red
      samples[i + 1] = newValue.green
      samples[i + 2] = newValue.blue
    }
  }

  package mutating func fill(_ rect: PixelRect, _ color: RGBColor) {
    let inside = rect.intersection(bounds)
    guard inside.width > 0, inside.height > 0 else { return }
    let stride = width * 3
    let first = inside.y * stride + inside.x * 3
    samples.withUnsafeMutableBufferPointer { samples in
      guard let row = samples.baseAddress.map({ $0 + first }) else { return }
      for x in 0..<inside.width {
        row[3 * x] = color.red
        row[3 * x + 1] = color.green
        row[3 * x + 2] = color.blue
      }
      // In bounds: the rectangle lies within the canvas.
      for y in 1..<inside.height { (row + y * stride).update(from: row, count: inside.width * 3) }
    }
  }

  /// The outline of the rectangle, one pixel wide, drawn inside it.
  package mutating func frame(_ rect: PixelRect, _ color: RGBColor) {
    fill(PixelRect(x: rect.x, y: rect.y, width: rect.width, height: 1), color)
    fill(PixelRect(x: rect.x, y: rect.bottom - 1, width: rect.width, height: 1), color)
    fill(PixelRect(x: rect.x, y: rect.y, width: 1, height: rect.height), color)
    fill(PixelRect(x: rect.right - 1, y: rect.y, width: 1, height: rect.height), color)
  }

  /// Rows of `columns` colours each, every one a square of `zoom` pixels.
  mutating func blit(_ colors: [RGBColor], columns: Int, x: Int, y: Int, zoom: Int) {
    if zoom == 1 {
      copy(colors, columns: columns, x: x, y: y)
    } else {
      for (index, color) in colors.enumerated() {
        let left = x + index % columns * zoom
        let top = y + index / columns * zoom
        fill(PixelRect(x: left, y: top, width: zoom, height: zoom), color)
      }
    }
  }

  /// Rows of `columns` pixels each.
  private mutating func copy(_ colors: [RGBColor], columns: Int, x: Int, y: Int) {
    let (width, height) = (width, height)
    samples.withUnsafeMutableBufferPointer { samples in
      colors.withUnsafeBufferPointer { colors in
        for index in 0..<colors.count {
          let left = x + index % columns
          let top = y + index / columns
          guard left >= 0, top >= 0, left < width, top < height else { continue }
          let color = colors[index]
          let i = (top * width + left) * 3
          samples[i] = color.red
          samples[i + 1] = color.green
          samples[i + 2] = color.blue
        }
      }
    }
  }
}
