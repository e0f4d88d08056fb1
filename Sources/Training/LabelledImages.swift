import FileAccess
import TensorCore
import TensorOps

/// Grey pictures of one size with a class each, as the IDX files of MNIST and Fashion-MNIST hold them.
public struct LabelledImages: Sendable {
  public let height: Int
  public let width: Int
  /// All pictures behind one another, row by row, 0...255.
  public let pixels: [UInt8]
  public let labels: [UInt8]

  public var count: Int { labels.count }

  public init(height: Int, width: Int, pixels: [UInt8], labels: [UInt8]) {
    precondition(
      pixels.count == labels.count * height * width,
      "\(pixels.count) pixels do not fill \(labels.count) pictures of \(height)x\(width)")
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
  }

  /// The pictures of these indices as a batch in 0...1: shape [indices, 1, height, width].
  public func batch(_ indices: some RandomAccessCollection<Int>) -> Tensor {
    let size = height * width
    let shape = Shape(batch: indices.count, channels: 1, height: height, width: width)
    return Tensor(shape: shape) { out in
      pixels.withUnsafeBufferPointer { pixels in
        for (n, index) in indices.enumerated() {
          for i in 0..<size { out[n * size + i] = Float(pixels[index * size + i]) / 255 }
        }
      }
    }
  }

  /// The pictures of up to sixteen indices side by side in the lanes of a tile.
  ///
  /// - Parameter augmentation: changes every picture on the way.
  func load(
    _ indices: some RandomAccessCollection<Int>, into lanes: UnsafeMutablePointer<Float>,
    _ augmentation: Augmentation, using generator: inout SplitMix64
  ) {
    let size = height * width
    pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let pictures = indices.map { base + $0 * size }
      guard augmentation.isActive else { return packLanes(pictures, count: size, lanes) }
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pictures.count * size) { changed in
        guard let goal = changed.baseAddress else { return }
        for (n, picture) in pictures.enumerated() {
          augmentation.change(
            picture, height: height, width: width, into: goal + n * size, using: &generator)
        }
        packLanes(pictures.indices.map { UnsafePointer(goal + $0 * size) }, count: size, lanes)
      }
    }
  }

  /// Asks for the pictures of these indices before they are loaded: in a random order each lies somewhere else.
  func prefetch(_ indices: some Collection<Int>) {
    let size = height * width
    pixels.withUnsafeBytes { pixels in
      for index in indices {
        prefetchMemory(UnsafeRawBufferPointer(rebasing: pixels[index * size..<(index + 1) * size]))
      }
    }
  }

  /// The pictures of a range of indices.
  public subscript(range: Range<Int>) -> LabelledImages {
    let size = height * width
    return LabelledImages(
      height: height, width: width,
      pixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]),
      labels: Array(labels[range]))
  }
}

extension LabelledImages {
  /// The pictures of these indices, in their order.
  func picked(_ indices: some Collection<Int>) -> LabelledImages {
    let size = height * width
    var pixels: [UInt8] = []
    pixels.reserveCapacity(indices.count * size)
    for index in indices { pixels += self.pixels[index * size..<(index + 1) * size] }
    return LabelledImages(
      height: height, width: width, pixels: pixels, labels: indices.map { labels[$0] })
  }
}

/// A part of a data set.
public enum DataPart: String, Sendable, CaseIterable {
  case train
  case test

  /// What the names of its files begin with.
  var filePrefix: String { self == .train ? "train" : "t10k" }
}

extension LabelledImages {
  /// Reads a part of Fashion-MNIST (or MNIST) from a folder: `train-images-idx3-ubyte` and so on, gzipped or not.
  ///
  /// - Parameter classCount: labels must be below.
  /// - Throws: `DataError.missing` without the files; `.file` for a wrong magic number, a size that does not
  ///   agree with the header, no picture at all, or a label out of range; `.mismatch` when counts differ.
  public init(folder: String, part: DataPart, classCount: Int = 10) throws {
    let imagesPath = try Self.find("\(part.filePrefix)-images-idx3-ubyte", in: folder)
    let labelsPath = try Self.find("\(part.filePrefix)-labels-idx1-ubyte", in: folder)
    let images = try IDXFile(path: imagesPath, rank: 3)
    let labels = try IDXFile(path: labelsPath, rank: 1)
    guard images.sizes[0] == labels.sizes[0] else {
      throw DataError.mismatch(
        images: imagesPath, count: images.sizes[0], labels: labelsPath, labelCount: labels.sizes[0])
    }
    guard !images.values.isEmpty else {
      throw DataError.file(path: imagesPath, problem: "holds no pictures")
    }
    if let place = labels.values.firstIndex(where: { Int($0) >= classCount }) {
      throw DataError.file(
        path: labelsPath,
        problem:
          "label \(labels.values[place]) of picture \(place - labels.values.startIndex), counted from 0, "
          + "is not one of \(classCount) classes")
    }
    self.init(
      height: images.sizes[1], width: images.sizes[2], pixels: Array(images.values),
      labels: Array(labels.values))
  }

  /// Reads the pictures of an IDX file, gzipped or not, without labels: all are 0.
  ///
  /// - Throws: `FileError`; `DataError.file` for what is no such file, or holds no picture.
  public init(imagesFile path: String) throws {
    let images = try IDXFile(path: path, rank: 3)
    guard !images.values.isEmpty else { throw DataError.file(path: path, problem: "holds no pictures") }
    self.init(
      height: images.sizes[1], width: images.sizes[2], pixels: Array(images.values),
      labels: [UInt8](repeating: 0, count: images.sizes[0]))
  }

  private static func find(_ name: String, in folder: String) throws -> String {
    for candidate in [name, name + ".gz"] {
      let path = joinPath(folder, candidate)
      if fileExists(path) { return path }
    }
    throw DataError.missing(folder: folder, expected: [name])
  }
}
