import FeatureMap

/// Pictures that visitors sent, by the digest of their files: the latest ones, as many as there is room for.
final class ServedPictures: Sendable {
  private struct Entry {
    let image: RasterImage
    let bytes: Int
    var lastUse: Int
  }

  private struct Shelf {
    var entries: [String: Entry] = [:]
    var uses = 0
    var bytes: Int { entries.values.reduce(0) { $0 + $1.bytes } }
  }

  private let shelf = Locked(Shelf())
  /// Bytes of pixels.
  private let room: Int

  init(room: Int) {
    self.room = room
  }

  /// Keeps a picture and tells the name by which it is found again; `nil` for one that is too large.
  func add(_ image: RasterImage, file: [UInt8]) -> String? {
    var digest = SHA256()
    digest.update(file)
    let name = digest.hexadecimal
    let bytes = image.width * image.height * image.channels * image.bitDepth / 8
    guard bytes <= room else { return nil }
    shelf.withLock { shelf in
      shelf.uses += 1
      shelf.entries[name] = Entry(image: image, bytes: bytes, lastUse: shelf.uses)
      while shelf.bytes > room,
        let oldest = shelf.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        shelf.entries[oldest.key] = nil
      }
    }
    return name
  }

  /// `nil` for one that was never sent, or had to make room.
  func picture(named name: String) -> RasterImage? {
    shelf.withLock { shelf in
      shelf.uses += 1
      shelf.entries[name]?.lastUse = shelf.uses
      return shelf.entries[name]?.image
    }
  }
}
