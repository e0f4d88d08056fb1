import FileAccess
import Foundation
import ImageCodecs
import TestSupport
import Testing

/// A Python that has Pillow, named by the environment variable FEATUREMAP_PYTHON.
private let python = ProcessInfo.processInfo.environment["FEATUREMAP_PYTHON"]

@Suite(
  "Photos beside Pillow",
  .enabled(if: python != nil, "FEATUREMAP_PYTHON names no Python with Pillow"),
  .enabled(if: TestData.has("photos"), "no photos among the test data"))
struct PillowComparisonTests {
  @Test(
    "Every photo decodes to Pillow's pixels",
    arguments: ["photos", "clothing", "jpeg/exif-orientation", "jpeg/libjpeg-turbo"])
  func photos(folder: String) throws {
    let path = try TestData.path(folder)
    let files = try listFolder(path).filter { ImageFormat(path: $0) != nil && $0 != "monkey12.jpg" }
    #expect(!files.isEmpty)
    let output = joinPath(NSTemporaryDirectory(), "pillow-\(UUID().uuidString)")
    try createFolder(output)
    defer { try? FileManager.default.removeItem(atPath: output) }
    let sizes = try runPillow([output] + files.map { joinPath(path, $0) })
    #expect(sizes.count == files.count)
    for (number, file) in files.enumerated() {
      let image = try loadImage(joinPath(path, file))
      #expect(sizes[number] == "\(image.width) \(image.height) \(image.channels)", "\(file)")
      #expect(try image.samples == .uint8(readFile("\(output)/\(number).raw")), "\(file)")
    }
  }

  private func runPillow(_ arguments: [String]) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = [joinPath(parentFolder(of: #filePath), "compare_pillow.py")] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text.split(separator: "\n")
  }
}
