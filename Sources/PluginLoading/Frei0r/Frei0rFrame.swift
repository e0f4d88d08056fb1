import TensorCore

/// A frame of four bytes for each pixel, with room around it in which writing beyond its ends does no damage and is seen.
struct Frei0rFrame: ~Copyable {
  private static let pattern: UInt8 = 0xa5

  let layout: Frei0rLayout
  private let start: UnsafeMutableRawPointer
  private let margin: Int
  private let count: Int

  /// A frame of zeros.
  init(_ layout: Frei0rLayout) {
    self.layout = layout
    count = 4 * layout.width * layout.height
    // 64 rows: what draws dots with a radius goes beyond by rows.
    margin = max(1 << 16, 4 * 64 * layout.width)
    start = .allocate(byteCount: count + 2 * margin, alignment: 64)
    start.initializeMemory(as: UInt8.self, repeating: Self.pattern, count: count + 2 * margin)
    bytes.update(repeating: 0, count: count)
  }

  deinit { start.deallocate() }

  /// `4 * width * height` bytes.
  var bytes: UnsafeMutablePointer<UInt8> {
    (start + margin).assumingMemoryBound(to: UInt8.self)
  }

  /// Whether all bytes around the frame are as they were.
  var isIntact: Bool {
    isUntouched(start) && isUntouched(start + margin + count)
  }

  private func isUntouched(_ place: UnsafeMutableRawPointer) -> Bool {
    UnsafeRawBufferPointer(start: place, count: margin).allSatisfy { $0 == Self.pattern }
  }

  /// Puts a picture into the middle and repeats its borders to the ends; opaque.
  ///
  /// - Parameter picture: one or three planes of `layout.picture`.
  func fill(_ picture: UnsafeBufferPointer<Float>, isBGRA: Bool) {
    let (size, bytes) = (layout.picture, bytes)
    let plane = size.height * size.width
    let channels = picture.count / plane
    for channel in 0..<3 {
      let source = channels == 3 ? channel * plane : 0
      let place = isBGRA ? 2 - channel : channel
      for y in 0..<layout.height {
        let row = source + min(max(y - layout.top, 0), size.height - 1) * size.width
        for x in 0..<layout.width {
          let column = min(max(x - layout.left, 0), size.width - 1)
          bytes[4 * (y * layout.width + x) + place] = frameByte(picture[row + column])
        }
      }
    }
    for pixel in 0..<layout.width * layout.height { bytes[4 * pixel + 3] = 255 }
  }

  /// Makes all bytes 255: white and opaque.
  func whiten() { bytes.update(repeating: 255, count: count) }

  /// Takes all bytes of a frame of the same layout.
  func copy(_ other: borrowing Frei0rFrame) { bytes.update(from: other.bytes, count: count) }

  /// Takes the picture's part of one of the four bytes.
  ///
  /// - Parameter goal: a plane of `layout.picture`.
  func take(byte: Int, to goal: UnsafeMutablePointer<Float>) {
    let (size, bytes) = (layout.picture, bytes)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let pixel = (y + layout.top) * layout.width + x + layout.left
        goal[y * size.width + x] = Float(bytes[4 * pixel + byte]) / 255
      }
    }
  }
}
