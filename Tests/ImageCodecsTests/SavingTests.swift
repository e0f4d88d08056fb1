import FileAccess
import Foundation
import ImageCodecs
import TestSupport
import Testing

@Suite("Loading and saving")
struct SavingTests {
  private let image = randomImage(width: 6, height: 5, channels: 3, bitDepth: 8, seed: 9)

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = joinPath(NSTemporaryDirectory(), "codecs-\(UUID().uuidString)")
    try createFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("The extension chooses the format to write, the content the one to read")
  func formats() throws {
    try inFolder { folder in
      for (name, format) in [("a.png", ImageFormat.png), ("b.JPG", .jpeg), ("c.jpeg", .jpeg)] {
        let path = joinPath(folder, name)
        try saveImage(image, to: path)
        #expect(ImageFormat.sniff(try readFile(path)) == format)
        #expect(try loadImage(path).width == 6)
      }
      let misnamed = joinPath(folder, "misnamed.jpg")
      try saveImage(image, to: misnamed, format: .png)
      #expect(try loadImage(misnamed) == image)
    }
  }

  @Test("An unknown extension is refused, and the message lists the known ones")
  func unknownExtension() {
    let error = #expect(throws: ImageError.self) { try saveImage(image, to: "map.gif") }
    #expect(
      error?.description == "map.gif: the extension \".gif\" names no format; expected .png, .jpg or .jpeg")
    #expect(throws: ImageError.unknownExtension(name: "standard output")) { try saveImage(image, to: "-") }
    #expect(throws: ImageError.unknownExtension(name: "map")) { try saveImage(image, to: "map") }
  }

  @Test("A failed save leaves the old file and nothing beside it")
  func failedSave() throws {
    try inFolder { folder in
      let path = joinPath(folder, "a.jpg")
      try writeFile([1, 2, 3], to: path)
      let transparent = randomImage(width: 2, height: 2, channels: 2, bitDepth: 8, seed: 1)
      #expect(throws: ImageError.self) { try saveImage(transparent, to: path) }
      #expect(try readFile(path) == [1, 2, 3])
      #expect(try listFolder(folder) == ["a.jpg"])
    }
  }

  @Test("A file beyond the size limit, a missing file and a folder are refused")
  func unreadable() throws {
    try inFolder { folder in
      let path = joinPath(folder, "a.png")
      try saveImage(image, to: path)
      let size = try readFile(path).count
      #expect(try loadImage(path, limits: ImageLimits(maximumFileBytes: size)) == image)
      #expect(throws: FileError.tooLarge(path: path, limit: size - 1)) {
        try loadImage(path, limits: ImageLimits(maximumFileBytes: size - 1))
      }
      #expect(throws: FileError.self) { try loadImage(joinPath(folder, "none.png")) }
      #expect(throws: FileError.self) { try loadImage(folder) }
    }
  }
}
