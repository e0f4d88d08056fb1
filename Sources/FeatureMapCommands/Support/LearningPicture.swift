import FeatureMap

/// A picture or an array of numbers that a kernel is learned from.
struct LearningPicture {
  let path: String
  let rows: any PictureRows
  /// Whether values lie within 0...1 because a picture cannot hold others; arrays hold any.
  let isPicture: Bool

  /// Reads `.npy` ([H, W], [C, H, W] or [1, C, H, W]), rows of numbers (`.txt`, `.csv`), PNG or JPEG. Opacity is
  /// left out, the colours count as they are stored.
  ///
  /// - Parameter marksClipped: of colours put together by `gray`, whether those with one at the end of its range
  ///   are no numbers: what was cut off in one colour cannot be told from the brightness.
  init(_ path: String, gray: Bool, marksClipped: Bool, reading: ReadingOptions) throws {
    self.path = path
    switch fileExtension(of: path) {
    case "npy":
      let array = try Self.array(path)
      rows = Tensor(shape: try Self.shape(array.dimensions, path), values: array.values)
      isPicture = false
    case "txt", "csv":
      let text = String(decoding: try readFile(path, limit: 1 << 26), as: UTF8.self)
      do {
        rows = try KernelMatrix(parsing: text).tensor
      } catch KernelError.syntax(_, let problem) {
        throw KernelError.syntax(path, problem: problem)
      }
      isPicture = false
    default:
      let image = try reading.load(path)
      rows =
        gray && image.colorChannels == 3
        ? Self.luma(of: image, marksClipped: marksClipped) : RasterRows(image)
      isPicture = true
    }
  }

  private static func array(_ path: String) throws -> NamedArray {
    do {
      return try decodeNPY(
        try readFile(path, limit: dataFileLimit, checkStart: checkNPYStart), name: path)
    } catch let error as PictureError {
      throw CommandError.choice("\(path): \(error)")
    }
  }

  private static func luma(of image: RasterImage, marksClipped: Bool) -> Tensor {
    var luma = Tensor(image: image, mode: .gray)
    guard marksClipped else { return luma }
    let colors = Tensor(image: image, mode: .rgb)
    for channel in 0..<3 {
      for (i, value) in colors.plane(channel).enumerated() where value <= 0 || value >= 1 {
        luma.values[i] = .nan
      }
    }
    return luma
  }

  private static func shape(_ sizes: [Int], _ path: String) throws -> Shape {
    switch sizes.count {
    case 2: return Shape(channels: 1, height: sizes[0], width: sizes[1])
    case 3: return Shape(channels: sizes[0], height: sizes[1], width: sizes[2])
    case 4 where sizes[0] == 1: return Shape(channels: sizes[1], height: sizes[2], width: sizes[3])
    default:
      throw CommandError.choice(
        "\(path): an array of shape \(sizes) is no picture; expected [height, width] or [channels, height, width]"
      )
    }
  }
}

/// The colours of a picture as rows of values 0...1, made when they are asked for.
struct RasterRows: PictureRows {
  let image: RasterImage
  let shape: Shape
  /// What each level means: the same floats as `Tensor(image:mode:)` has.
  private let values: [Double]

  init(_ image: RasterImage) {
    self.image = image
    shape = Shape(channels: image.colorChannels, height: image.height, width: image.width)
    values = (0...image.maximum).map { Double(Float(Double($0) / Double(image.maximum))) }
  }

  func readRow(_ row: Int, channel: Int, into goal: UnsafeMutableBufferPointer<Double>) {
    switch image.samples {
    case .uint8(let samples): read(samples, row, channel, goal)
    case .uint16(let samples): read(samples, row, channel, goal)
    }
  }

  private func read<Sample: FixedWidthInteger>(
    _ samples: [Sample], _ row: Int, _ channel: Int, _ goal: UnsafeMutableBufferPointer<Double>
  ) {
    let start = row * image.width * image.channels + channel
    let step = image.channels
    samples.withUnsafeBufferPointer { samples in
      values.withUnsafeBufferPointer { values in
        for x in 0..<image.width { goal[x] = values[Int(samples[start + x * step])] }
      }
    }
  }
}
