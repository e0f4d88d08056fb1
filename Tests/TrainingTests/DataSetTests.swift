import FileAccess
import TensorCore
import TestSupport
import Testing

@testable import Training

@Suite("Data sets in IDX files")
struct DataSetTests {
  private let images = idx(sizes: [3, 2, 2], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6])
  private let labels = idx(sizes: [3], [9, 0, 4])

  /// A folder with a training set, some of its files replaced.
  private func folder(images: [UInt8]? = nil, labels: [UInt8]? = nil, gzip: Bool = false) throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    let ending = gzip ? ".gz" : ""
    try writeFile(images ?? self.images, to: folder("train-images-idx3-ubyte" + ending))
    try writeFile(labels ?? self.labels, to: folder("train-labels-idx1-ubyte" + ending))
    return folder
  }

  private func read(_ folder: TemporaryFolder, _ part: DataPart = .train) throws -> LabelledImages {
    try withExtendedLifetime(folder) { try LabelledImages(folder: folder.path, part: part) }
  }

  /// The problem of a set whose files are replaced.
  private func error(images: [UInt8]? = nil, labels: [UInt8]? = nil) throws -> String {
    let folder = try folder(images: images, labels: labels)
    let error = try #require(throws: (any Error).self) {
      try read(folder)
    }
    let text = "\(error)"
    let beginning = folder.path + "/train-"
    #expect(text.hasPrefix(beginning))
    return String(text.dropFirst(beginning.count))
  }

  @Test("pictures and labels are read, plain and gzipped", arguments: [false, true])
  func reads(gzip: Bool) throws {
    let folder =
      gzip
      ? try folder(images: gzipStored(images), labels: gzipStored(labels), gzip: true) : try folder()
    let data = try read(folder)
    #expect(data.count == 3 && data.height == 2 && data.width == 2)
    #expect(data.labels == [9, 0, 4])
    #expect(data.pixels == [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6])
  }

  @Test("a batch holds the pictures asked for, in 0...1")
  func batch() throws {
    let data = try read(try folder())
    let batch = data.batch([1, 0])
    #expect(batch.shape == Shape(batch: 2, channels: 1, height: 2, width: 2))
    expectClose(
      batch.values, [0.8, 1, 1 / 255, 2 / 255, 0, 0.2, 0.4, 0.6], tolerance: 1e-7)
    let part = data[1..<3]
    #expect(part.labels == [0, 4] && part.pixels == Array(data.pixels[4...]))
  }

  @Test("files that are no IDX files of bytes are refused, with how they begin")
  func magic() throws {
    #expect(
      try error(images: labels + [UInt8](repeating: 0, count: 9))
        == "images-idx3-ubyte: no IDX file of bytes with 3 dimensions: it begins with [0, 0, 8, 1]")
    #expect(
      try error(labels: idx(sizes: [3], [1, 2, 3], magic: [0, 0, 13, 1]))
        == "labels-idx1-ubyte: no IDX file of bytes with 1 dimensions: it begins with [0, 0, 13, 1]")
    #expect(
      try error(labels: idx(sizes: [3], [1, 2, 3], magic: [1, 0, 8, 1]))
        == "labels-idx1-ubyte: no IDX file of bytes with 1 dimensions: it begins with [1, 0, 8, 1]")
  }

  @Test("every truncation and every surplus byte is refused")
  func truncated() throws {
    #expect(
      try error(images: images.dropLast())
        == "images-idx3-ubyte: its header [3, 2, 2] promises 12 bytes of data, there are 11")
    #expect(
      try error(labels: labels + [0])
        == "labels-idx1-ubyte: its header [3] promises 3 bytes of data, there are 4")
    #expect(try error(labels: []) == "labels-idx1-ubyte: too short for an IDX file (0 bytes)")
    for count in 0..<images.count {
      #expect(throws: DataError.self) {
        try IDXFile(bytes: Array(images[..<count]), path: "f", rank: 3)
      }
    }
    #expect(
      try error(images: idx(sizes: [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], []))
        == "images-idx3-ubyte: impossible sizes [4294967295, 4294967295, 4294967295]")
  }

  @Test("every truncation of gzip data is refused")
  func truncatedGzip() throws {
    let packed = gzipStored(images)
    #expect(
      try error(images: packed.dropLast(9)) == "images-idx3-ubyte: the gzip data is cut off")
    let folder = try TemporaryFolder()
    for count in 2..<packed.count {
      try writeFile(Array(packed[..<count]), to: folder("f"))
      #expect(throws: FileError.self, "\(count) bytes") { try IDXFile(path: folder("f"), rank: 3) }
    }
    try writeFile(packed, to: folder("f"))
    #expect(try IDXFile(path: folder("f"), rank: 3).sizes == [3, 2, 2])
  }

  @Test("counts that disagree, labels out of range and empty sets are refused")
  func disagreement() throws {
    let folder = try folder(labels: idx(sizes: [2], [1, 2]))
    let expected = DataError.mismatch(
      images: folder("train-images-idx3-ubyte"), count: 3, labels: folder("train-labels-idx1-ubyte"),
      labelCount: 2)
    #expect(throws: expected) { try read(folder) }
    #expect(
      "\(DataError.mismatch(images: "a", count: 3, labels: "b", labelCount: 2))"
        == "a holds 3 images but b holds 2 labels")
    #expect(
      try error(labels: idx(sizes: [3], [9, 0, 10]))
        == "labels-idx1-ubyte: label 10 of picture 2, counted from 0, is not one of 10 classes")
    #expect(
      try error(images: idx(sizes: [0, 2, 2], []), labels: idx(sizes: [0], []))
        == "images-idx3-ubyte: holds no pictures")
  }

  @Test("a folder without the files says which are expected")
  func missing() throws {
    let folder = try folder()
    #expect(
      throws: DataError.missing(folder: folder.path, expected: ["t10k-images-idx3-ubyte"])
    ) { try read(folder, .test) }
    #expect(
      "\(DataError.missing(folder: "d", expected: ["t10k-images-idx3-ubyte"]))"
        == "d does not hold the data set; expected t10k-images-idx3-ubyte, each with or without .gz; "
        + "'featuremap download fashion-mnist -o FOLDER' fetches Fashion-MNIST")
  }

  @Test(
    "Fashion-MNIST has 10,000 test pictures of 28x28, 1,000 of each class",
    .enabled(if: TestData.has("fashion-mnist"), "needs Fashion-MNIST"))
  func fashionMNIST() throws {
    let data = try LabelledImages(folder: try TestData.path("fashion-mnist"), part: .test)
    #expect(data.count == 10_000 && data.height == 28 && data.width == 28)
    var counts = [Int](repeating: 0, count: 10)
    for label in data.labels { counts[Int(label)] += 1 }
    #expect(counts == [Int](repeating: 1000, count: 10))
    #expect(data.labels.prefix(5) == [9, 2, 1, 1, 6])
  }
}
