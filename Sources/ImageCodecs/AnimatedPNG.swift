/// Pictures one after the other as an animated PNG, endlessly repeated; programs that know none show the first.
///
/// Source: PNG specification, third edition, chunks acTL, fcTL and fdAT.
///
/// - Parameters:
///   - frames: at least one, all of one size, number of channels and depth.
///   - milliseconds: how long each is shown, 1...65535.
///   - text: notes to store.
/// - Throws: `ImageError.notEncodable` for frames that differ in size or kind, and for no frame.
public func encodeAnimatedPNG(
  _ frames: [RasterImage], milliseconds: Int, text: [TextChunk] = [], name: String = "the animation"
) throws -> [UInt8] {
  func refuse(_ reason: String) -> ImageError { .notEncodable(name: name, format: .png, reason: reason) }
  guard let first = frames.first else { throw refuse("there is no frame") }
  guard (1...65535).contains(milliseconds) else {
    throw refuse("a frame of \(milliseconds) ms; expected 1 to 65535")
  }
  guard frames.allSatisfy({ $0.layout == first.layout }) else {
    throw refuse("its frames differ in size, channels or depth")
  }
  var animation = AnimationChunks(frameCount: frames.count, milliseconds: milliseconds)
  for (index, frame) in frames.enumerated() {
    let options = PNGOptions(text: index == 0 ? text : [])
    animation.add(
      try encodePNG(frame, options: options, name: name), width: frame.width, height: frame.height)
  }
  return animation.bytes + makePNGChunk(type: "IEND", content: [])
}

/// The chunks of an animation, made of those of single pictures.
private struct AnimationChunks {
  private(set) var bytes = pngSignature
  private let frameCount: Int
  private let milliseconds: Int
  /// fcTL and fdAT chunks are numbered together.
  private var sequence: UInt32 = 0
  private var isFirst = true

  init(frameCount: Int, milliseconds: Int) {
    self.frameCount = frameCount
    self.milliseconds = milliseconds
  }

  /// - Parameter png: of one frame. Of the first its other chunks are kept, too.
  mutating func add(_ png: [UInt8], width: Int, height: Int) {
    var hasControl = false
    for chunk in pngChunks(png) where chunk.type != "IEND" {
      let isData = chunk.type == "IDAT"
      if isData && !hasControl {
        addControl(width: width, height: height)
        hasControl = true
      }
      if isFirst {
        bytes += makePNGChunk(type: chunk.type, content: Array(png[chunk.content]))
        // acTL: how many frames, played without end.
        if chunk.type == "IHDR" {
          bytes += makePNGChunk(type: "acTL", content: bigEndian(UInt32(frameCount)) + bigEndian(0))
        }
      } else if isData {
        bytes += makePNGChunk(type: "fdAT", content: nextNumber() + png[chunk.content])
      }
    }
    isFirst = false
  }

  /// fcTL: a whole frame, shown for so many thousandths, left as it is, put in place of the one before.
  private mutating func addControl(width: Int, height: Int) {
    let size = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + bigEndian(0) + bigEndian(0)
    // A fraction of two 16-bit numbers: milliseconds / 1000.
    let delay = bigEndian(UInt32(milliseconds) << 16 | 1000)
    bytes += makePNGChunk(type: "fcTL", content: nextNumber() + size + delay + [0, 0])
  }

  private mutating func nextNumber() -> [UInt8] {
    defer { sequence += 1 }
    return bigEndian(sequence)
  }
}
